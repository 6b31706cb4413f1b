// Small helpers for elements. Text is set as text, never as HTML.

export const $ = (id) => document.getElementById(id);

// el makes an element with properties and children; a name with a hyphen or "role" is an attribute.
export function el(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key.includes("-") || key === "role" || key === "list") made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

// unseen is a text for screen readers.
export const unseen = (text) => el("span", { className: "unseen", textContent: text });

// act makes a button that does something to the story. It stays focusable while the engine is busy.
export function act(label, does, properties = {}) {
  return el("button", { type: "button", textContent: label, onclick: does, ...properties, className: `act ${properties.className ?? ""}`.trim() });
}

const shown = new WeakMap();

// keep builds what is inside an element only when the data have changed, and gives the focus back.
export function keep(element, data, build) {
  const now = JSON.stringify(data ?? null);
  if (shown.get(element) === now) return;
  shown.set(element, now);
  const focused = element.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  element.replaceChildren(...build());
  if (focused) element.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

export function table(heads, rows) {
  const head = el("tr", {}, ...heads.map((text) => el("th", { scope: "col", textContent: text })));
  const body = rows.map((cells) => el("tr", {}, ...cells.map((cell) => el("td", {}, cell))));
  return el("div", { className: "wide", tabIndex: 0, role: "region", "aria-label": "Table" }, el("table", {}, el("thead", {}, head), el("tbody", {}, ...body)));
}

export function pairs(entries) {
  return entries.flatMap(([name, value]) => [el("dt", { textContent: name }), el("dd", {}, value.length > long ? el("details", {}, el("summary", { textContent: value.slice(0, 50) + "…" }), value) : value)]);
}

const long = 200; // letters, from which a value is folded

export const count = (number, one, many = one + "s") => `${number} ${number === 1 ? one : many}`;

export const short = (sha) => sha.slice(0, 7);

const clock = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "UTC" });

// moment writes a time as the simulated people read it.
export function moment(text) {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? text : clock.format(time) + " UTC";
}

// say sets a text that is read aloud, once.
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

let fading = 0;

// toast says something for a moment at the edge of the screen.
export function toast(text) {
  say($("toast"), text);
  $("toast").hidden = !text;
  clearTimeout(fading);
  fading = setTimeout(() => {
    $("toast").hidden = true;
  }, 4000);
}

export function isOutOfSight(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom < 0 || top > innerHeight;
}

const brief = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: "UTC" });

// briefly writes a time where there is little room.
export function briefly(text) {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? text : brief.format(time);
}
