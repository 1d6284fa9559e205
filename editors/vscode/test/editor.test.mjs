// The extension in real editors: installs the .vsix, opens logs, and checks what a user would see.
// Texts of the catalog come from the server's command line, so that no test fails when their wording changes.
// Arguments are the scenarios to run: english, french, restricted, noProgram, web; by default all but web, whose checks
// are not finished.
import { execFileSync } from "node:child_process";
import { appendFile, mkdir, readdir, readFile, readlink, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { check, equal, expect, expectText, finish } from "./checks.mjs";
import { startEditor } from "./code-server.mjs";
import { checkTexts } from "./texts.mjs";
import { startWebEditor } from "./vscode-web.mjs";
import { Workbench } from "./workbench.mjs";

const { VSIX, VSIX_BUNDLED, ACME, FRENCH, SCREENSHOTS, SERVER, WORK } = process.env;
const logs = join(import.meta.dirname, "fixtures/logs");
/** The codes of mdm-sync.log that are underlined; its other lines have traps and a success. */
const underlined = ["SyncML(404)", "0x87D1FDE8", "0x87D13B64", "-2016345060", "1618", "0x80070005"];

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"],
});
await mkdir(join(WORK, "bin"), { recursive: true });
await symlink(SERVER, join(WORK, "bin/hexplain"));

await check("vsce packs without a warning", async () => {
  const log = await readFile(join(WORK, "package.log"), "utf8");
  if (!log.includes("DONE") || /warning/i.test(log)) throw new Error(log);
});
await check("every text exists in English and in French", checkTexts);

const scenarios = { english, french, restricted, noProgram, web };
const asked = process.argv.slice(2);
try {
  for (const name of asked.length ? asked : Object.keys(scenarios).filter((name) => name !== "web")) {
    await scenarios[name]().catch((error) => check(`the scenario ${name} runs to its end`, () => Promise.reject(error)));
  }
} finally {
  await browser.close().catch(() => {});
}
finish();
process.exit();

