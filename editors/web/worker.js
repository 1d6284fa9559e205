// The worker: reads logs, and answers the page's questions about them and about the catalog.

import { decode, isBinary } from "./decode.js";
import { lineStarts } from "./lines.js";
import { Scan } from "./scan.js";
import { loadModule, Server } from "./server.js";

/** The most bytes of a log: the text, its copy in the server and what is known of it need several times as much. */
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
/** Counts the logs: a newer one ends the scan of those before. */
let newest = 0;

const methods = {
  /** Answers with the module, so that the next worker need not load it. */
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

/** Whether the scan came to its end. */
async function scanAll(scan, isOutdated) {
  let told = -Infinity;
  for (const done of scan.steps()) {
    if (performance.now() - told > PAUSE) {
      tellFound(scan, done);
      told = performance.now();
    }
    // Lets questions in.
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

/** The page waits for this lock: it gets it when this worker is gone, for whatever reason. */
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
    // After a trap, the module's memory can't be trusted any more.
    if (error instanceof WebAssembly.RuntimeError) tell("crashed", { message: String(error) });
    else postMessage({ id, error: error.message });
  }
});
