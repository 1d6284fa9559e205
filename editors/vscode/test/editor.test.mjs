// The extension in real editors: installs the .vsix, opens logs, and looks at what a user would see.
import { appendFile, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { check, equal, expect, expectText, finish } from "./checks.mjs";
import { startEditor } from "./code-server.mjs";
import { Workbench } from "./workbench.mjs";

const { VSIX, VSIX_BUNDLED, ACME, FRENCH, SCREENSHOTS, SERVER, WORK } = process.env;
const logs = join(import.meta.dirname, "fixtures/logs");
const remedy = "Compare the OMA-URI in the profile";

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
try {
  await english();
  await french();
  await withoutServer();
} finally {
  await browser.close();
}
finish();

/** The platform .vsix, with the server inside, in a trusted workspace. */
async function english() {
  const editor = await startEditor({ vsix: [VSIX_BUNDLED, ACME], folder: logs });
  const bench = await Workbench.open(browser, editor, { screenshots: SCREENSHOTS });
  const { page } = bench;
  const copied = (text) => expectText("clipboard", () => bench.clipboard(), text);

  await check("codes in a log are underlined", async () => {
    await bench.openFile("mdm-sync.log");
    await expect("six squiggles", async () => (await bench.squiggles().count()) === 6);
  });
  await check("inlay hints stand behind the codes", async () => {
    await expectText("hint", () => bench.lines(), "SyncML(404)The target path does not exist on the device");
    await bench.shot("log");
  });
  await check("the hover explains the code", async () => {
    const message = "The device did not take on the value";
    await bench.hover("0x87D1FDE8", ".editor-instance", "-2016281112", "2278686184", message, "What to do:", "Occurs once");
    await bench.shot("hover");
    await page.mouse.move(5, 5);
  });
  await check("the Problems panel lists each code once, and no trap", async () => {
    await bench.run("Problems: Focus on Problems View");
    await expectText("problem", () => bench.problems().allInnerTexts(), "0x87D10194", "0x87D1FDE8", "0x80070005");
    await bench.shot("problems");
  });
  await check("the code-action menu copies the remedy, and says so", async () => {
    await bench.clickOn("SyncML(404)");
    await bench.press("Control+.");
    const menu = page.locator(".action-widget", { has: page.locator(".action") });
    await menu.getByText("Copy the remedy").first().waitFor();
    await bench.shot("actions");
    await menu.getByText("Copy the remedy").first().click();
    await copied(remedy);
    await expectText("notice", () => bench.statusBar(), "Copied: Compare the OMA-URI");
    await bench.shot("copied");
  });
  await check("a code is written in another notation", async () => {
    await bench.clickOn("0x80070005");
    await bench.press("Control+.");
    const menu = page.locator(".action-widget", { has: page.locator(".action") });
    await menu.getByText("Rewrite as -2147024891").click();
    await expectText("rewritten code", () => bench.lines(), "hr=-2147024891");
    await bench.press("Control+z");
  });
  await check("completion offers codes, with their explanation", async () => {
    await bench.press("Control+End");
    await bench.type("# 0x87D1FDE");
    await bench.press("Control+Space");
    const list = page.locator(".suggest-widget.visible");
    await list.locator(".monaco-list-row", { hasText: "0x87D1FDE8" }).waitFor();
    await bench.press("Control+Space");
    await page.locator(".suggest-details", { hasText: "What to do" }).waitFor();
    await bench.shot("completion");
    await list.locator(".monaco-list-row", { hasText: "0x87D1FDE8" }).click();
    await expectText("completed code", () => bench.lines(), "# 0x87D1FDE8");
  });
  await check("traps in an IME log stay quiet", async () => {
    await bench.openFile("IntuneManagementExtension.log");
    await bench.run("View: Toggle Word Wrap");
    await expectText("hint", () => bench.lines(), "-2016345060", "0x87D1FDE8The device did not take on the value");
    await expect("three squiggles", async () => (await bench.squiggles().count()) === 3);
    await bench.shot("ime");
  });
  await check("JSON is explained as well", async () => {
    await bench.openFile("report.json");
    await expect("a squiggle", async () => (await bench.squiggles().count()) === 1);
  });
  await check("hexplain.explain: the selection is the default, the answer is read", async () => {
    await bench.clickOn("0x87D1FDE8", { clickCount: 2 });
    await bench.run("hexplain: Explain a Code");
    await expectText("answer", () => bench.rows(), "0x87D1FDE8");
    equal("the query", await bench.input.inputValue(), "0x87D1FDE8");
    await bench.shot("explain");
    await bench.press("Enter");
    await readPreview(page, "The device did not take on the value");
    await bench.shot("explanation");
    // The preview takes the keyboard once it is loaded; a click on a tab takes it back.
    const tab = page.locator('.tab[data-resource-name="report.json"]');
    await expect("the log's tab", async () => {
      await tab.click();
      await page.waitForTimeout(500);
      return /active/.test(await tab.getAttribute("class"));
    });
    await bench.clickOn("0x87D1FDE8");
  });
  await check("hexplain.explain: a number of two families has two answers", async () => {
    await bench.run("hexplain: Explain a Code");
    await bench.input.fill("404");
    await expectText("answer", () => bench.rows(), "SyncML", "HTTP");
    await bench.shot("ambiguous");
    await bench.press("Escape");
  });
  await check("hexplain.search finds by words, and copies from the list", async () => {
    await bench.run("hexplain: Search the Catalog");
    await bench.input.fill("passcode short");
    const row = page.locator(".quick-input-widget .monaco-list-row", { hasText: "0x87D13A98" });
    await row.waitFor();
    await bench.shot("search");
    await row.hover();
    await row.locator(".action-label").first().click();
    await copied(remedyOf("0x87D13A98"));
    await bench.press("Escape");
  });
  await check("an untitled document is explained", async () => {
    await bench.run("File: New Untitled Text File");
    await page.locator(".tab.active", { hasText: "Untitled-1" }).waitFor();
    await bench.type("Installation failed with error 0x80070005");
    await expect("a squiggle", async () => (await bench.squiggles().count()) === 1);
  });
  await check("the Output panel is explained", async () => {
    // The editor in a browser doesn't notice that a channel has grown: another one between shows it anew.
    await bench.run("Acme: Say");
    await page.waitForTimeout(1000);
    await bench.run("hexplain: Show the Output");
    await bench.run("Acme: Say");
    await expectText("hint", () => bench.lines(".output-view"), "0x80070005Access denied");
    await bench.hover("0x80070005", ".output-view", "-2147024891", "Access denied");
    await bench.shot("output");
  });
  await check("hexplain.restart: explanations come back", async () => {
    await bench.openFile("mdm-sync.log");
    await bench.run("hexplain: Restart the Server");
    await bench.hover("0x87D13B64", ".editor-instance", "What to do:");
  });
  await check("hexplain.showOutput shows the output", async () => {
    await bench.run("hexplain: Show the Output");
    await page.locator(".output-view").waitFor();
    await bench.shot("own-output");
  });
  await check("changed settings take effect at once", async () => {
    await editor.changeSettings({ "hexplain.locale": "fr" });
    await expectText("hint", () => bench.lines(), "Le chemin cible n’existe pas sur l’appareil");
    await editor.changeSettings({ "hexplain.inlayHints.enable": false, "hexplain.diagnostics.enable": false });
    await expect("no squiggle", async () => (await bench.squiggles().count()) === 0);
    await expect("no hint", async () => !(await bench.lines()).some((line) => line.includes("target path")));
    await editor.changeSettings({ "hexplain.languages": ["json"] });
    await bench.openFile("report.json");
    await expect("a squiggle", async () => (await bench.squiggles().count()) === 1);
    await bench.openFile("mdm-sync.log");
    equal("squiggles in a language that is not listed", await bench.squiggles().count(), 0);
    await editor.changeSettings({});
  });
  await check("a file over 50 MB: a notice, and hexplain scan", async () => {
    const line = "2026-05-14 09:14:30  INFO   heartbeat of the agent, nothing to report at this time, all is well\n";
    await writeFile(join(editor.workspace, "large.log"), line.repeat(Math.ceil((51 * 2 ** 20) / line.length)));
    await appendFile(join(editor.workspace, "large.log"), "ERROR 0x80070005\n");
    await bench.openFile("large.log", { shown: false });
    const notice = page.locator(".notification-toast", { hasText: "over 50 MB" });
    await notice.waitFor();
    await bench.shot("large");
    await notice.getByText("Scan It in the Terminal").click();
    await expectText("terminal", () => page.locator(".xterm-rows").allInnerTexts(), "0x80070005");
    await bench.shot("scan");
  });
  await bench.close();
  await editor.stop();
}

/** A French user interface, the server from the PATH, and a workspace that is not trusted. */
async function french() {
  const editor = await startEditor({ vsix: [VSIX, ACME, FRENCH], path: [join(WORK, "bin")], folder: logs, trust: false });
  const bench = await Workbench.open(browser, editor, { screenshots: SCREENSHOTS, locale: "fr" });
  await check("French: the interface, the hints and the hover", async () => {
    await bench.openFile("mdm-sync.log");
    await expectText("hint", () => bench.lines(), "SyncML(404)Le chemin cible n’existe pas sur l’appareil");
    await bench.hover("0x87D1FDE8", ".editor-instance", "-2016281112", "L’appareil n’a pas adopté la valeur", "Que faire");
    await bench.shot("french");
  });
  await bench.close();
  await editor.stop();
}

/** The .vsix for all platforms on a machine without the server. */
async function withoutServer() {
  const editor = await startEditor({ vsix: [VSIX], folder: logs });
  const bench = await Workbench.open(browser, editor, { screenshots: SCREENSHOTS });
  const { page } = bench;
  const toasts = page.locator(".notification-toast", { hasText: "The hexplain program is neither" });
  await check("without a server: one message, whose button shows how to get it", async () => {
    await toasts.first().waitFor();
    await bench.shot("no-server");
    await bench.openFile("mdm-sync.log");
    await bench.openFile("report.json");
    equal("messages", await toasts.count(), 1);
    await toasts.getByText("How to Get It").click();
    await page.locator(".extension-editor").waitFor();
    await bench.shot("how-to");
  });
  await check("the setting hexplain.server.path is used as soon as it is set", async () => {
    await editor.changeSettings({ "hexplain.server.path": SERVER });
    await bench.openFile("mdm-sync.log");
    await expect("six squiggles", async () => (await bench.squiggles().count()) === 6);
  });
  await check("a setting that points nowhere is named", async () => {
    await editor.changeSettings({ "hexplain.server.path": "/nowhere/hexplain" });
    await page.locator(".notification-toast", { hasText: "There is no program at /nowhere/hexplain" }).waitFor();
  });
  await bench.close();
  await editor.stop();
}

/** What the command line says is to be done about a code. */
function remedyOf(code) {
  const output = execFileSync(SERVER, ["explain", "--format", "json", code], { encoding: "utf8" });
  return JSON.parse(output).answers[0].remedy;
}

/** Waits for a text in the Markdown preview, which is a frame in a frame. */
async function readPreview(page, text) {
  await expect(`“${text}” in the preview`, async () => {
    for (const frame of page.frames()) {
      if (await frame.getByText(text).count().catch(() => 0)) return true;
    }
    return false;
  });
}