/** The platform .vsix, with the server inside, in a trusted workspace. */
async function english() {
  const editor = await startEditor({ vsix: [VSIX_BUNDLED, ACME], folder: logs });
  const bench = await Workbench.open(browser, editor, SCREENSHOTS);
  const { page } = bench;
  const copied = (text) => expectText("clipboard", () => bench.clipboard(), text);

  await check("codes in a log are underlined, traps are not", async () => {
    await bench.openFile("mdm-sync.log");
    await bench.expectSquiggles(underlined.length);
  });
  await check("inlay hints follow the codes", async () => {
    const hints = [...underlined, "SyncML(200)"].map((code) => code + message(code).slice(0, 90));
    await expectText("hint", () => bench.lines(), ...hints);
    await bench.press("Control+End");
    await bench.shot("log");
  });
  await check("the hover explains the code", async () => {
    const { signed, unsigned, remedy } = answer("0x87D1FDE8");
    const start = remedy.slice(0, 40);
    await bench.hover("0x87D1FDE8", ".editor-instance", `${signed}`, `${unsigned}`, message("0x87D1FDE8"), start, "Occurs");
    await bench.shot("hover", 450);
    await page.mouse.move(5, 5);
  });
  await check("the code-action menu copies the remedy and confirms it", async () => {
    await bench.act("SyncML(404)", "Copy the remedy", () => bench.shot("actions", 330));
    await copied(answer("SyncML(404)").remedy);
    await expectText("notice", () => bench.statusBar(), "Copied:");
    await bench.shot("copied");
  });
  await check("a code is rewritten in another notation", async () => {
    await bench.act("0x80070005", "Rewrite as -2147024891");
    await expectText("rewritten code", () => bench.lines(), "hr=-2147024891");
    await bench.press("Control+z");
  });
  await check("completion offers codes with their explanation", async () => {
    await bench.press("Control+End");
    await bench.type("# 0x87D1FDE");
    await bench.press("Control+Space");
    const row = page.locator(".suggest-widget.visible .monaco-list-row", { hasText: "0x87D1FDE8" });
    await row.waitFor();
    await bench.press("Control+Space");
    await page.locator(".suggest-details", { hasText: answer("0x87D1FDE8").remedy.slice(0, 40) }).waitFor();
    await bench.shot("completion");
    await row.click();
    await expectText("completed code", () => bench.lines(), "# 0x87D1FDE8");
    await bench.run("File: Revert File");
  });
  await check("the Problems panel lists what is underlined", async () => {
    await bench.run("Problems: Focus on Problems View");
    const codes = underlined.map((code) => answer(code).hex);
    await expectText("problem", () => bench.problems().allInnerTexts(), ...codes);
    await bench.shot("problems", 215, 400);
  });
  await check("traps in an IME log are not underlined", async () => {
    await bench.openFile("IntuneManagementExtension.log");
    await bench.run("View: Toggle Word Wrap");
    await bench.expectSquiggles(3);
    await expectText("hint", () => bench.lines(), `-2016345060${message("-2016345060").slice(0, 30)}`);
    await bench.shot("ime");
    await bench.run("View: Toggle Panel Visibility");
  });
  await check("codes in JSON are explained", async () => {
    await bench.openFile("report.json");
    await bench.expectSquiggles(1);
  });
  await check("hexplain.explain: the selection is the default, the answer opens as a page", async () => {
    await bench.clickOn("0x87D1FDE8", { clickCount: 2 });
    await bench.ask("Explain Error Code");
    await expectText("answer", () => bench.rows(), message("0x87D1FDE8"));
    equal("the query", await bench.input.inputValue(), "0x87D1FDE8");
    await bench.shot("explain");
    await bench.press("Enter");
    await bench.expectInFrame(message("0x87D1FDE8"));
    await bench.shot("explanation");
  });
  await check("hexplain.explain: a number in two families has two answers", async () => {
    await bench.ask("Explain Error Code", "404");
    await expectText("answer", () => bench.rows(), "SyncML", "HTTP");
    await bench.shot("ambiguous");
    await bench.press("Escape");
  });
  await check("hexplain.search finds entries by words and copies from the list", async () => {
    await bench.ask("Search Catalog", "passcode policy");
    const row = page.locator(".quick-input-widget .monaco-list-row", { hasText: "0x87D13A98" });
    await row.waitFor();
    await bench.shot("search", 330);
    await row.hover();
    await row.locator(".action-label").first().click();
    await copied(answer("0x87D13A98").remedy);
    await bench.press("Escape");
  });
  await check("a workspace symbol opens its explanation, rendered", async () => {
    const { message, remedy } = answer("0x87D13A98"); // a code of no open document
    // VS Code looks for the words after the first in the name of the family.
    await bench.quick("Control+p", "#0x87D13A98", message);
    await bench.expectInFrame(message);
    await bench.expectInFrame(remedy.slice(0, 40));
    await bench.shot("symbol");
  });
  await check("a document of the server's that doesn't exist says so", async () => {
    await bench.open("hexplain:/syncml/no-such-number.md");
    await bench.expectInFrame("The catalog has no entry for");
  });
  await check("codes in an untitled document are explained", async () => {
    await bench.run("File: New Untitled Text File");
    await page.locator(".tab.active", { hasText: "Untitled-1" }).waitFor();
    await bench.type("Installation failed with error 0x80070005");
    await bench.expectSquiggles(1);
  });
  await check("codes in the Output panel are explained", async () => {
    await bench.run("Acme: Say");
    await expectText("hint", () => bench.lines(".output-view"), `0x80070005${message("0x80070005").slice(0, 40)}`);
    await bench.hover("0x80070005", ".output-view", "-2147024891");
    await bench.shot("output");
  });
  await check("hexplain.restart: a new process that explains codes", async () => {
    const before = await serversOf(editor);
    equal("servers", before.length, 1);
    await bench.openFile("mdm-sync.log");
    await bench.run("hexplain: Restart Server");
    await expect("another process", async () => {
      const now = await serversOf(editor);
      return now.length === 1 && now[0] !== before[0];
    });
    await bench.hover("0x87D13B64", ".editor-instance", message("0x87D13B64"));
  });
  await check("a killed server is restarted", async () => {
    const [before] = await serversOf(editor);
    process.kill(before, "SIGKILL");
    await expect("another process", async () => (await serversOf(editor)).some((id) => id !== before));
    await bench.hover("0x87D13B64", ".editor-instance", message("0x87D13B64"));
  });
  await check("hexplain.showOutput shows the output, with no complaint about a setting", async () => {
    await bench.run("hexplain: Show Output");
    await page.locator(".part.panel", { hasText: "hexplain" }).locator(".output-view").waitFor();
    await bench.shot("own-output");
    equal("complaints", await page.getByText("is not a setting").count(), 0);
    await bench.run("View: Toggle Panel Visibility");
  });
  await check("changed settings take effect immediately", async () => {
    await bench.set({ "hexplain.locale": "fr" });
    await expectText("hint", () => bench.lines(), `SyncML(404)${message("SyncML(404)", "fr")}`);
    await bench.set({ "hexplain.locale": null, "hexplain.ignore": ["-2016345708", "0x80070005"] });
    await bench.expectSquiggles(underlined.length - 2);
    await bench.set({ "hexplain.ignore": null, "hexplain.inlayHints.enable": false });
    await bench.expectSquiggles(underlined.length);
    await expect("no hint", async () => !(await bench.lines()).some((line) => line.includes(message("SyncML(404)"))));
    await bench.set({ "hexplain.inlayHints.enable": null, "hexplain.languages": ["json"] });
    await bench.expectSquiggles(0);
    await bench.openFile("report.json");
    await bench.expectSquiggles(1);
    await bench.set({ "hexplain.languages": null });
  });
  await check("a file over 50 MB: a notice, and hexplain scan", async () => {
    const line = "2026-05-14 09:14:30  INFO   heartbeat of the agent, nothing to report at this time, all is well\n";
    const large = join(editor.workspace, "large.log");
    await writeFile(large, line.repeat(Math.ceil((51 * 2 ** 20) / line.length)));
    await appendFile(large, "ERROR 0x80070005\n");
    await bench.openFile("large.log", { shown: false });
    const notice = page.locator(".notification-toast", { hasText: "over 50 MB" });
    await notice.waitFor();
    await bench.shot("large");
    await notice.getByText("Scan in Terminal").click();
    await expectText("terminal", () => bench.terminal(), "1 error code in 1 file");
    await bench.shot("scan");
  });
  await bench.close();
  await editor.stop();
  await check("no server process is left", () => expect("end", async () => !(await serversOf(editor)).length));
}

