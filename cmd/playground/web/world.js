// What happens around the pull request: people, reviews, checks, commits, locks and the clock.

import { $, act, el, keep, moment } from "./dom.js";

const roles = ["admin", "write", "read", "none"];
const writers = ["admin", "maintain", "write"];

// World shows the buttons. play is called with a line of the story, at with a moment.
export class World {
  #play;
  #at;

  constructor({ play, at }) {
    this.#play = play;
    this.#at = at;
    $("newcomer-role").append(...options("write"));
    $("newcomer").onsubmit = (event) => {
      event.preventDefault();
      const name = $("newcomer-name").value.trim();
      $("newcomer-name").value = "";
      play(`user ${name} ${$("newcomer-role").value}`);
    };
  }

  show(view) {
    keep($("people"), [view.users, view.pull?.author, view.pull?.number, view.pull?.state], () => (view.users ?? []).map((user) => this.#person(user, view.pull)));
    keep($("deeds"), [view.pull, view.users, view.environments], () => this.#deeds(view));
    $("clock").textContent = moment(view.now);
    keep($("times"), view.now.slice(0, 16), () => this.#times(view.now));
  }

  #person({ login, role }, pull) {
    const select = el("select", { className: "act", "aria-label": `Role of ${login}`, "data-key": `role ${login}`, onchange: () => this.#play(`user ${login} ${select.value}`) }, ...options(role));
    const reviews = pull && login !== pull.author && pull.state === "open"
      ? [["approves", "APPROVED"], ["requests changes", "CHANGES_REQUESTED"]].map(([label, state]) => this.#button(label, `review ${pull.number} ${login} ${state}`, `${login} ${label}`))
      : [el("span", { className: "hint", textContent: login === pull?.author ? "author" : "" })];
    return el("li", {}, el("b", { textContent: login }), select, el("span", { className: "row" }, ...reviews));
  }

  #deeds({ pull, users, environments }) {
    if (!pull) return [el("p", { className: "hint", textContent: "There is no pull request yet." })];
    const checks = pull.checks?.length ? pull.checks : [{ name: "test" }];
    const locker = (users ?? []).find(({ login, role }) => login !== pull.author && writers.includes(role)) ?? (users ?? []).find(({ role }) => writers.includes(role));
    const last = (environments ?? []).at(-1);
    return [
      ...checks.slice(0, 5).map(({ name }) => this.#row(`Check ${name}`, [["green", `check ${word(name)} ${pull.head} success`], ["red", `check ${word(name)} ${pull.head} failure`], ["running", `check ${word(name)} ${pull.head} in_progress`]])),
      this.#row("A commit on", [[pull.head, `push ${pull.head} Even faster`], [pull.base, `push ${pull.base} Another change`]]),
      this.#row(`${pull.base} asks for`, [["1 review", "rule reviews 1"], [`check ${checks[0].name}`, `rule checks ${word(checks[0].name)}`]]),
      locker && last ? this.#row(`${locker.login}, ${last.name}`, [["locks it", `comment ${locker.login} ${pull.number} .lock ${last.name} --reason load test`], ["unlocks it", `comment ${locker.login} ${pull.number} .unlock ${last.name}`]]) : "",
      pull.state === "open" ? this.#row("The pull request", [["is merged", `merge ${pull.number}`], ["is closed", `close ${pull.number}`]]) : "",
    ].filter(Boolean);
  }

  #row(name, buttons) {
    return el("div", { className: "deed", role: "group", "aria-label": name }, el("span", { textContent: name }), el("span", { className: "row" }, ...buttons.map(([label, line]) => this.#button(label, line, `${name} ${label}`))));
  }

  #button(label, line, name) {
    return act(label, () => this.#play(line), { "data-key": name, "aria-label": name });
  }

  #times(now) {
    return [
      act("+ 1 hour", () => this.#play("pass 1h"), { "data-key": "hour" }),
      act("+ 1 day", () => this.#play("pass 24h"), { "data-key": "day" }),
      act("Friday 17:00", () => this.#at(nextFriday(now)), { "data-key": "friday" }),
      act("Monday 09:00", () => this.#at(nextMonday(now)), { "data-key": "monday" }),
    ];
  }
}

// minute writes a moment as a line "at" has it.
export const minute = (time) => new Date(time).toISOString().slice(0, 16) + "Z";

const nextFriday = (now) => next(now, 5, 17);
const nextMonday = (now) => next(now, 1, 9);

function next(now, weekday, hour) {
  const time = new Date(now);
  time.setUTCHours(hour, 0, 0, 0);
  time.setUTCDate(time.getUTCDate() + ((weekday - time.getUTCDay() + 7) % 7));
  if (time <= new Date(now)) time.setUTCDate(time.getUTCDate() + 7);
  return minute(time);
}

function options(chosen) {
  return [...new Set([...roles, chosen])].map((role) => el("option", { value: role, textContent: role, selected: role === chosen }));
}

const word = (text) => (/[\s"]/.test(text) ? JSON.stringify(text) : text);
