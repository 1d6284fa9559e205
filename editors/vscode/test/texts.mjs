// The texts of the extension: each exists in English and in French, and is used.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { equal } from "./checks.mjs";

const root = join(import.meta.dirname, "..");
const read = (file) => readFile(join(root, file), "utf8");
const keysOf = async (file) => Object.keys(JSON.parse(await read(file))).sort();
const all = (text, pattern) => [...new Set([...text.matchAll(pattern)].map((match) => match[1]))].sort();

export async function checkTexts() {
  const manifest = all(await read("package.json"), /"%(.+?)%"/g);
  equal("package.nls.json", await keysOf("package.nls.json"), manifest);
  equal("package.nls.fr.json", await keysOf("package.nls.fr.json"), manifest);

  const sources = (await readdir(join(root, "src"))).map((file) => read(`src/${file}`));
  const texts = all((await Promise.all(sources)).join("\n"), /l10n\.t\(\s*"(.+?)"/g);
  equal("bundle.l10n.fr.json", await keysOf("l10n/bundle.l10n.fr.json"), texts);
}