/** A French user interface, and the server from the PATH. */
async function french() {
  const editor = await startEditor({ vsix: [VSIX, ACME, FRENCH], path: [join(WORK, "bin")], folder: logs, locale: "fr" });
  const bench = await Workbench.open(browser, editor, SCREENSHOTS);
  await check("French: the hints, and the server from the PATH", async () => {
    await bench.openFile("mdm-sync.log");
    await expectText("hint", () => bench.lines(), `SyncML(404)${message("SyncML(404)", "fr")}`);
  });
  await check("French: the hover", async () => {
    await bench.press("Control+End");
    const { signed, remedy } = answer("0x87D1FDE8", "fr");
    await bench.hover("0x87D1FDE8", ".editor-instance", `${signed}`, remedy.slice(0, 40), "Que faire");
    await bench.shot("french", 450);
    await bench.page.mouse.move(5, 5);
  });
  await check("French: the palette and the settings", async () => {
    await bench.ask("Expliquer un code d’erreur", "1618");
    await expectText("answer", () => bench.rows(), message("1618", "fr"));
    await bench.press("Escape");
    await bench.press("Control+,");
    await bench.page.locator(".settings-editor .monaco-editor").first().click();
    await bench.type("hexplain");
    await bench.page.locator(".settings-editor", { hasText: "Où expliquer les codes" }).waitFor();
    await bench.shot("settings-french");
  });
  await bench.close();
  await editor.stop();
}

/** An untrusted workspace that sets a server path. */
async function restricted() {
  const editor = await startEditor({ vsix: [VSIX], path: [join(WORK, "bin")], folder: logs, trust: false });
  await mkdir(join(editor.workspace, ".vscode"));
  const settings = { "hexplain.server.path": "/nowhere/hexplain", "hexplain.diagnostics.minimumSeverity": "error" };
  await writeFile(join(editor.workspace, ".vscode/settings.json"), JSON.stringify(settings));
  const bench = await Workbench.open(browser, editor, SCREENSHOTS);
  await check("an untrusted workspace: its server path is ignored, its other settings are not", async () => {
    await bench.openFile("mdm-sync.log");
    await bench.page.getByText("Restricted Mode").first().waitFor();
    await bench.expectSquiggles(underlined.filter((code) => answer(code).severity === "error").length);
    equal("messages", await bench.page.locator(".notification-toast").count(), 0);
    await bench.shot("restricted");
  });
  await bench.close();
  await editor.stop();
}

/** The .vsix for all platforms on a machine without the program. */
async function noProgram() {
  const editor = await startEditor({ vsix: [VSIX, ACME], folder: logs });
  const bench = await Workbench.open(browser, editor, SCREENSHOTS);
  const { page } = bench;
  const missing = page.locator(".notification-toast", { hasText: "points to /nowhere/hexplain" });
  await check("without a program: the module explains the codes", async () => {
    await bench.openFile("mdm-sync.log");
    await bench.expectSquiggles(underlined.length);
    await bench.hover("0x87D1FDE8", ".editor-instance", message("0x87D1FDE8"));
    await bench.expectStatus("WebAssembly module");
  });
  await check("a wrong hexplain.server.path is reported once, and its button shows how to get hexplain", async () => {
    await bench.set({ "hexplain.server.path": "/nowhere/hexplain" });
    await missing.first().waitFor();
    equal("messages", await missing.count(), 1);
    await missing.getByText("Get hexplain").click();
    await bench.expectInFrame("cargo install --path .");
  });
  await check("without a server: a document of the server's says why it is empty", async () => {
    await bench.open("hexplain:/syncml/404.md");
    await bench.expectInFrame("The hexplain server is not running.");
  });
  await check("hexplain.server.path takes effect as soon as it is set", async () => {
    await bench.set({ "hexplain.server.path": SERVER });
    await bench.openFile("mdm-sync.log");
    await bench.expectSquiggles(underlined.length);
    await bench.expectStatus(`program ${SERVER}`);
  });
  await bench.close();
  await editor.stop();
}

