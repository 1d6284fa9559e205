// Instantiates the module named on the command line, without imports, and has a code explained.
import assert from "node:assert";
import { readFile } from "node:fs/promises";

const { instance } = await WebAssembly.instantiate(await readFile(process.argv[2]), {});
const { explain_code, memory } = instance.exports;

function explained(code, filler) {
  const start = explain_code(code, filler);
  const bytes = new Uint8Array(memory.buffer, start);
  return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0))).trimEnd().split("\n");
}

const filler = "Nothing to report.\n".length;
// The second text is longer than one part of a document's scan.
for (const lines of [0, 120_000]) {
  const [first, ...rest] = explained(0x80070005, lines);
  const offset = lines * filler + "The installation failed with ".length;
  assert.match(first, new RegExp(`^${offset} 0x80070005 E_ACCESSDENIED: .`));
  assert.deepStrictEqual(rest, ["the document has the same"]);
}
console.log("tests/wasm: a text's codes are found and explained");
