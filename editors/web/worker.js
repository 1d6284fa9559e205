// The worker: reads and scans logs, and answers the page's requests.

import { decode, isBinary } from "./decode.js";
import { lineStarts } from "./lines.js";
import { Scan } from "./scan.js";
import { loadModule, Server } from "./server.js";

/** The largest log in bytes. The text, the server's copy of it and the places need several times as much memory. */
const MOST_BYTES = 256 << 20;
/** Milliseconds between two messages about the codes found so far. */
const PAUSE = 120;
const MOST_FOUND = 100;

/** @type {Server} */
let server;
let isStarted;
const started = new Promise((resolve) => (isStarted = resolve));
/** @type {Scan | undefined} */
let scan;
/** The number of logs so far. A newer log ends the scan of an older one. */
let newest = 0;

const methods = {
  /** Returns the module, so that the next worker doesn't have to load it. */
  async start({ module, locale, lock }) {
    holdLock(lock);
    module ??= await loadModule(new URL("hexplain.wasm.gz", import.meta.url), (done, total) => tell("loading", { done, total }));
    server = await Server.start(module, locale);
    isStarted();
    return module;
  },

  async open({ file, text }) {
    const own = ++newest;
    scan = undefined;
    await started;
    const read = file ? await readFile(file) : { text };
    if (own !== newest) return false;
    const starts = lineStarts(read.text);
    tell("text", { text: file ? read.text : undefined, encoding: read.encoding, starts });
    scan = new Scan(server, read.text, starts);
    return scanAll(scan, () => own !== newest);
  },

  async close() {
    newest++;
    scan = undefined;
    await started;
    server.open("");
  },

  marks: ({ from, to }) => scan?.within(from, to) ?? [],
  about: (where) => scan?.about(where),

  async lookUp({ query }) {
    await started;
    const { answers } = server.request("hexplain/explain", { query });
    const found = server.request("hexplain/search", { words: query, limit: MOST_FOUND }).answers;
    const known = new Set(answers.map((answer) => answer.markdown));
    return { answers, found: found.filter((answer) => !known.has(answer.markdown)) };
  },

  async setLocale({ locale }) {
    await started;
    server.setLocale(locale);
    scan?.translate();
    if (scan) tellFound(scan);
  },
};

async function readFile(file) {
  if (file.size > MOST_BYTES) throw new Error("tooLarge");
  const read = decode(new Uint8Array(await file.arrayBuffer()));
  if (isBinary(read.text)) throw new Error("binary");
  return read;
}

/** Whether the scan was completed. */
async function scanAll(scan, isOutdated) {
  let reported = -Infinity;
  for (const done of scan.steps()) {
    if (performance.now() - reported > PAUSE) {
      tellFound(scan, done);
      reported = performance.now();
    }
    // Lets the worker receive requests.
    await new Promise((resume) => setTimeout(resume));
    if (isOutdated()) return false;
  }
  tellFound(scan);
  return true;
}

function tellFound(scan, done = 1) {
  tell("found", { codes: scan.codes, lines: scan.lines, overview: scan.overview(), done });
}

function tell(event, data) {
  postMessage({ event, data });
}

/** The page requests the same lock, and gets it when this worker is gone, for whatever reason. */
function holdLock(name) {
  navigator.locks?.request(name, () => {
    tell("locked", {});
    return new Promise(() => {});
  });
}

addEventListener("message", async ({ data: { id, method, params } }) => {
  try {
    postMessage({ id, result: await methods[method](params) });
  } catch (error) {
    // After a trap, the module's memory may be inconsistent.
    if (error instanceof WebAssembly.RuntimeError) tell("crashed", { message: String(error) });
    else postMessage({ id, error: error.message });
  }
});
