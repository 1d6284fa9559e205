// The language server's module answers as the program does: the same messages to both, over all test logs.
import assert from "node:assert";
import { spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { newSession } from "../../editors/wasm/session.mjs";

const root = new URL("../../", import.meta.url);
const program = process.env.HEXPLAIN ?? new URL("target/release/hexplain", root).pathname;
const bytes = await readFile(process.argv[2]);

/** The messages of a session with these logs; ids from 1. */
function messages(logs) {
  const all = [request("initialize", { capabilities: {}, initializationOptions: {} }), { method: "initialized", params: {} }];
  for (const [name, text] of logs) {
    const textDocument = { uri: `file:///logs/${name}` };
    all.push({ method: "textDocument/didOpen", params: { textDocument: { ...textDocument, languageId: "log", version: 1, text } } });
    const lines = text.split("\n").length;
    const range = { start: { line: 0, character: 0 }, end: { line: lines, character: 0 } };
    all.push(request("textDocument/inlayHint", { textDocument, range }), request("textDocument/documentSymbol", { textDocument }));
    for (let line = 0; line < Math.min(lines, 20); line++) {
      all.push(request("textDocument/hover", { textDocument, position: { line, character: 40 } }));
    }
    all.push({ method: "textDocument/didClose", params: { textDocument } });
  }
  all.push(request("hexplain/explain", { query: "0x80070005" }), request("hexplain/search", { words: "passcode", limit: 5 }));
  all.push(request("shutdown", null));
  return all.map((message, id) => ({ jsonrpc: "2.0", ...message, ...(message.isRequest && { id: id + 1 }) })).map(({ isRequest, ...message }) => message);
}

function request(method, params) {
  return { method, params, isRequest: true };
}

/** The answers by id, and the diagnostics that were published for each document first. */
function outcome(sent) {
  const answers = new Map();
  const diagnostics = new Map();
  for (const message of sent) {
    if ("id" in message && !message.method) answers.set(message.id, message.result ?? message.error);
    const { uri, diagnostics: found = [] } = message.params ?? {};
    if (message.method === "textDocument/publishDiagnostics" && found.length) diagnostics.set(uri, found);
  }
  return { answers, diagnostics };
}

async function ofProgram(all) {
  const child = spawn(program, ["lsp"], { stdio: ["pipe", "pipe", "inherit"] });
  for (const message of [...all, { jsonrpc: "2.0", method: "exit" }]) {
    const body = Buffer.from(JSON.stringify(message));
    child.stdin.write(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]));
  }
  const chunks = [];
  for await (const chunk of child.stdout) chunks.push(chunk);
  const sent = [];
  for (let rest = Buffer.concat(chunks); rest.length; ) {
    const [, length] = /Content-Length: (\d+)/.exec(rest.subarray(0, 100).toString());
    const start = rest.indexOf("\r\n\r\n") + 4;
    sent.push(JSON.parse(rest.subarray(start, start + Number(length)).toString()));
    rest = rest.subarray(start + Number(length));
  }
  return sent;
}

const folder = new URL("tests/logs/", root);
const names = (await readdir(folder)).filter((name) => !name.endsWith(".tsv") && !name.endsWith(".json")).sort();
const logs = await Promise.all(names.map(async (name) => [name, await readFile(new URL(name, folder), "utf8").catch(() => "")]));
const all = messages(logs);

const session = await newSession(bytes);
const module = outcome(all.flatMap((message) => session.handle(message)));
const native = outcome(await ofProgram(all));
assert.ok(native.answers.size > 1000, `only ${native.answers.size} answers`);
for (const [id, answer] of native.answers) assert.deepStrictEqual(module.answers.get(id), answer, `the answer to ${JSON.stringify(all[id - 1]).slice(0, 200)}`);
assert.strictEqual(module.answers.size, native.answers.size);
for (const [uri, found] of native.diagnostics) assert.deepStrictEqual(module.diagnostics.get(uri), found, uri);
console.log(`tests/wasm: ${native.answers.size} answers of the module are those of the program`);

// A panic or a wrong message never ends it.
assert.strictEqual(session.handle({ jsonrpc: "2.0", id: 9999, method: "no/such" })[0].id, 9999);
