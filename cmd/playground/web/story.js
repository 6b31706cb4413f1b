// A story: a script with one line for each thing that happens, and named sections behind it. It is the only state of
// the page, and what a link contains.

const marker = /^-- (.*\S.*) --$/s;
const mostBytes = 1 << 20; // of a story in a link

export class Story {
  constructor(script, sections) {
    this.script = script;
    this.sections = sections;
  }

  static parse(text) {
    const script = [];
    const sections = [];
    let into = script;
    for (const line of text.replaceAll("\r\n", "\n").split("\n")) {
      const name = marker.exec(line)?.[1].trim();
      if (name) {
        into = [];
        sections.push({ name, lines: into });
      } else {
        into.push(line);
      }
    }
    for (const lines of [script, ...sections.map((section) => section.lines)]) trimEnd(lines);
    return new Story(script, sections);
  }

  toString() {
    const parts = this.sections.map(({ name, lines }) => [`-- ${name} --`, ...lines].join("\n") + "\n");
    return this.script.join("\n") + "\n" + (parts.length ? "\n" + parts.join("") : "");
  }

  // Whether there is something to take back: what leads up to the pull request is not.
  get canShrink() {
    const pull = this.script.findIndex((line) => /^\s*(pull|fork)\s/.test(line));
    return pull >= 0 && this.script.slice(pull + 1).some(isPlayed);
  }

  get lines() {
    return this.script.filter(isPlayed).length;
  }

  plus(line) {
    return new Story([...this.script, line], this.sections);
  }

  // The story without its last line, and without what was prepared for that line alone.
  minusLast() {
    const last = this.script.findLastIndex(isPlayed);
    let from = last;
    while (from > 0 && this.script[from - 1].startsWith("before-request ")) from--;
    return this.upTo(Math.max(from, 0));
  }

  // The first lines of the script, with all sections.
  upTo(count) {
    const script = this.script.slice(0, count);
    trimEnd(script);
    return new Story(script, this.sections);
  }

  // The story in which a line is played when the last one makes such a request.
  duringLastLine(request, line) {
    const at = this.script.findLastIndex(isPlayed);
    return new Story(this.script.toSpliced(at, 0, `before-request ${quote(request)} ${line}`), this.sections);
  }

  // The story that begins at a moment.
  from(moment) {
    if (this.script.find(isPlayed)?.startsWith("at ")) return this;
    const at = this.script.findIndex(isPlayed);
    return new Story(this.script.toSpliced(Math.max(at, 0), 0, `at ${moment}`), this.sections);
  }

  // The story with another text in a section; without the section if there is no text.
  withSection(name, text) {
    const lines = text.replaceAll("\r\n", "\n").split("\n");
    trimEnd(lines);
    if (lines.some((line) => marker.test(line))) throw new Error("A line such as “-- name --” ends a section of the story. Write it in another way.");
    const others = this.sections.filter((section) => section.name !== name);
    if (!lines.length) return new Story(this.script, others);
    const at = this.sections.findIndex((section) => section.name === name);
    return new Story(this.script, others.toSpliced(at < 0 ? 0 : at, 0, { name, lines }));
  }

  // The story as a test: it expects what has come of it, unless it expects something already.
  expecting({ timeline, deployments }) {
    if (this.script.some((line) => /^\s*(want|cmp)\s/.test(line))) return this;
    const reason = timeline?.findLast((entry) => entry.step)?.step.outputs?.reason_code;
    const newest = new Map((deployments ?? []).toReversed().map(({ environment, state }) => [environment, state]));
    const known = [...newest].filter(([environment, state]) => state && /^[\w.-]+$/.test(environment));
    return new Story([...this.script, ...(reason ? [`want output reason_code ${reason}`] : []), ...known.map((pair) => `want deployment ${pair.join(" ")}`)], this.sections);
  }

  // The story without inputs of these names, neither at the beginning nor later.
  withoutInputs(names) {
    const isOther = (line) => !names.includes(line.split(":")[0].trim());
    const sections = this.sections.map((section) => (section.name === "with" ? { ...section, lines: section.lines.filter(isOther) } : section));
    return new Story(this.script.filter((line) => !(line.startsWith("set ") && names.includes(line.split(" ")[1]))), sections);
  }
}

// quote writes a text as one word, or as the rest of a line, of a script.
export function quote(text) {
  return JSON.stringify(text.toWellFormed());
}

// rest writes a text as the rest of a line: in quotes only where it must be.
export function rest(text) {
  return /[\p{Cc}"]/u.test(text) || text !== text.trim() ? quote(text) : text.toWellFormed();
}

// pack writes a story as the fragment of a link.
export async function pack(text) {
  const packed = await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"))).arrayBuffer();
  let binary = "";
  for (const byte of new Uint8Array(packed)) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// unpack reads the fragment of a link, and fails if there is no story in it.
export async function unpack(fragment) {
  const bytes = Uint8Array.from(atob(fragment.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  const text = await readUpTo(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")), mostBytes);
  if (!Story.parse(text).lines) throw new Error("there is no story");
  return text;
}

async function readUpTo(stream, most) {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let size = 0;
  const reader = stream.getReader();
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    size += chunk.value.length;
    if (size > most) throw new Error("the story is too long");
    text += decoder.decode(chunk.value, { stream: true });
  }
  return text + decoder.decode();
}

function isPlayed(line) {
  return line.trim() !== "" && !line.trim().startsWith("#");
}

function trimEnd(lines) {
  while (lines.length && lines.at(-1).trim() === "") lines.pop();
}
