// Plays the story of the page: the story grows by a line for each thing that a visitor does.

import { Engine, EngineEnded } from "./engine.js";
import { Story } from "./story.js";

const glance = 400; // milliseconds between looks at a line that is being played
const cancelled = "cancelled"; // why an engine was stopped
const mostFailures = 2; // after which no new engine is started
const question = "GET /repos/acme/shop/issues/comments"; // what the action asks while it waits for a reaction

export class Player {
  #engine = new Engine();
  #first;
  #past = []; // stories to which undo returns
  #changed;
  #neverReady = true;
  #isLive = false; // a visitor's line is played, not a story
  #failures = 0; // of engines, one after the other
  #setbacks = 0; // failures and cancelled waits, one after the other

  story = null;
  view = null;
  state = "loading"; // loading, ready, busy or failed
  said = ""; // what happened last
  outcome = ""; // problem, where that was not as it should be
  since = 0; // when the busy time began

  constructor(first, changed) {
    this.#first = Story.parse(first);
    this.#changed = changed;
  }

  get isFirst() {
    return this.story?.toString() === this.#first.toString();
  }

  get canUndo() {
    return this.#past.length > 0 || Boolean(this.story?.canShrink);
  }

  // Shows what came of the first story before the engine is there.
  preview(view) {
    this.story = this.#first;
    this.#show(view);
  }

  // Plays a story from its beginning. What it replaces can be undone.
  async open(text, said = "") {
    const before = this.story;
    if (await this.#begin(Story.parse(text), said) && before && before.toString() !== this.story.toString()) this.#past.push(before);
    this.#changed();
  }

  reset() {
    return this.open(this.#first.toString(), this.story ? "Back at the beginning." : "");
  }

  // Plays the story that is made of the current one.
  change(made, said) {
    return this.open(made.toString(), said);
  }

  undo() {
    if (this.state !== "ready" || !this.canUndo) return Promise.resolve();
    return this.#begin(this.#past.pop() ?? this.story.minusLast(), "Taken back.");
  }

  // Plays one more line.
  async play(line) {
    if (this.state !== "ready") return;
    const before = this.story;
    this.story = before.plus(line);
    this.#enter("busy");
    this.#isLive = true;
    try {
      const answer = await this.#watched(this.#engine.ask("line", line)).finally(() => {
        this.#isLive = false;
      });
      if (answer.problem) {
        await this.#begin(before, capital(answer.problem.text), "problem");
        return;
      }
      this.#past.push(before);
      this.#leave(answer.view, `Answered in ${Math.round(performance.now() - this.since)} ms.`);
    } catch (error) {
      await this.#recover(error, before);
    }
  }

  // Reacts to the question that the action asks now. In the story the reaction is before the command that asks, and
  // is played when the action looks for it.
  async react(line) {
    if (this.state !== "busy" || !this.#isLive) return;
    this.story = this.story.duringLastLine(question, line);
    this.#changed();
    await this.#engine.ask("line", line).catch(() => {}); // the command fails as well
  }

  cancel() {
    if (this.state === "busy") this.#engine.stop(cancelled);
  }

  // Asks the engine for something that is no part of the story.
  ask(call, ...args) {
    return this.#engine.ask(call, ...args);
  }

  async #begin(story, said, outcome = "") {
    const before = this.story;
    this.story = story;
    try {
      await this.#loaded();
      const answer = await this.#watched(this.#engine.ask("begin", story.toString()));
      return this.#begun(answer, before, said, outcome);
    } catch (error) {
      return this.#recover(error, story.canShrink && !this.#setbacks ? story.minusLast() : this.#first);
    }
  }

  // Waits for a new engine. Only what the engine then does can be cancelled.
  async #loaded() {
    if (!this.#engine.isReady) {
      this.#enter("loading");
      await this.#engine.ready;
      this.#neverReady = false;
    }
    this.#enter("busy");
  }

  // A story that cannot be played ends before the line that is at fault.
  #begun({ view, problem }, before, said, outcome) {
    if (!view) {
      const back = before && before !== this.story && this.view ? before : this.#first;
      if (back.toString() === this.story.toString()) return this.#give(problem?.text ?? "there is nothing to see");
      return this.#begin(back, `The story cannot be played: ${problem?.text ?? ""}`, "problem").then(() => false);
    }
    if (problem && problem.line > 0) this.story = this.story.upTo(problem.line - 1);
    this.#leave(view, problem ? `Line ${problem.line} of the story cannot be played: ${problem.text} The story ends before it.` : said, problem ? "problem" : outcome);
    return true;
  }

  // Goes on with a new engine.
  async #recover(error, story) {
    if (!(error instanceof EngineEnded)) throw error;
    const isCancelled = error.message === cancelled;
    if (!isCancelled && (this.#neverReady || ++this.#failures > mostFailures)) return this.#give(error.message);
    this.#setbacks++;
    this.#engine = new Engine();
    const why = isCancelled ? "Cancelled" : `The engine stopped (${error.message})`;
    await this.#begin(story, `${why}: the last line is taken back.`, "problem");
    return false;
  }

  #give(reason) {
    this.state = "failed";
    this.said = `The engine could not be started: ${reason}`;
    this.#changed();
    return false;
  }

  // Shows how far a call is, as long as it lasts.
  async #watched(call) {
    const engine = this.#engine;
    let over = false;
    let looking = false; // a long story takes its time to be looked at
    const look = async () => {
      if (over || looking) return;
      looking = true;
      const answer = await engine.ask("look").catch(() => null);
      looking = false;
      if (!over && answer?.view) this.#show(answer.view);
    };
    const timer = setInterval(look, glance);
    try {
      return await call;
    } finally {
      over = true;
      clearInterval(timer);
    }
  }

  #enter(state) {
    this.state = state;
    this.outcome = "";
    this.since = performance.now();
    this.#changed();
  }

  #leave(view, said, outcome = "") {
    this.state = "ready";
    this.#failures = 0;
    this.#setbacks = 0;
    this.said = said;
    this.outcome = outcome;
    this.#show(view);
  }

  #show(view) {
    this.view = view;
    this.#changed();
  }
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
}
