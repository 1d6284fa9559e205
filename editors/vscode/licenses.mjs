// Prints the licenses of the packages that are bundled in the extension: the language client and what it uses.
import { readdirSync, readFileSync } from "node:fs";

const texts = new Map();
function add(name) {
  if (texts.has(name)) {
    return;
  }
  const folder = new URL(`node_modules/${name}/`, import.meta.url);
  const { version, license, dependencies = {} } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8"));
  const files = readdirSync(folder).filter((file) => /^licen[cs]e|^thirdparty|^notice/i.test(file));
  if (!files.some((file) => /^licen/i.test(file))) {
    throw new Error(`${name} has no license file`);
  }
  const read = (file) => readFileSync(new URL(file, folder), "utf8").replaceAll("\r\n", "\n").trim();
  texts.set(name, `${name} ${version} (${license})\n\n${files.sort().map(read).join("\n\n")}\n`);
  Object.keys(dependencies).forEach(add);
}
add("vscode-languageclient");
console.log("The extension contains the following packages.\n");
console.log([...texts.keys()].sort().map((name) => texts.get(name)).join(`\n${"-".repeat(80)}\n`));
