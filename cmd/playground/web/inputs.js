// The inputs of the workflow.

import { $, el, keep, pairs } from "./dom.js";
import { rest } from "./story.js";

const common = [
  { name: "enforced_deployment_order", hint: "development,staging,production" },
  { name: "environment_targets", hint: "production,development,staging" },
  { name: "deployment_confirmation", choices: ["false", "true"] },
  { name: "checks", hint: "all" },
  { name: "sticky_locks", choices: ["false", "true"] },
  { name: "lock_expiry", hint: "2h" },
  { name: "update_branch", choices: ["warn", "force", "disabled"] },
  { name: "admins", hint: "bob" },
];

// Inputs shows the fields. play is called with a line of the story.
export class Inputs {
  #play;

  constructor({ play }) {
    this.#play = play;
    $("another").onsubmit = (event) => {
      event.preventDefault();
      this.#set($("another-name").value.trim(), $("another-value").value);
      $("another").reset();
    };
  }

  show({ inputs }) {
    keep($("fields"), common.map(({ name }) => inputs?.[name]), () => common.map((field) => this.#field(field, inputs?.[field.name])));
    const set = Object.entries(inputs ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    keep($("set"), set, () => (set.length ? pairs(set) : [el("dt", { textContent: "none" })]));
  }

  #field({ name, choices, hint }, value) {
    const properties = { "data-key": name, className: "act", onchange: (event) => this.#set(name, event.target.value) };
    const box = choices
      ? el("select", properties, ...[...new Set([...choices, value ?? choices[0]])].map((choice) => el("option", { value: choice, textContent: choice, selected: choice === (value ?? choices[0]) })))
      : el("input", { ...properties, value: value ?? "", placeholder: hint, spellcheck: false, autocapitalize: "off", autocomplete: "off" });
    return el("label", {}, name, box);
  }

  #set(name, value) {
    this.#play(`set ${name} ${value === "" ? '""' : rest(value)}`);
  }
}
