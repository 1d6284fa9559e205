// The language server as a WebAssembly module: loads it and sends it requests about one log.

import { newSession } from "./session.js";

const uri = "untitled:log";
const textDocument = { uri };
const capabilities = {
  textDocument: {
    hover: { contentFormat: ["markdown"] },
    publishDiagnostics: {},
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix"] } } },
  },
};

/** One diagnostic per code: the hints list all places. */
const settings = (locale) => ({ locale, diagnostics: { maxPerFile: 100_000, repeats: "none" } });

/**
 * Loads the module, and compiles it while it arrives. The page decompresses it itself, so that any server will do.
 * @param {(done: number, total: number) => void} onProgress
 */
export async function loadModule(url, onProgress) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  // With a content encoding, the length is that of the encoded bytes.
  const total = response.headers.has("content-encoding") ? 0 : Number(response.headers.get("content-length"));
  const { isGzip, stream } = await opened(response.body.pipeThrough(counting(total, onProgress)));
  const module = isGzip ? stream.pipeThrough(new DecompressionStream("gzip")) : stream;
  return WebAssembly.compileStreaming(new Response(module, { headers: { "content-type": "application/wasm" } }));
}

function counting(total, onProgress) {
  let done = 0;
  return new TransformStream({
    transform(chunk, controller) {
      onProgress((done += chunk.length), total);
      controller.enqueue(chunk);
    },
  });
}

/** The stream, and whether it is still compressed: with some servers, the browser decompresses it first. */
async function opened(stream) {
  const reader = stream.getReader();
  let next = await reader.read();
  const isGzip = next.value?.[0] === 0x1f;
  const rest = new ReadableStream({
    async pull(controller) {
      if (next.done) return controller.close();
      controller.enqueue(next.value);
      next = await reader.read();
    },
  });
  return { isGzip, stream: rest };
}

export class Server {
  #session;
  #ids = 0;
  #version = 0;
  /** The diagnostics of the open log, one for each code that reports a problem. */
  diagnostics = [];

  static async start(module, locale) {
    const server = new Server();
    server.#session = await newSession(module);
    const initializationOptions = { clientCommands: ["hexplain.copy"], ...settings(locale) };
    server.request("initialize", { processId: null, rootUri: null, locale, capabilities, initializationOptions });
    server.#notify("initialized", {});
    return server;
  }

  request(method, params) {
    const id = ++this.#ids;
    const answer = this.#handle({ id, method, params }).find((message) => message.id === id);
    if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result;
  }

  #notify(method, params) {
    this.#handle({ method, params });
  }

  #handle(message) {
    const messages = this.#session.handle({ jsonrpc: "2.0", ...message });
    for (const { method, params } of messages) {
      if (method === "textDocument/publishDiagnostics") this.diagnostics = params.diagnostics;
    }
    return messages;
  }

  setLocale(locale) {
    this.#notify("workspace/didChangeConfiguration", { settings: { hexplain: settings(locale) } });
  }

  /** Closes the previous log and opens one that starts with `text`. */
  open(text) {
    if (this.#version > 0) this.#notify("textDocument/didClose", { textDocument });
    this.#version = 1;
    this.#notify("textDocument/didOpen", { textDocument: { uri, languageId: "log", version: 1, text } });
  }

  /** Appends text at the start of `line`, the last one, which is empty. */
  append(line, text) {
    const end = { line, character: 0 };
    const contentChanges = [{ range: { start: end, end }, text }];
    this.#notify("textDocument/didChange", { textDocument: { uri, version: ++this.#version }, contentChanges });
  }

  hover(line, character) {
    return this.request("textDocument/hover", { textDocument, position: { line, character } });
  }

  /** The texts that can be copied for a code, in the server's order. */
  copies(line, character) {
    const range = { start: { line, character }, end: { line, character } };
    const actions = this.request("textDocument/codeAction", { textDocument, range, context: { diagnostics: [] } });
    return actions.filter((action) => action.command?.command === "hexplain.copy").map((action) => action.command.arguments[0]);
  }

  /** The hints between two lines. If there are too many for one answer, its last hint has no data; the next request starts there. */
  *hints(from, to) {
    const [start, end] = [{ line: from, character: 0 }, { line: to, character: 0 }];
    for (;;) {
      const hints = this.request("textDocument/inlayHint", { textDocument, range: { start, end } });
      yield* hints.filter((hint) => hint.data);
      const last = hints.at(-1);
      if (!last || last.data) return;
      Object.assign(start, { line: last.position.line, character: last.position.character - 1 });
    }
  }
}
