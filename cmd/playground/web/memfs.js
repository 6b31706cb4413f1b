// A file system in memory, as far as Go's package os asks for one: see lib/wasm/wasm_exec.js of Go, which uses
// globalThis.fs, process and path. It has folders and files, no links, no permissions and no owners.
"use strict";

(() => {
  const flags = { O_RDONLY: 0, O_WRONLY: 1, O_RDWR: 2, O_CREAT: 0o100, O_EXCL: 0o200, O_TRUNC: 0o1000, O_APPEND: 0o2000, O_DIRECTORY: 0o200000 };

  class FileError extends Error {
    constructor(code) {
      super(code);
      this.code = code;
    }
  }

  class File {
    constructor() {
      this.bytes = new Uint8Array(0);
      this.changed = Date.now();
    }

    get isFolder() { return false; }
    get size() { return this.bytes.length; }

    resize(size) {
      const bytes = new Uint8Array(size);
      bytes.set(this.bytes.subarray(0, size));
      this.bytes = bytes;
      this.changed = Date.now();
    }

    write(source, at) {
      if (at + source.length > this.size) this.resize(at + source.length);
      this.bytes.set(source, at);
      this.changed = Date.now();
      return source.length;
    }

    read(target, at) {
      const found = this.bytes.subarray(at, at + target.length);
      target.set(found);
      return found.length;
    }
  }

  class Folder {
    constructor() {
      this.entries = new Map();
      this.changed = Date.now();
    }

    get isFolder() { return true; }
    get size() { return 0; }
  }

  // Paths.

  const root = new Folder();

  function split(path) {
    const names = [];
    for (const name of path.split("/")) {
      if (name === "..") names.pop();
      else if (name !== "" && name !== ".") names.push(name);
    }
    return names;
  }

  function walk(names) {
    let node = root;
    for (const name of names) {
      if (!node.isFolder) throw new FileError("ENOTDIR");
      node = node.entries.get(name);
      if (!node) throw new FileError("ENOENT");
    }
    return node;
  }

  const find = (path) => walk(split(path));

  // above returns the folder that a path is in, and the name in it.
  function above(path) {
    const names = split(path);
    const name = names.pop();
    if (name === undefined) throw new FileError("EEXIST");
    const folder = walk(names);
    if (!folder.isFolder) throw new FileError("ENOTDIR");
    return { folder, name };
  }

  function add(path, node) {
    const { folder, name } = above(path);
    if (folder.entries.has(name)) throw new FileError("EEXIST");
    folder.entries.set(name, node);
    return node;
  }

  function file(path) {
    const node = find(path);
    if (node.isFolder) throw new FileError("EISDIR");
    return node;
  }

  const numbers = new WeakMap();
  let nodes = 1;

  function describe(node) {
    if (!numbers.has(node)) numbers.set(node, nodes++);
    return {
      dev: 1, ino: numbers.get(node), mode: node.isFolder ? 0o40755 : 0o100644, nlink: 1, uid: 0, gid: 0, rdev: 0,
      size: node.size, blksize: 4096, blocks: Math.ceil(node.size / 512),
      atimeMs: node.changed, mtimeMs: node.changed, ctimeMs: node.changed, isDirectory: () => node.isFolder,
    };
  }

  // Open files. 0 to 2 are the streams of the program.

  const opened = new Map();
  let nextHandle = 3;

  function handle(number) {
    const found = opened.get(number);
    if (!found) throw new FileError("EBADF");
    return found;
  }

  function open(path, mode) {
    let node;
    try {
      node = find(path);
      if (mode & flags.O_CREAT && mode & flags.O_EXCL) throw new FileError("EEXIST");
    } catch (problem) {
      if (problem.code !== "ENOENT" || !(mode & flags.O_CREAT)) throw problem;
      node = add(path, new File());
    }
    if (mode & flags.O_DIRECTORY && !node.isFolder) throw new FileError("ENOTDIR");
    if (node.isFolder && mode & (flags.O_WRONLY | flags.O_RDWR)) throw new FileError("EISDIR");
    if (mode & flags.O_TRUNC) node.resize(0);
    opened.set(nextHandle, { node, at: 0, appends: Boolean(mode & flags.O_APPEND) });
    return nextHandle++;
  }

  function read(number, buffer, offset, length, position) {
    const from = handle(number);
    if (from.node.isFolder) throw new FileError("EISDIR");
    const count = from.node.read(buffer.subarray(offset, offset + length), position ?? from.at);
    if (position === null || position === undefined) from.at += count;
    return count;
  }

  function write(number, buffer, offset, length, position) {
    const bytes = buffer.subarray(offset, offset + length);
    if (number < 3) return print(bytes);
    const to = handle(number);
    const at = to.appends ? to.node.size : position ?? to.at;
    const count = to.node.write(bytes, at);
    if (position === null || position === undefined) to.at = at + count;
    return count;
  }

  // print shows what the program writes to its streams, line by line.
  const decoder = new TextDecoder();
  let pending = "";

  function print(bytes) {
    pending += decoder.decode(bytes, { stream: true });
    const end = pending.lastIndexOf("\n");
    if (end >= 0) {
      console.log(pending.slice(0, end));
      pending = pending.slice(end + 1);
    }
    return bytes.length;
  }

  // Changes.

  function unlink(path) {
    file(path);
    const { folder, name } = above(path);
    folder.entries.delete(name);
  }

  function rmdir(path) {
    const node = find(path);
    if (!node.isFolder) throw new FileError("ENOTDIR");
    if (node.entries.size > 0) throw new FileError("ENOTEMPTY");
    const { folder, name } = above(path);
    folder.entries.delete(name);
  }

  function rename(from, to) {
    const node = find(from);
    const target = above(to);
    if (node.isFolder && split(to).join("/").startsWith(split(from).join("/") + "/")) throw new FileError("EINVAL");
    const source = above(from);
    source.folder.entries.delete(source.name);
    target.folder.entries.set(target.name, node);
  }

  // called turns a function into one that reports to a callback, as Go expects it: never before it has returned.
  function called(work) {
    return (...args) => {
      const done = args.pop();
      let result = null;
      let problem = null;
      try {
        result = work(...args);
      } catch (caught) {
        problem = caught;
      }
      queueMicrotask(() => (problem ? done(problem) : done(null, result)));
    };
  }

  const nothing = called(() => undefined);
  const missing = called(() => { throw new FileError("ENOSYS"); });

  globalThis.fs = {
    constants: flags,
    writeSync: (number, bytes) => write(number, bytes, 0, bytes.length, null),
    open: called((path, mode) => open(path, mode)),
    close: called((number) => { handle(number); opened.delete(number); }),
    read: called(read),
    write: called(write),
    stat: called((path) => describe(find(path))),
    lstat: called((path) => describe(find(path))),
    fstat: called((number) => describe(handle(number).node)),
    mkdir: called((path) => { add(path, new Folder()); }),
    readdir: called((path) => {
      const node = find(path);
      if (!node.isFolder) throw new FileError("ENOTDIR");
      return [...node.entries.keys()];
    }),
    rename: called(rename),
    rmdir: called(rmdir),
    unlink: called(unlink),
    truncate: called((path, size) => file(path).resize(size)),
    ftruncate: called((number, size) => handle(number).node.resize(size)),
    utimes: called((path, accessed, changed) => { find(path).changed = changed * 1000; }),
    chmod: nothing, fchmod: nothing, chown: nothing, fchown: nothing, lchown: nothing, fsync: nothing,
    link: missing, symlink: missing, readlink: missing,
  };

  globalThis.process = {
    pid: 1, ppid: 0,
    getuid: () => 0, getgid: () => 0, geteuid: () => 0, getegid: () => 0, getgroups: () => [0],
    umask: () => 0o22, cwd: () => "/", chdir: (path) => { if (!find(path).isFolder) throw new FileError("ENOTDIR"); },
  };

  globalThis.path = { resolve: (...all) => "/" + split(all.join("/")).join("/") };

  add("/tmp", new Folder());
})();
