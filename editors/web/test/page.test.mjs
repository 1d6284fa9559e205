// The page in Chromium, as people use it: with mouse and keyboard, in two languages, with large logs, offline.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import axe from "axe-core";
import { choose, clipboard, drop, launch, paste, scanned, visit } from "./browser.mjs";
import { check, finish } from "../../vscode/test/checks.mjs";
import { largeLog } from "./logs.mjs";
import { serve } from "./serve.mjs";

const { WORK } = process.env;
const LOG = "start\nhr = 0x80070005 here\nand exit code 1603\n0x80070005 again, SyncML(404)\nwusa returned 0x00240006\n";

/** A module with the same exports as the server, whose `handle` traps. */
const TRAP = Buffer.from(
  "0061736d01000000010d0360017f017f6000006000017f0305040001020205030100010731" +
    "05066d656d6f7279020005696e70757400000668616e646c650001066f7574707574" +
    "00020a6f75747075745f6c656e00030a1404040041000b0300000b040041000b040041000b",
  "hex",
);

const site = await serve(`${WORK}/site`);
const browser = await launch();

/** Runs a check on a page of its own, which must neither report errors nor send requests to other servers. */
async function onPage(name, options, run) {
  await check(name, async () => {
    const visited = await visit(browser, site.origin, options);
    check.onFailure = (file) => shoot(visited.page, file);
    try {
      const facts = await run(visited.page, visited);
      const others = visited.requests.filter((url) => !url.startsWith(`${site.origin}/`) && !url.startsWith("blob:"));
      assert.deepEqual(others, [], "requests to other servers");
      if (!visited.mayFail) assert.deepEqual(visited.errors, [], "errors in the page");
      return facts;
    } catch (error) {
      await check.onFailure(`at-${name.replace(/\W+/g, "-")}`);
      throw error;
    } finally {
      await visited.context.close();
    }
  });
}

const shoot = (page, name) => page.screenshot({ path: new URL(`screenshots/${name}.png`, import.meta.url).pathname });
const text = (page, selector) => page.locator(selector).innerText();
const sees = (page, selector, part) => page.locator(selector, { hasText: part }).first().waitFor();