/** VS Code for the Web: the module in a worker, the logs in a virtual workspace. */
async function web() {
  const line = "2026-11-30 10:00:00 install of app 7 failed: 0x80070005, SyncML(404), hr=-2016345060\n";
  const files = { "5mb.log": line.repeat(5e6 / line.length), "40mb.log": line.repeat(4e7 / line.length) };
  for (const name of ["mdm-sync.log", "report.json"]) files[name] = await readFile(join(logs, name), "utf8");
  const editor = await startWebEditor({ vsix: { hexplain: VSIX, acme: ACME }, logs: files });
  const bench = await Workbench.open(browser, editor, SCREENSHOTS);
  const { page } = bench;
  const openLog = async (name) => {
    await bench.open(`acme:/logs/${name}`);
    await page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
  };
  await check("in a browser: codes in a log are underlined, traps are not", async () => {
    await openLog("mdm-sync.log");
    await bench.expectSquiggles(underlined.length);
  });
  await check("in a browser: hints, hover and the copied remedy", async () => {
    const hints = underlined.map((code) => code + message(code).slice(0, 90));
    await expectText("hint", () => bench.lines(), ...hints);
    const { signed, remedy } = answer("0x87D1FDE8");
    await bench.hover("0x87D1FDE8", ".editor-instance", `${signed}`, remedy.slice(0, 40));
    await bench.shot("web", 450);
    await page.mouse.move(5, 5);
    await bench.act("SyncML(404)", "Copy the remedy");
    await expectText("clipboard", () => bench.clipboard(), answer("SyncML(404)").remedy);
    await bench.expectStatus("WebAssembly module");
  });
  await check("in a browser: explain, and search", async () => {
    await bench.ask("Explain Error Code", "0x80070005");
    await expectText("row", () => bench.rows(), answer("0x80070005").message);
    await bench.press("Enter");
    await bench.expectInFrame("E_ACCESSDENIED");
    await bench.ask("Search Catalog", "passcode");
    await expect("a row", async () => (await bench.rows()).length > 3);
    await bench.press("Escape");
  });
  await check("in a browser: French, as soon as it is set", async () => {
    await bench.set({ "hexplain.locale": "fr" });
    await openLog("mdm-sync.log");
    await expectText("hint", () => bench.lines(), message("0x87D1FDE8", "fr").slice(0, 60));
    await bench.set({ "hexplain.locale": null });
  });
  await check("in a browser: a worker that fails is started again", async () => {
    const thread = page.workers().concat(page.frames().flatMap((frame) => frame.page().workers()));
    const threads = thread.filter((worker) => worker.url().includes("thread.browser"));
    if (!threads.length) throw new Error(`no worker among ${page.workers().map((worker) => worker.url())}`);
    await threads[0].evaluate(() => void setTimeout(() => { throw new Error("on purpose"); }));
    await expect("another worker", async () =>
      page.workers().some((worker) => worker.url().includes("thread.browser") && worker !== threads[0]),
    );
    await openLog("mdm-sync.log");
    await bench.hover("0x87D1FDE8", ".editor-instance", message("0x87D1FDE8"));
  });
  for (const name of ["5mb.log", "40mb.log"]) {
    await check(`in a browser: ${name} has hints`, async () => {
      await openLog(name);
      await expectText("hint", () => bench.lines(), message("SyncML(404)").slice(0, 30));
    });
  }
  await bench.close();
  await editor.stop();
}

/** The command line's first answer about a code of the fixtures, where 1618 is an exit code. */
function answer(code, locale = "en") {
  const query = code === "1618" ? "exit code 1618" : code;
  const args = ["explain", "--format", "json", "--locale", locale, "--", query];
  return JSON.parse(execFileSync(SERVER, args, { encoding: "utf8" })).answers[0];
}

function message(code, locale) {
  return answer(code, locale).message;
}

/** The ids of the server processes that were started from an editor's own extension. */
async function serversOf(editor) {
  const processes = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const programs = await Promise.all(processes.map((id) => readlink(`/proc/${id}/exe`).catch(() => "")));
  return processes.filter((_, index) => programs[index].startsWith(`${editor.home}/extensions/`)).map(Number);
}
