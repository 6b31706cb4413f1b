// The page: one story, shown from all sides.

import { $, act, isOutOfSight, say, toast } from "./dom.js";
import { Editor, rulesPath, withRules } from "./editor.js";
import { Inputs } from "./inputs.js";
import { Player } from "./player.js";
import { showPull } from "./pull.js";
import { showRecords } from "./records.js";
import { Box } from "./say.js";
import { Shelf } from "./shelf.js";
import { pack, unpack } from "./story.js";
import { makeTabs } from "./tabs.js";
import { lastly, Timeline } from "./timeline.js";
import { minute, World } from "./world.js";

const root = document.documentElement;
const patience = 1500; // milliseconds until the wait can be cancelled

const player = new Player(await (await fetch("first.txtar")).text(), () => paint());

const box = new Box({ send: play, ready: () => player.state === "ready", changed: () => paint() });
const timeline = new Timeline($("timeline"), { type: (command) => box.type(command), react: (content) => player.react(`react ${box.login} ${content}`) });
const world = new World({ play, at });
const inputs = new Inputs({ play });
const editor = new Editor({ check: (text) => player.ask("rules", text).catch(() => []), apply });
const shelf = new Shelf({ open, link: address });

makeTabs($("tabs"), (panel) => panel === "story" && shelf.load());
$("endings").append(
  ending("It succeeds", "job success 90s", "good"),
  ending("It fails", "job failure 20s", "bad"),
  ending("It is cancelled", "job cancelled 10s"),
  act("Push a commit meanwhile", () => play(`push ${player.view.pull.head} Even faster`)),
);
$("undo").onclick = () => idle(() => player.undo());
for (const id of ["reset", "reset-too"]) $(id).onclick = () => idle(() => player.reset());
$("cancel").onclick = () => player.cancel();
$("notice").querySelector("button").onclick = () => notify("");
addEventListener("hashchange", () => location.hash.slice(1) !== linked && follow());

let linked = ""; // the fragment that the page itself has set
let fresh = null; // the newest element of the conversation
let asked = null; // the question that waits for a reaction
let remembered = null; // the story in the address
let clockwork = 0;
let followed = 0; // addresses

await openAddress();

// openAddress plays the story of the address, or the first one.
async function openAddress() {
  const turn = ++followed;
  const text = await linkedStory();
  if (turn !== followed) return undefined; // there is a newer address
  if (player.story && player.state !== "ready") return refuse();
  if (text) return player.open(text);
  if (player.state === "loading") preview();
  return player.reset();
}

// follow opens the story of a new address. While the engine is busy the address goes back to the story that is played.
function follow() {
  return player.state === "ready" ? openAddress() : refuse();
}

function refuse() {
  remembered = null;
  wait();
}

async function linkedStory() {
  const fragment = location.hash.slice(1);
  notify("");
  if (!fragment) return "";
  try {
    return await unpack(fragment);
  } catch {
    notify("This link is broken or was cut off. Here is the first story instead.");
    return "";
  }
}

// preview shows what came of the first story while the engine is loaded.
async function preview() {
  const answer = await fetch("first.json").then((response) => response.json()).catch(() => null);
  if (answer?.view && player.state === "loading") player.preview(answer.view);
}

function play(line) {
  return idle(async () => {
    fresh = null;
    await player.play(line);
    arrive();
  });
}

async function at(moment) {
  const story = player.story.from(minute(player.view.began)).plus(`at ${moment}`);
  await idle(() => player.change(story, "The clock was set."));
}

function apply(text) {
  return idle(async () => {
    try {
      const made = withRules(player.story, player.view.inputs, text);
      await player.change(made.story, made.said);
    } catch (error) {
      notify(error.message);
    }
  });
}

function open(text, name) {
  return idle(async () => {
    await player.open(text, `This is the story “${name}”.`);
    scrollTo({ top: 0 });
  });
}

// idle does something unless the engine is busy.
function idle(does) {
  if (player.state === "ready") return does();
  return wait();
}

function wait() {
  say($("status"), player.state === "failed" ? player.said : "Wait for the answer first.");
}

function ending(label, line, tone = "") {
  return act(label, () => play(line), { className: tone });
}

function paint() {
  if (player.view) showView(player.view);
  if (player.story) shelf.show(player.story, player.view);
  showState();
}

function showView(view) {
  showPull(view);
  fresh = timeline.show(view.timeline ?? [], box.login) ?? fresh;
  showQuestion();
  box.show(view);
  world.show(view);
  inputs.show(view);
  editor.show(view.rules ?? { text: "" }, rulesPath(view.inputs).path);
  showRecords(view);
  $("job").hidden = !view.job_open || player.state !== "ready";
}

// showQuestion brings a new question into view: the action waits for the answer.
function showQuestion() {
  const question = $("timeline").querySelector(".asks");
  if (question && question !== asked) question.scrollIntoView({ block: "nearest" });
  asked = question;
}

function showState() {
  if (player.state === "ready" && player.story !== remembered) remember();
  root.dataset.state = player.state;
  root.dataset.lines = player.story?.lines ?? 0;
  $("undo").setAttribute("aria-disabled", String(!player.canUndo));
  $("status").className = `status ${player.outcome}`;
  showStatus();
  clearInterval(clockwork);
  if (player.state === "busy") clockwork = setInterval(showStatus, 250);
  else if (isOutOfSight($("status"))) toast(status());
}

// showStatus says what happens, and offers a way out of what takes long.
function showStatus() {
  say($("status"), status());
  $("cancel").hidden = !takesLong();
}

function takesLong() {
  return player.state === "busy" && performance.now() - player.since > patience;
}

function status() {
  switch (player.state) {
    case "loading":
      return "Loading the engine…";
    case "busy":
      return takesLong() ? (asked ? "Waiting for an answer to the question…" : "Waiting…") : "…";
    case "failed":
      return player.said;
    default:
      return player.outcome || !player.said.startsWith("Answered") ? player.said : `${player.said} ${lastly(player.view.timeline ?? [])}.`;
  }
}

// arrive brings what is new into view, unless the visitor is busy elsewhere, and the keyboard to it if it was on
// something that has gone.
function arrive() {
  const card = $("job");
  const focused = document.activeElement;
  const isBelow = focused.closest(".side") && matchMedia("(max-width: 900px)").matches;
  if (!isBelow && (fresh || !card.hidden)) (card.hidden ? $("timeline").lastElementChild : card).scrollIntoView({ block: "nearest" });
  if (focused === document.body || focused.closest("[hidden]")) (card.hidden ? ($("timeline").lastElementChild ?? $("text")) : card.querySelector("button")).focus({ preventScroll: true });
}

// remember keeps the story in the address.
async function remember() {
  const story = player.story;
  const isFirst = player.isFirst;
  remembered = story;
  root.dataset.saved = "no";
  const fragment = isFirst ? "" : await pack(story.toString());
  if (story !== remembered) return;
  linked = fragment;
  history.replaceState(null, "", fragment ? `#${fragment}` : location.pathname + location.search);
  root.dataset.saved = "yes";
}

async function address() {
  return new URL(player.isFirst ? location.pathname : `#${await pack(player.story.toString())}`, location.href).href;
}

function notify(text) {
  $("notice").hidden = !text;
  $("notice").querySelector("span").textContent = text;
}