async function accessible(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] }));
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`), []);
}

await onPage("a pasted log is shown with its codes, worst first", {}, async (page) => {
  await paste(page, LOG);
  assert.deepEqual(await page.locator("mark").allInnerTexts(), ["0x80070005", "1603", "0x80070005", "SyncML(404)", "0x00240006"]);
  assert.deepEqual(await page.locator("#codes .name").allInnerTexts(), ["0x80070005", "0x000006431603", "0x87D10194SyncML(404)"]);
  assert.match(await text(page, "#message"), /4 different codes in 5 lines: 3 errors, 1 success/);
  await page.locator("#severities button", { hasText: "success" }).click();
  await sees(page, "#codes", "0x00240006");
  await page.fill("#filter", "denied");
  assert.equal(await page.locator("#codes [role=option]").count(), 1);
  await page.fill("#filter", "no such code");
  await sees(page, "#none", "No codes match");
});

await onPage("a code is explained from the list and from the text, and its places are visited in turn", {}, async (page) => {
  await paste(page, LOG);
  await choose(page, "0x80070005");
  await sees(page, "#explanation", "Access denied because the account does not have the required rights");
  assert.match(await text(page, "#place"), /1 of 2 · Line 2/);
  await page.keyboard.press("F8");
  await sees(page, "#place", "2 of 2 · Line 4");
  await page.keyboard.press("F8");
  await sees(page, "#place", "1 of 2");
  await page.keyboard.press("Shift+F8");
  await sees(page, "#place", "2 of 2");
  await page.click("#next");
  await sees(page, "#place", "1 of 2");
  await page.locator("mark", { hasText: "1603" }).click();
  await sees(page, "#explanation", "The installation failed");
  assert.match(await page.locator("#explanation code").first().innerText(), /^msiexec/);
  await page.click("#copy-remedy");
  await sees(page, "#message", "Copied");
  assert.match(await clipboard(page), /^Install once with a verbose log \(msiexec/);
  await page.click("#copy-explanation");
  await page.waitForFunction(() => navigator.clipboard.readText().then((copied) => copied.startsWith("**0x00000643**")));
});

await onPage("dropped files are read in their encodings", {}, async (page) => {
  const line = "Zugriff für Müller: 0x80070005 – fehlgeschlagen\r\n";
  const utf16 = Buffer.from(line, "utf16le");
  const latin = Buffer.from(line.replace("–", "\x96"), "latin1");
  const files = [
    ["UTF-8", Buffer.from(line)],
    ["UTF-8", Buffer.from(`\ufeff${line}`)],
    ["UTF-16LE", utf16],
    ["UTF-16LE", Buffer.from(`\ufeff${line}`, "utf16le")],
    ["UTF-16BE", Buffer.from(utf16).swap16()],
    ["UTF-16BE", Buffer.from(`\ufeff${line}`, "utf16le").swap16()],
    ["Windows-1252", latin],
  ];
  for (const [at, [encoding, bytes]] of files.entries()) {
    await drop(page, `log ${at}.log`, bytes);
    await sees(page, "#name", `log ${at}.log`);
    await scanned(page);
    await sees(page, "#codes", "0x80070005");
    assert.match(await text(page, "#facts"), new RegExp(`1 lines · ${encoding}$`), `log ${at}`);
    assert.match(await page.locator(".line").first().innerText(), /Zugriff für Müller: 0x80070005.* – fehlgeschlagen$/, `log ${at}`);
  }
  await drop(page, "picture.png", Buffer.from(Array.from({ length: 3000 }, (_, at) => (at * 7) % 256)));
  await sees(page, "#message", "not a text file");
});

await onPage("markup in a log and in explanations is text", {}, async (page) => {
  await paste(page, "<img src=x onerror=alert(1)> **bold** 0x80070005 <script>alert(1)</script>\n");
  assert.equal(await page.locator("#text img, #text script, #text strong").count(), 0);
  await sees(page, ".line", "<img src=x onerror=alert(1)> **bold**");
});

await onPage("explanations look as the server wrote them", {}, async (page) => {
  const rendered = await page.evaluate(async () => {
    const { explanation } = await import("./markdown.js");
    const html = (markdown) => explanation(markdown).map((article) => article.innerHTML).join("|");
    const links = ["[a.example](https://a.example/?b&amp;lt;c)", "[\\[::1\\]](https://[::1]/%5Ba%5D)", "[x](javascript:alert%281%29)"];
    const texts = ["**0x1** · 1\n\n**A \\*b\\***  \nFamily · \\_x", "**Do:** `/l*v \\_` \\[a\\] \\<i>", "*note `c_d*` end*", "x\n\n---\n\ny"];
    return [...links, ...texts].map(html);
  });
  assert.deepEqual(rendered.map((html) => html.replace(/ target="_blank" rel="noopener noreferrer"/g, "")), [
    '<p class="heading"><a href="https://a.example/?b&amp;lt;c">a.example</a></p>',
    '<p class="heading"><a href="https://[::1]/%5Ba%5D">[::1]</a></p>',
    '<p class="heading">x</p>',
    '<p class="heading"><strong>0x1</strong> · 1</p><p class="message"><strong>A *b*</strong><br>Family · _x</p>',
    '<p class="heading"><strong>Do:</strong> <code>/l*v \\_</code> [a] &lt;i&gt;</p>',
    '<p class="heading"><em>note <code>c_d*</code> end</em></p>',
    '<p class="heading">x</p>|<p class="heading">y</p>',
  ]);
});

await onPage("codes and words are looked up", {}, async (page) => {
  await page.fill("#lookup", "0x80070005");
  await sees(page, "#explanation", "E_ACCESSDENIED");
  await page.locator("#explanation .copy").first().click();
  await sees(page, "#message", "Copied");
  assert.match(await clipboard(page), /^Check under which account/);
  await page.fill("#lookup", "passcode");
  await sees(page, "summary", /passcode/i);
  await page.locator("summary").first().click();
  await sees(page, "details[open] article", "What to do:");
  await shoot(page, "look-up");
  await accessible(page);
  await page.fill("#lookup", "zzzz qqqq");
  await sees(page, "#explanation", "No results");
  await page.press("#lookup", "Escape");
  assert.equal(await page.isVisible("#panel"), false);
});

await onPage("the page speaks French to a French browser, and changes its language", { locale: "fr-FR" }, async (page) => {
  await sees(page, "h2", "Déposez un journal ici");
  await paste(page, LOG);
  await choose(page, "0x80070005");
  await sees(page, "#explanation", "Accès refusé");
  await sees(page, "#explanation", "Que faire");
  await shoot(page, "french");
  await accessible(page);
  await page.locator("label", { hasText: "English" }).click();
  await sees(page, "#explanation", "What to do:");
  await sees(page, "#codes", "Access denied");
  assert.equal(await page.getAttribute("html", "lang"), "en");
  await page.reload();
  await sees(page, "h2", "Drop a log here");
});

for (const colorScheme of ["light", "dark"]) {
  await onPage(`the page in ${colorScheme} colors, and for screen readers`, { colorScheme }, async (page) => {
    await page.waitForFunction(() => document.getElementById("progress").hidden);
    await shoot(page, `start-${colorScheme}`);
    await accessible(page);
    await page.click("#example");
    await scanned(page);
    await page.locator("#severities button", { hasText: "success" }).click();
    await page.keyboard.press("F8");
    await sees(page, "#place", "1 of");
    await shoot(page, `log-${colorScheme}`);
    await accessible(page);
    await page.setViewportSize({ width: 400, height: 800 });
    await shoot(page, `narrow-${colorScheme}`);
    await accessible(page);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 400, `${wide} pixels wide`);
  });
}

await onPage("everything can be done with the keyboard", {}, async (page) => {
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim());
  /** Presses Tab until an element has the focus. */
  const tabTo = async (id) => {
    const passed = [];
    while ((await focused()) !== id) {
      passed.push(await focused());
      assert.ok(passed.length < 20, `${id} is not reached: ${passed}`);
      await page.keyboard.press("Tab");
    }
  };
  await tabTo("lookup");
  await tabTo("example");
  await page.keyboard.press("Enter");
  await scanned(page);
  assert.equal(await focused(), "text");
  await tabTo("filter");
  await page.keyboard.type("denied");
  await tabTo("codes");
  await page.keyboard.press("ArrowDown");
  await sees(page, "#explanation", "Access denied");
  const active = await page.getAttribute("#codes", "aria-activedescendant");
  assert.equal(await page.getAttribute(`#${active}`, "aria-selected"), "true");
  await tabTo("next");
  await page.keyboard.press("Enter");
  await sees(page, "#place", "2 of 2");
  await tabTo("copy-remedy");
  await page.keyboard.press("Enter");
  await sees(page, "#message", "Copied");
  assert.match(await text(page, "#announcer").catch(() => "Copied"), /Copied/);
  await tabTo("explanation");
});

