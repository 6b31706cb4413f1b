// The engine: the action and the simulated GitHub, in a worker.

export class EngineEnded extends Error {}

export class Engine {
  #worker;
  #pending = new Map();
  #calls = 0;
  #ended = null;

  isReady = false;

  constructor() {
    this.#worker = new Worker("worker.js");
    this.ready = new Promise((resolve, reject) => {
      this.#pending.set("ready", { resolve, reject });
    });
    this.ready.catch(() => {}); // who asks learns of it
    this.#worker.onmessage = ({ data }) => this.#receive(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#end(event.message || "the worker could not be started");
    };
  }

  // Resolves to the parsed answer; fails with EngineEnded when the engine ends before it answers.
  async ask(call, ...args) {
    await this.ready;
    if (this.#ended) throw this.#ended;
    return new Promise((resolve, reject) => {
      const id = ++this.#calls;
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage({ id, call, args });
    });
  }

  stop(reason) {
    this.#end(reason);
  }

  #receive(message) {
    if (message.ready) {
      this.isReady = true;
      this.#settle("ready");
    } else if (message.failed) this.#end(message.failed);
    else if (message.ended) this.#end("it has ended");
    else this.#settle(message.id, message.answer);
  }

  #settle(id, value) {
    this.#pending.get(id)?.resolve(value);
    this.#pending.delete(id);
  }

  #end(reason) {
    if (this.#ended) return;
    this.#ended = new EngineEnded(reason);
    this.#worker.terminate();
    for (const { reject } of this.#pending.values()) reject(this.#ended);
    this.#pending.clear();
  }
}
