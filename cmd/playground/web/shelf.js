// The story as text, its link and its file, and the stories that come with the program.

import { $, act, el, keep, toast } from "./dom.js";

// Shelf shows the story. open is called with the text of another one, share returns the link.
export class Shelf {
  #stories = null; // until they are wanted
  #open;
  #text = "";
  #test = "";

  constructor({ open, link }) {
    this.#open = open;
    for (const id of ["share", "share-too"]) $(id).onclick = () => copy($(id), link());
    $("export").onclick = () => this.#export();
    $("find").oninput = () => this.#list();
  }

  show(story, view) {
    this.#text = story.toString();
    this.#test = view ? story.expecting(view).toString() : this.#text;
    keep($("story-text"), this.#text, () => [this.#text]);
  }

  // Fetches the list of stories, once.
  async load() {
    if (this.#stories) return;
    this.#stories = [];
    try {
      const answer = await fetch("stories.json");
      this.#stories = await answer.json();
      this.#list();
    } catch {
      this.#stories = null;
      $("stories").replaceChildren(el("li", { className: "hint", textContent: "The list could not be loaded. Open this tab again to retry." }));
    }
  }

  #list() {
    const wanted = $("find").value.trim().toLowerCase();
    const found = (this.#stories ?? []).filter(({ name, title }) => `${name} ${title}`.toLowerCase().includes(wanted));
    keep($("stories"), found.map(({ name }) => name), () => (found.length ? found.map((story) => this.#entry(story)) : [el("li", { className: "hint", textContent: "No story has these words." })]));
  }

  #entry({ name, title, text }) {
    return el("li", {}, act(name, () => this.#open(text, name), { "data-key": name }), el("span", { textContent: title }));
  }

  #export() {
    const address = URL.createObjectURL(new Blob([this.#test], { type: "text/plain" }));
    el("a", { href: address, download: "story.txtar" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
    did($("export"), "Saved as story.txtar");
  }
}

async function copy(button, address) {
  try {
    await navigator.clipboard.writeText(await address);
    did(button, "Link copied");
  } catch {
    did(button, "Copy it from the address bar");
  }
}

// did shows for a moment what a button did.
function did(button, text) {
  button.dataset.label ??= button.textContent;
  button.textContent = text;
  toast(text);
  clearTimeout(Number(button.dataset.timer));
  button.dataset.timer = setTimeout(() => {
    button.textContent = button.dataset.label;
  }, 2500);
}