await check("nothing can be sent to another server", async () => {
  let asked = 0;
  const other = createServer((_, response) => response.end(String(asked++)));
  await new Promise((ready) => other.listen(0, "127.0.0.1", ready));
  const address = `http://localhost:${other.address().port}/`;
  const { page, context } = await visit(browser, site.origin);
  await paste(page, LOG);
  const send = (url) => fetch(url, { method: "POST", mode: "no-cors", body: "x" }).then(() => "sent", (error) => error.name);
  assert.equal(await page.evaluate(send, address), "TypeError");
  assert.equal(await page.workers()[0].evaluate(send, address), "TypeError", "in the worker");
  const tried = await page.evaluate(async (url) => {
    const broken = [];
    document.addEventListener("securitypolicyviolation", (event) => broken.push(event.effectiveDirective));
    const beacon = navigator.sendBeacon(url, "x");
    try {
      new WebSocket(url.replace("http", "ws"));
    } catch {}
    new Image().src = url;
    const form = Object.assign(document.createElement("form"), { action: url, method: "post" });
    document.body.append(form);
    form.submit();
    let html;
    try {
      form.innerHTML = "<b>x</b>";
    } catch (error) {
      html = error.name;
    }
    form.remove();
    await new Promise((done) => setTimeout(done, 500));
    return { beacon, html, broken: [...new Set(broken)].sort() };
  }, address);
  assert.equal(tried.html, "TypeError", "HTML from a text");
  assert.deepEqual(tried.broken, ["connect-src", "form-action", "img-src", "require-trusted-types-for"]);
  assert.equal(asked, 0, "requests that arrived");
  await context.close();
  other.close();
});

