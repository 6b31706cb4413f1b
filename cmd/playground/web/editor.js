// The editor of the rules file, with line numbers, and problems as one types.

import { $, el, keep } from "./dom.js";

const pause = 250; // milliseconds without a key before the text is checked
const standard = ".github/lockstep.yml";

const environments = `version: 1
environments:
  development:
  staging:
  production:
    production: true
`;

// Each shows one rule. All have the environments of the first story.
const examples = {
  Order: environments.replace("  staging:\n", "  staging:\n    after: development\n") + "    after: staging\n",
  Freeze: environments + `freezes:
  - {name: weekend, from: fri 16:00, until: mon 08:00, reason: no one is on call}
`,
  Soak: environments + "    after: staging\n    soak: 30m\n",
  Reviews: environments + "    reviews: 1\n    confirm: true\n",
};

// Editor edits the text in the panel. check returns the problems of a text, apply plays the story with it.
export class Editor {
  #text = $("rules-text");
  #saved = "";
  #problems = [];
  #check;
  #timer = 0;
  #checks = 0;

  constructor({ check, apply }) {
    this.#check = check;
    this.#text.oninput = () => this.#edited();
    this.#text.onscroll = () => {
      $("gutter").scrollTop = this.#text.scrollTop;
    };
    $("rules-apply").onclick = () => apply(this.#text.value);
    $("rules-revert").onclick = () => this.#write(this.#saved);
    $("examples").append("Examples: ", ...Object.entries(examples).map(([name, text]) => el("button", { type: "button", textContent: name, onclick: () => this.#write(text) })));
    this.#draw();
  }

  // Shows the file of the story, but not over what is being edited.
  show(rules, path) {
    $("rules-path").textContent = path;
    const isEdited = this.#text.value !== this.#saved;
    this.#saved = rules.text;
    if (isEdited) return this.#draw();
    if (this.#text.value !== rules.text) this.#text.value = rules.text;
    this.#problems = rules.problems ?? [];
    this.#draw();
  }

  #write(text) {
    this.#text.value = text;
    this.#edited();
    this.#text.focus();
  }

  #edited() {
    this.#text.dataset.checked = "";
    this.#draw();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), pause);
  }

  async #ask() {
    const turn = ++this.#checks;
    const text = this.#text.value;
    const problems = text.trim() ? await this.#check(text) : [];
    if (turn !== this.#checks || text !== this.#text.value) return;
    this.#problems = problems ?? [];
    this.#draw();
    this.#text.dataset.checked = "yes";
  }

  #draw() {
    const lines = this.#text.value.split("\n").length;
    const faulty = new Set(this.#problems.map(({ line }) => line));
    keep($("gutter"), [lines, [...faulty]], () => Array.from({ length: lines }, (_, i) => el("span", { className: faulty.has(i + 1) ? "faulty" : "", textContent: i + 1 })));
    $("gutter").scrollTop = this.#text.scrollTop;
    keep($("problems"), this.#problems, () => this.#problems.map((problem) => el("li", {}, el("button", { type: "button", onclick: () => this.#go(problem), textContent: place(problem) }), el("span", { textContent: problem.text }))));
    this.#text.setAttribute("aria-invalid", String(this.#problems.length > 0));
    $("rules-verdict").textContent = verdict(this.#text.value, this.#saved, this.#problems.length);
    $("rules-verdict").className = this.#problems.length ? "verdict bad" : "verdict";
    $("rules-apply").textContent = this.#problems.length ? "Apply anyway" : "Apply the rules";
  }

  // Puts the cursor where a problem is.
  #go({ line, column }) {
    const lines = this.#text.value.split("\n");
    const start = lines.slice(0, Math.max(0, line - 1)).reduce((sum, one) => sum + one.length + 1, 0);
    const end = start + (lines[Math.max(0, line - 1)]?.length ?? 0);
    this.#text.focus();
    this.#text.setSelectionRange(Math.min(start + Math.max(0, column - 1), end), end);
  }
}

function place({ line, column }) {
  if (!line) return "File";
  return column ? `Line ${line}, column ${column}` : `Line ${line}`;
}

function verdict(text, saved, problems) {
  if (problems) return problems === 1 ? "There is 1 problem." : `There are ${problems} problems.`;
  if (!text.trim()) return saved.trim() ? "Applying this removes the file." : "There is no rules file: the inputs of the workflow decide.";
  return text === saved ? "✓ These rules are in effect." : "✓ No problems. Not applied yet.";
}

// rulesPath is the file that the workflow reads; without one, what policy_path has to be set to is in set.
export function rulesPath(inputs) {
  const path = inputs?.policy_path ?? "auto";
  if (path === "") return { path: standard, set: "auto" };
  return { path: path === "auto" ? standard : path };
}

// withRules is the story with another rules file. The file names the environments and their order, so the inputs that do
// the same are removed.
export function withRules(story, inputs, text) {
  const { path, set } = rulesPath(inputs);
  const twice = /^environments:/m.test(text) ? ["environment_targets", "enforced_deployment_order"].filter((name) => inputs?.[name]) : [];
  let made = story.withSection(path, text);
  if (twice.length) made = made.withoutInputs(twice);
  if (set) made = made.withoutInputs(["policy_path"]);
  const said = ["The story was played again with these rules.", twice.length && `The rules name the environments, so ${twice.join(" and ")} ${twice.length > 1 ? "are" : "is"} no longer set.`, set && "policy_path is “auto” again, which reads the file."];
  return { story: made, said: said.filter(Boolean).join(" ") };
}
