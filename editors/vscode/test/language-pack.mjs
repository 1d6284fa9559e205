// Turns an npm package with VS Code's French texts into a language pack that VS Code can install.
// Usage: language-pack.mjs PACKAGE_FOLDER EXTENSION_FOLDER
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [from, to] = process.argv.slice(2).map((path) => resolve(path));
await mkdir(to, { recursive: true });
// The file is an ES module ("export default"), but Node can't tell from its name.
await cp(join(from, "translations/main.i18n.json.js"), join(to, "texts.mjs"));
const { default: contents } = await import(pathToFileURL(join(to, "texts.mjs")));
await writeFile(join(to, "main.i18n.json"), JSON.stringify({ version: "1.0.0", contents }));
const localization = {
  languageId: "fr",
  languageName: "French",
  localizedLanguageName: "français",
  translations: [{ id: "vscode", path: "./main.i18n.json" }],
};
const manifest = {
  name: "language-pack-fr",
  publisher: "hexplain-test",
  version: "1.0.0",
  engines: { vscode: "^1.91.0" },
  categories: ["Language Packs"],
  contributes: { localizations: [localization] },
};
await writeFile(join(to, "package.json"), JSON.stringify(manifest));