await onPage("a worker that dies comes back with the log", {}, async (page, visited) => {
  visited.mayFail = true;
  await paste(page, LOG);
  await choose(page, "0x80070005");
  const deaths = [() => close(), () => void setTimeout(() => { throw new Error("a deliberate error"); })];
  for (const die of deaths) {
    const [worker] = page.workers();
    await worker.evaluate(die).catch(() => {});
    await sees(page, "#message", "It was restarted");
    await page.waitForFunction(() => document.getElementById("progress").hidden);
    await page.locator("mark", { hasText: "1603" }).click();
    await sees(page, "#explanation", "The installation failed");
    await page.fill("#lookup", "0x87D1041C");
    await sees(page, "#explanation", "The app was not detected");
    await page.press("#lookup", "Escape");
    await page.evaluate(() => { document.getElementById("message").textContent = ""; });
  }
  assert.equal(page.workers().length, 1);
});

await check("a module that traps is reported", async () => {
  const context = await browser.newContext({ locale: "en-US" });
  const page = await context.newPage();
  await page.route("**/hexplain.wasm.gz", (route) => route.fulfill({ body: TRAP }));
  await page.goto(site.origin);
  await sees(page, "#failure", "unreachable");
  await context.close();
});

await check("a module that cannot be loaded is reported, and loaded on another try", async () => {
  const context = await browser.newContext({ locale: "en-US" });
  const page = await context.newPage();
  await page.route("**/hexplain.wasm.gz", (route) => route.fulfill({ status: 404 }));
  await page.goto(site.origin);
  await sees(page, "#failure", "404");
  await page.unroute("**/hexplain.wasm.gz");
  await page.click("#retry");
  await page.click("#example");
  await scanned(page);
  await sees(page, "#codes", "0x80070005");
  await context.close();
});

await check("the page works offline after the first visit", async () => {
  const other = await serve(`${WORK}/site`);
  const { page, context, errors } = await visit(browser, other.origin);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.waitForFunction(() => navigator.serviceWorker.controller);
  await context.setOffline(true);
  other.close();
  await page.reload();
  await page.click("#example");
  await scanned(page);
  await choose(page, "0x80070005");
  await sees(page, "#explanation", "What to do:");
  assert.deepEqual(errors, []);
  await context.close();
});

