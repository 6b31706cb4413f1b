// The conversation. What has not changed keeps its elements, and with them open folds and a selection.

import { count, el, moment, pairs, unseen } from "./dom.js";

const faces = { "+1": "👍", "-1": "👎", laugh: "😄", hooray: "🎉", confused: "😕", heart: "❤️", rocket: "🚀", eyes: "👀" };
const names = { "+1": "thumbs up", "-1": "thumbs down", laugh: "laugh", hooray: "hooray", confused: "confused", heart: "heart", rocket: "rocket", eyes: "eyes" };
const marks = { pass: ["✓", "Passes"], warn: ["!", "Warns"], block: ["✕", "Says no"] };
const order = ["block", "warn", "pass"];

// Timeline shows the entries of the conversation in an element.
export class Timeline {
  #root;
  #type;
  #react;
  #parts = []; // of the entries shown

  // type is called with a command that an answer suggests, react with a reaction to a question.
  constructor(root, { type, react }) {
    this.#root = root;
    this.#type = type;
    this.#react = react;
  }

  // Shows the entries, and returns the first element that is new.
  show(entries, reactor) {
    let news = null;
    entries.forEach((entry, i) => {
      const part = this.#parts[i];
      if (part?.update(entry, reactor)) return;
      const made = entry.comment ? new Comment(entry, reactor, this.#type, this.#react) : new Step(entry);
      if (part) part.element.replaceWith(made.element);
      else this.#root.append(made.element);
      news ??= made.element;
      this.#parts[i] = made;
    });
    for (const part of this.#parts.splice(entries.length)) part.element.remove();
    return news;
  }
}

class Comment {
  #html;
  #under = "";
  #body = el("div", { className: "body" });
  #reactions = el("div", { className: "reactions" });
  #id;
  #type;
  #react;

  constructor({ comment }, reactor, type, react) {
    this.#id = comment.id;
    this.#type = type;
    this.#react = react;
    const who = comment.bot ? "lockstep" : comment.author;
    const head = el("header", {}, avatar(who, comment.bot), el("b", { textContent: who }), comment.bot ? el("span", { className: "tag", textContent: "bot" }) : "", el("span", { textContent: "commented" }), el("time", { dateTime: comment.at, textContent: moment(comment.at) }));
    this.element = el("article", { className: comment.bot ? "comment bot" : "comment", tabIndex: -1, "aria-label": `Comment by ${who}` }, head, this.#body, this.#reactions);
    this.update({ comment }, reactor);
  }

  update({ comment }, reactor) {
    if (comment?.id !== this.#id) return false;
    if (comment.html !== this.#html) {
      this.#html = comment.html;
      this.#body.innerHTML = comment.html; // made safe by the engine
      prepare(this.#body, comment.bot ? this.#type : null);
    }
    const under = JSON.stringify([comment.reactions, comment.question, comment.question && reactor]);
    if (under !== this.#under) {
      this.#under = under;
      this.#reactions.replaceChildren(...(comment.reactions ?? []).map(reaction), ...(comment.question ? this.#answers(reactor) : []));
      this.element.classList.toggle("asks", comment.question);
    }
    return true;
  }

  #answers(reactor) {
    return ["+1", "-1"].map((content) => el("button", { type: "button", className: "answer", onclick: () => this.#react(content) }, el("span", { "aria-hidden": "true", textContent: faces[content] }), unseen(names[content]), ` as ${reactor}`));
  }
}

function reaction({ content, users }) {
  const who = (users ?? []).join(", ");
  return el("span", { className: "reaction", title: who }, el("span", { "aria-hidden": "true", textContent: faces[content] ?? content }), unseen(`${names[content] ?? content} by ${who}`));
}

function avatar(name, bot) {
  const tone = [...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 5;
  return el("span", { className: bot ? "avatar bot" : `avatar tone-${tone}`, "aria-hidden": "true", textContent: bot ? "⇶" : name.charAt(0).toUpperCase() });
}

// prepare makes buttons of suggested commands, and lets wide tables scroll.
function prepare(body, type) {
  for (const table of body.querySelectorAll("table")) {
    const box = el("div", { className: "wide", tabIndex: 0, role: "region", "aria-label": "Table" });
    table.replaceWith(box);
    box.append(table);
  }
  for (const pre of body.querySelectorAll("pre")) {
    pre.tabIndex = 0;
    pre.setAttribute("role", "region");
    pre.setAttribute("aria-label", "Text");
  }
  for (const link of body.querySelectorAll("a")) link.rel = "noopener noreferrer nofollow ugc";
  if (!type) return;
  for (const code of body.querySelectorAll("code")) {
    const command = code.textContent;
    if (/^\.[a-z]/.test(command) && !code.closest("a, pre, summary")) code.replaceWith(el("button", { type: "button", className: "try", title: "Type this command", textContent: command, onclick: () => type(command) }));
  }
}

class Step {
  #signature;

  constructor({ step }) {
    this.#signature = JSON.stringify(step);
    const blocks = step.findings?.filter((finding) => finding.verdict === "block") ?? [];
    const tone = step.post ? "" : blocks.length || step.exit ? "blocked" : "passed";
    this.element = el("details", { className: `step ${tone}` }, el("summary", { textContent: headline(step) }));
    this.element.addEventListener("toggle", () => this.#fill(step), { once: true });
  }

  update({ step }) {
    return Boolean(step) && JSON.stringify(step) === this.#signature;
  }

  // Most steps are never unfolded.
  #fill(step) {
    this.element.append(el("div", { className: "inside" }, ...parts(step)));
  }
}

// headline is what a step came to, in one line.
export function headline(step) {
  const rest = ` · ${count(step.effects?.length ?? 0, "effect")} · ${count(step.requests, "request")}`;
  return (step.post ? "The job has ended" : verdict(step.findings ?? [])) + rest;
}

function verdict(findings) {
  const of = (name) => findings.filter((finding) => finding.verdict === name).length;
  const [blocks, warns, passes] = [of("block"), of("warn"), of("pass")];
  if (!findings.length) return "No gate was asked";
  return [
    blocks && `${count(blocks, "gate says", "gates say")} no`,
    warns && count(warns, "gate warns", "gates warn"),
    passes && (blocks || warns ? `${passes} let it pass` : `${count(passes, "gate lets", "gates let")} it pass`),
  ].filter(Boolean).join(", ");
}

function parts(step) {
  const made = [];
  if (step.findings?.length) made.push(heading("Gates"), gates(step.findings));
  made.push(heading("Effects"), step.effects?.length ? el("ul", { className: "effects" }, ...step.effects.map(effect)) : el("p", { className: "hint", textContent: "Nothing was changed." }));
  const outputs = Object.entries(step.outputs ?? {});
  if (outputs.length) made.push(fold(`Outputs (${outputs.length})`, el("dl", { className: "pairs" }, ...pairs(outputs))));
  if (step.summary) made.push(fold("Job summary", summary(step.summary)));
  if (step.log) made.push(fold("Log", el("pre", { textContent: step.log, tabIndex: 0, role: "region", "aria-label": "Log" })));
  return made;
}

const heading = (text) => el("h3", { textContent: text });

const fold = (name, inside) => el("details", {}, el("summary", { textContent: name }), inside);

function gates(findings) {
  const sorted = findings.toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  return el("ul", { className: "gates" }, ...sorted.map((finding) => {
    const [mark, text] = marks[finding.verdict] ?? ["?", finding.verdict];
    const sentence = el("span", { className: "sentence" });
    sentence.innerHTML = finding.html; // made safe by the engine
    return el("li", { className: finding.verdict }, el("span", { className: "mark", "aria-hidden": "true", textContent: mark }), unseen(`${text}: `), el("code", { textContent: finding.gate }), sentence);
  }));
}

function effect({ text, error }) {
  return el("li", { className: error ? "failed" : "" }, el("span", { "aria-hidden": "true", textContent: error ? "✕ " : "→ " }), text, error ? el("span", { className: "error", textContent: ` failed: ${error}` }) : "");
}

function summary(html) {
  const body = el("div", { className: "body" });
  body.innerHTML = html; // made safe by the engine
  prepare(body, null);
  return body;
}

// lastly is what the newest step came to, for the status line.
export function lastly(entries) {
  const step = entries.findLast((entry) => entry.step)?.step;
  return step ? headline(step).split(" · ")[0] : "";
}
