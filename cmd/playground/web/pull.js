// The pull request above the conversation, and the lane of its environments.

import { $, el, keep, moment, short, unseen } from "./dom.js";

const marks = { success: ["✓", "passed"], failure: ["✕", "failed"], pending: ["•", "is pending"] };
const reviews = { APPROVED: ["✓", "approved"], CHANGES_REQUESTED: ["✕", "requested changes"], DISMISSED: ["–", "was dismissed"], COMMENTED: ["•", "commented"] };

export function showPull(view) {
  const { pull } = view;
  keep($("title"), [pull?.title, pull?.number, view.title], () => (pull ? [pull.title, el("span", { className: "number", textContent: ` #${pull.number}` })] : [view.title || "No pull request yet"]));
  document.title = `${pull?.title ?? view.title ?? "Lockstep"} · Try Lockstep`;
  keep($("about"), pull, () => (pull ? about(pull) : []));
  $("story-title").textContent = view.title ? `: ${view.title}` : "";
  keep($("lane"), [view.environments, pull?.sha], () => (view.environments ?? []).map((environment) => place(environment, pull)));
}

function about(pull) {
  const state = pull.state.toLowerCase();
  const facts = [
    ...(pull.labels ?? []).map((name) => el("span", { className: "label" }, unseen("Label "), name)),
    ...(pull.checks ?? []).map(({ name, state: of }) => fact(marks[of] ?? marks.pending, "check", name, of)),
    ...(pull.reviews ?? []).map(({ user, state: of, stale }) => fact(reviews[of] ?? ["•", of.toLowerCase()], "review", user + (stale ? " (an older commit)" : ""), of)),
  ];
  return [
    el("p", {}, el("span", { className: `state ${state}`, textContent: state.charAt(0).toUpperCase() + state.slice(1) }), el("b", { textContent: pull.author }), " wants to merge ", el("code", { textContent: pull.head }), " at ", el("code", { textContent: short(pull.sha) }), " into ", el("code", { textContent: pull.base })),
    facts.length ? el("p", { className: "facts" }, ...facts) : "",
  ].filter(Boolean);
}

function fact([mark, text], kind, name, of) {
  return el("span", { className: `fact ${of.toLowerCase()}` }, el("span", { "aria-hidden": "true", textContent: mark }), ` ${name}`, kind === "check" ? unseen(` ${text}`) : el("span", { textContent: ` ${text}` }));
}

function place(environment, pull) {
  const { name, state, lock } = environment;
  return el("li", { className: state, "aria-label": name }, el("b", { textContent: name }), el("span", { className: "runs" }, ...runs(environment, pull)), lock ? el("span", { className: "lock", title: lockText(lock) }, el("span", { "aria-hidden": "true", textContent: "🔒 " }), unseen("Locked by "), lock.by, el("span", { className: "why", textContent: lock.reason ? `: ${lock.reason}` : "" })) : "");
}

function runs({ state, current }, pull) {
  const at = current ? [el("code", { textContent: short(current.sha) }), el("span", { className: "which", textContent: which(current, pull) })] : [];
  switch (state) {
    case "running":
      return [el("span", { textContent: "deploying… " }), ...at];
    case "failure":
      return [el("span", { textContent: "✕ failed " }), ...(at.length ? ["runs ", ...at] : [])];
    default:
      return at.length ? [el("span", { "aria-hidden": "true", textContent: "✓ " }), el("span", { className: "word", textContent: "runs " }), ...at] : ["nothing yet"];
  }
}

function which(current, pull) {
  if (current.sha === pull?.sha) return " this commit";
  return current.ref === pull?.head ? " an older commit" : ` ${current.ref}`;
}

export function lockText(lock) {
  return [`${lock.by} has ${lock.global ? "the lock of all environments" : "the lock"}`, lock.reason && `“${lock.reason}”`, lock.until && `until ${moment(lock.until)}`, lock.sticky && !lock.until && "until it is removed"].filter(Boolean).join(", ");
}
