// User actions in VS Code, as functions on a browser page: open a file, point at a word, run a command.
import { check, equal, expect } from "./checks.mjs";

const nbsp = /\u00a0/g;

export class Workbench {
  constructor(page, screenshots) {
    this.page = page;
    this.screenshots = screenshots;
  }

  static async open(browser, editor, screenshots) {
    const context = await browser.newContext({
      viewport: { width: 1000, height: 640 },
      deviceScaleFactor: 1.5,
      permissions: ["clipboard-read", "clipboard-write"],
    });
    context.setDefaultTimeout(45_000);
    const { host } = new URL(editor.url);
    // Only the editor itself can be reached; requests to any other host are blocked.
    await context.route((url) => url.host !== host && url.protocol.startsWith("http"), (route) => route.abort());
    const page = await context.newPage();
    await page.goto(editor.url);
    await page.locator(".explorer-folders-view .monaco-list-row").first().waitFor();
    await page.keyboard.press("Control+b"); // hides the side bar
    const bench = new Workbench(page, screenshots);
    check.onFailure = (name) => bench.shot(name);
    return bench;
  }

  close() {
    return this.page.context().close();
  }

  /** Takes a screenshot of the window, or of a part of it that is `height` high and begins at `y`. */
  async shot(name, height, y = 0) {
    const clip = height && { x: 0, y, width: 1000, height };
    await this.page.screenshot({ path: `${this.screenshots}/${name}.png`, animations: "disabled", ...(clip && { clip }) });
  }

