// Runs the engine beside the page. Messages to it: {id, call, args}; from it: {id, answer} with an object, or
// {id, failed}. It reports {ready: true} once, {failed: text} when the engine cannot be started, and {ended: true} when
// the engine has ended: the page needs a new worker then.
"use strict";

importScripts("memfs.js", "wasm_exec.js");

// cutOff takes the network away. What a story does cannot reach beyond this worker.
function cutOff() {
  const ways = ["fetch", "XMLHttpRequest", "WebSocket", "WebSocketStream", "WebTransport", "EventSource", "BroadcastChannel", "Worker", "SharedWorker", "importScripts", "indexedDB", "caches"];
  for (const way of ways) Object.defineProperty(self, way, { value: undefined, configurable: false, writable: false });
}

async function load(imports) {
  const response = await fetch("engine.wasm.gz");
  if (!response.ok) throw new Error(`engine.wasm.gz: ${response.status}`);
  const unpacked = new Response(response.body.pipeThrough(new DecompressionStream("gzip")), { headers: { "Content-Type": "application/wasm" } });
  return (await WebAssembly.instantiateStreaming(unpacked, imports)).instance;
}

async function answer({ id, call, args }) {
  try {
    const engine = self.lockstep;
    if (!engine || !Object.hasOwn(engine, call)) throw new Error(`there is no call ${call}`);
    self.postMessage({ id, answer: JSON.parse(await engine[call](...(args ?? []))) });
  } catch (problem) {
    self.postMessage({ id, failed: String(problem?.message ?? problem) });
  }
}

async function start() {
  try {
    const go = new Go();
    const instance = await load(go.importObject);
    cutOff();
    self.lockstepReady = () => self.postMessage({ ready: true });
    self.addEventListener("message", (event) => answer(event.data));
    await go.run(instance);
    self.postMessage({ ended: true });
  } catch (problem) {
    self.postMessage({ failed: String(problem?.message ?? problem) });
  }
}

start();
