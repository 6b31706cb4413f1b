// What GitHub and the receivers have recorded.

import { $, briefly, el, keep, moment, pairs, short, table } from "./dom.js";
import { lockText } from "./pull.js";

export function showRecords(view) {
  keep($("deployments"), view.deployments, () => [view.deployments?.length ? table(["Environment", "Commit", "State", "By", "At"], view.deployments.map(deployment)) : nothing("Nothing has been deployed.")]);
  const locked = (view.environments ?? []).filter(({ lock }) => lock);
  keep($("locks"), locked, () => (locked.length ? [el("dl", { className: "pairs" }, ...pairs(locked.map(({ name, lock }) => [name, lockText(lock)])))] : [nothing("Nothing is locked.")]));
  const outputs = Object.entries((view.timeline ?? []).findLast(({ step }) => step)?.step.outputs ?? {});
  keep($("outputs"), outputs, () => (outputs.length ? [el("dl", { className: "pairs" }, ...pairs(outputs))] : [nothing("There are no outputs.")]));
  keep($("events"), view.events, () => (view.events?.length ? view.events.map(event) : [nothing("No receiver is set, or none has got an event. Try the input versioner_api_key.")]));
}

const nothing = (text) => el("p", { className: "hint", textContent: text });

function deployment({ environment, sha, ref, state, statuses, by, at }) {
  return [environment, `${short(sha)} ${ref}`, el("span", { className: `deployment ${state.toLowerCase()}`, title: (statuses ?? []).join(" → "), textContent: state.toLowerCase().replaceAll("_", " ") }), by, el("time", { dateTime: at, title: moment(at), textContent: briefly(at) })];
}

function event({ receiver, title, body, at }) {
  return el("details", {}, el("summary", { textContent: `${receiver}: ${title}` }), el("p", { className: "hint", textContent: moment(at) }), el("pre", { textContent: body, tabIndex: 0, role: "region", "aria-label": `Event ${title}` }));
}