  async press(...keys) {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async type(text) {
    await this.page.keyboard.type(text);
  }

  get input() {
    return this.page.locator(".quick-input-widget input[type=text]");
  }

  /** The rows of the open quick pick, each as one text. */
  async rows() {
    const rows = await this.page.locator(".quick-input-widget .monaco-list-row").allInnerTexts();
    return rows.map((row) => row.replace(nbsp, " ").replace(/\s+/g, " "));
  }

  /** Opens the quick input with a key, types into it, and selects the row that contains the text. */
  async quick(key, typed, row) {
    const list = this.page.locator(".quick-input-widget .monaco-list-row", { hasText: row });
    // A Markdown preview is a frame and takes the focus when it has loaded; try again then.
    for (let attempts = 4; ; attempts--) {
      await this.page.evaluate(() => document.activeElement?.blur());
      await this.press(key);
      try {
        await this.input.fill(typed, { timeout: 4000 });
        return await list.first().click({ timeout: 4000 });
      } catch (error) {
        if (attempts === 1) throw error;
      }
    }
  }

  /** Runs a command from the palette, by its title. */
  run(title) {
    return this.quick("F1", `>${title}`, title);
  }

  /** Runs a command of the extension that has a quick pick, and types into it. */
  async ask(command, typed) {
    await this.quick("F1", `>hexplain ${command}`, command);
    await this.page.locator(".quick-input-title", { hasText: command }).waitFor();
    if (typed) await this.input.fill(typed);
  }

  /** Changes user settings with the fixture's command; null removes a setting. */
  async set(settings) {
    await this.run("Acme: Change Settings");
    await this.page.locator(".quick-input-widget", { hasText: "Settings, as JSON" }).waitFor();
    await this.input.fill(JSON.stringify(settings));
    await this.press("Enter");
  }

  /** Opens a URI with the fixture's command. */
  async open(uri) {
    await this.run("Acme: Open URI");
    await this.page.locator(".quick-input-widget", { hasText: "The URI to open" }).waitFor();
    await this.input.fill(uri);
    await this.press("Enter");
  }

  /** Opens a file; `shown` is whether the editor will show its text. */
  async openFile(name, { shown = true } = {}) {
    await this.quick("Control+p", name, name);
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    if (shown) await this.page.locator(".editor-instance .view-line").first().waitFor();
  }

  /** The text of the editor as it is drawn, including inlay hints. */
  async lines(within = ".editor-instance") {
    const lines = await this.page.locator(`${within} .view-line`).allInnerTexts();
    return lines.map((line) => line.replace(nbsp, " "));
  }

  async expectSquiggles(count) {
    const squiggles = this.page.locator('.editor-instance .view-overlays .cdr[class*="squiggly-"]');
    let seen;
    await expect("", async () => (seen = await squiggles.count()) === count).catch(() => equal("squiggles", seen, count));
  }

  /** Waits for a text in a Markdown preview or an extension's page, which are nested frames. */
  async expectInFrame(text) {
    const holds = (frame) => frame.getByText(text).count().then((count) => count > 0, () => false);
    await expect(`“${text}” in a frame`, async () => (await Promise.all(this.page.frames().slice(1).map(holds))).includes(true));
  }

  /** The position at which a word is drawn. */
  async place(word, within = ".editor-instance") {
    const find = ([word, within]) => {
      for (const line of document.querySelectorAll(`${within} .view-line`)) {
        const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
        const nodes = [];
        for (let node; (node = walker.nextNode()); ) nodes.push(node);
        const start = nodes.map((node) => node.data).join("").replace(/\u00a0/g, " ").indexOf(word);
        if (start < 0) continue;
        const at = (offset) => {
          for (const node of nodes) {
            if (offset <= node.length) return [node, offset];
            offset -= node.length;
          }
        };
        const range = document.createRange();
        range.setStart(...at(start + 1));
        range.setEnd(...at(start + word.length - 1));
        const { x, y, width, height } = range.getBoundingClientRect();
        return { x: x + width / 2, y: y + height / 2 };
      }
    };
    let place;
    await expect(`“${word}” in the editor`, async () => (place = await this.page.evaluate(find, [word, within])));
    return place;
  }

  /** Clicks on a word. */
  async clickOn(word, options) {
    const { x, y } = await this.place(word);
    await this.page.mouse.click(x, y, options);
  }

  /** Rests the mouse on a word until the hover has all these parts, which may appear one by one. */
  async hover(word, within, ...parts) {
    const hovers = this.page.locator(".monaco-hover:not(.hidden)");
    let texts = [];
    const holds = async () => {
      texts = (await hovers.allInnerTexts()).map((text) => text.replace(nbsp, " "));
      return texts.some((text) => parts.every((part) => text.includes(part)));
    };
    await expect(`a hover on “${word}” with ${JSON.stringify(parts)}`, async () => {
      await this.page.mouse.move(5, 5);
      const { x, y } = await this.place(word, within);
      await this.page.mouse.move(x, y, { steps: 4 });
      return expect("", holds, 4000).then(() => true, () => false);
    }).catch((error) => {
      throw new Error(`${error.message}; the last was ${JSON.stringify(texts)}`);
    });
  }

  /** Opens the code-action menu (Ctrl+.) on a word, calls `seen`, and selects the first action with the title. */
  async act(word, title, seen = () => {}) {
    const action = this.page.locator(".action-widget .action", { hasText: title }).first();
    // The editor closes the menu when a notification or a hint changes the layout; open it again then.
    for (let attempts = 4; ; attempts--) {
      await this.clickOn(word);
      await this.press("Control+.");
      try {
        await action.waitFor({ timeout: 8000 });
        await seen();
        return await action.click({ timeout: 4000 });
      } catch (error) {
        if (attempts === 1) throw error;
        await this.press("Escape");
      }
    }
  }

  clipboard() {
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  async terminal() {
    const texts = await this.page.locator(".xterm-rows").allInnerTexts();
    return texts.map((text) => text.replace(nbsp, " "));
  }

  /** Waits for a text in the list that the status bar's `{}` opens: what each language extension runs. */
  async expectStatus(text) {
    const item = this.page.locator('.statusbar-item[id="status.languageStatus"]');
    await expect(`“${text}” in the language status`, async () => {
      await item.hover().catch(() => {});
      const hovers = await this.page.locator(".hover-language-status, .monaco-hover:not(.hidden)").allInnerTexts();
      return hovers.some((hover) => hover.replace(nbsp, " ").includes(text));
    });
    await this.page.mouse.move(5, 5);
  }

  statusBar() {
    return this.page.locator("footer, .part.statusbar").first().innerText();
  }

  problems() {
    return this.page.locator(".markers-panel-container .monaco-list-row .marker, .markers-panel .monaco-list-row");
  }
}