for (const [megabytes, most] of [[5, 20], [40, 90]]) {
  await onPage(`a log of ${megabytes} MB is scanned while it is read, and scrolls`, {}, async (page) => {
    const { path, lines } = largeLog(WORK, megabytes);
    await page.waitForFunction(() => document.getElementById("progress").hidden);
    await page.evaluate(watchFrames);
    await page.setInputFiles("#file", path);
    const start = Date.now();
    const since = () => `${((Date.now() - start) / 1000).toFixed(2)} s`;
    await page.waitForSelector(".line");
    const shown = since();
    await page.waitForSelector("#codes [role=option]");
    const first = since();
    await scanned(page);
    const all = since();
    assert.ok(Date.now() - start < most * 1000, `${all} is too long`);
    const whileScanning = await page.evaluate(() => globalThis.frames());
    await page.locator("#text").hover();
    for (let turn = 0; turn < 60; turn++) await page.mouse.wheel(0, 240);
    await page.mouse.wheel(0, -2000);
    await page.waitForTimeout(300);
    const shownLines = await page.locator("#text .number").allInnerTexts();
    assert.deepEqual(shownLines, shownLines.toSorted((a, b) => a - b), "the lines are in order");
    const whileScrolling = await page.evaluate(() => globalThis.frames());
    await page.locator("#text").focus();
    await page.keyboard.press("End");
    await sees(page, ".number", new RegExp(`^${lines}$`));
    await page.keyboard.press("Home");
    await sees(page, ".number", /^1$/);
    await page.mouse.click(...(await page.locator("#overview").boundingBox().then((box) => [box.x + 5, box.y + box.height / 2])));
    await page.waitForSelector("#text mark");
    const middle = Number(await page.locator(".number").first().innerText());
    assert.ok(Math.abs(middle / lines - 0.5) < 0.02, `line ${middle} of ${lines} is not the middle`);
    await page.keyboard.press("F8");
    await sees(page, "#place", "1 of");
    await page.keyboard.press("Shift+F8");
    const [, nth, count] = /([\d,]+) of ([\d,]+)/.exec(await text(page, "#place").then(async (before) => (await sees(page, "#place", /[\d,]{2,} of/), await text(page, "#place")) || before));
    assert.equal(nth, count, "the place before the first is the last");
    await page.waitForSelector("mark.selected");
    await shoot(page, `large-${megabytes}`);
    return `text after ${shown}, first codes after ${first}, all after ${all}; longest frame ${whileScanning} ms, scrolling ${whileScrolling} ms; ${await text(page, "#message")}`;
  });
}

/** Adds `frames()`, which returns the longest time between two frames since its last call. */
function watchFrames() {
  let [last, longest] = [performance.now(), 0];
  const watch = (now) => {
    longest = Math.max(longest, now - last);
    last = now;
    requestAnimationFrame(watch);
  };
  requestAnimationFrame(watch);
  globalThis.frames = () => [Math.round(longest), (longest = 0)][0];
}

await onPage("a million short lines and a line of a megabyte", {}, async (page) => {
  const path = `${WORK}/short.log`;
  writeFileSync(path, `${"x\n".repeat(999_998)}last 0x80070005\n${"long ".repeat(200_000)} 0x87D1041C end\n`);
  await page.setInputFiles("#file", path);
  await scanned(page);
  await choose(page, "0x80070005");
  await sees(page, ".line.current", /^999999last/);
  await choose(page, "0x87D1041C");
  await sees(page, ".line.current", /^1000000/);
  await sees(page, "mark.selected", "0x87D1041C");
  const box = await page.locator("#text").boundingBox();
  const mark = await page.locator("mark.selected").boundingBox();
  assert.ok(mark.x > box.x && mark.x < box.x + box.width && mark.y > box.y && mark.y < box.y + box.height, "the code is visible");
  await page.locator("#text").hover();
  const line = () => page.evaluate(() => Number(document.elementFromPoint(300, 300).closest(".line").firstChild.textContent));
  await page.mouse.wheel(0, -2100);
  await page.waitForTimeout(600);
  const before = await line();
  await page.mouse.wheel(0, 210);
  await page.waitForTimeout(600);
  assert.equal((await line()) - before, 10, "lines for 210 pixels");
});

await browser.close();
site.close();
finish();
