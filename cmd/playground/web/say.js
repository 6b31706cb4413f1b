// The comment box: who speaks, what could be said, and the line below that says what happens.

import { $, el, keep } from "./dom.js";
import { rest } from "./story.js";

// Box is the form for comments. send is called with a line of the story.
export class Box {
  #send;
  #number = 1;
  #text = $("text");
  #ready;
  #chosen = ""; // by the visitor; until then the author of the pull request speaks

  constructor({ send, ready, changed }) {
    this.#send = send;
    this.#ready = ready;
    $("login").onchange = () => {
      this.#chosen = this.login;
      changed();
    };
    this.#text.oninput = () => this.#grow();
    this.#text.onkeydown = (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    };
    this.#text.onbeforeinput = (event) => {
      if (event.inputType === "insertLineBreak" && this.#text.value === "") event.preventDefault(); // also of keyboards that send no key
    };
    $("say").onsubmit = (event) => {
      event.preventDefault();
      this.#submit();
    };
  }

  get login() {
    return $("login").value;
  }

  show(view) {
    this.#number = view.pull?.number ?? 1;
    const known = (login) => (view.users ?? []).some((user) => user.login === login);
    const chosen = known(this.#chosen) ? this.#chosen : view.pull?.author;
    keep($("login"), [view.users, chosen], () => (view.users ?? []).map(({ login, role }) => el("option", { value: login, textContent: `${login} (${role})`, selected: login === chosen })));
    keep($("chips"), suggestions(view), () => suggestions(view).map((command) => el("button", { type: "button", textContent: command, onclick: () => this.type(command), "data-key": command })));
  }

  // Writes a command into the box, for the visitor to send.
  type(command) {
    this.#text.value = command;
    this.#grow();
    this.#text.focus();
    this.#text.setSelectionRange(command.length, command.length);
  }

  #submit() {
    const said = this.#text.value.trim();
    if (!said || !this.login || !this.#ready()) return;
    this.#text.value = "";
    this.#grow();
    this.#send(`comment ${this.login} ${this.#number} ${rest(said)}`);
  }

  #grow() {
    this.#text.rows = Math.min(8, this.#text.value.split("\n").length);
  }
}

// suggestions are commands that make sense now, the next step first.
export function suggestions({ environments = [], pull, deployments = [] }) {
  const names = (environments ?? []).map(({ name }) => name);
  const next = (environments ?? []).find(({ current, state }) => state !== "running" && (!current || current.sha !== pull?.sha))?.name ?? names.at(-1);
  const last = names.at(-1);
  const locked = (environments ?? []).find(({ lock }) => lock && !lock.global);
  return [...new Set([
    next && `.deploy ${next}`,
    last && `.deploy ${last}`,
    next && `.noop ${next}`,
    locked ? `.unlock ${locked.name}` : last && `.lock ${last} --for 2h`,
    ".status",
    (deployments ?? []).some(({ environment }) => environment === last) && `.rollback ${last}`,
    last && `.deploy main to ${last}`,
    ".help",
  ].filter(Boolean))];
}
