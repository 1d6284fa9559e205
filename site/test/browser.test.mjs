// The site in a real browser: the search, the keyboard, and accessibility (axe-core), over HTTP and
// from the disk. The folder of the site is $SITE; screenshots go to $SCREENSHOTS.

import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { serve } from "./server.mjs";

const { SITE, SCREENSHOTS } = process.env;
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const CODE = "en/intune/0x87D1FDE8.html";
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser, site;

before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
  site = await serve(SITE);
  if (SCREENSHOTS) await mkdir(SCREENSHOTS, { recursive: true });
});

after(async () => {
  await browser?.close();
  site?.close();
});

// Opens a page, and fails if it has an error, breaks its policy, or requests something from elsewhere.
async function open(path, options = {}) {
  const { base = site.address, ...context } = options;
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...context });
  page.problems = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && page.problems.push(message.text()));
  page.on("pageerror", (error) => page.problems.push(error.message));
  page.on("request", (request) => request.url().startsWith(base) || page.problems.push(request.url()));
  await page.goto(`${base}/${path}`);
  return page;
}

async function done(page) {
  assert.deepEqual(page.problems, []);
  await page.close();
}

// The results of a query: what the search page shows, once its status is there.
async function results(page, query) {
  await page.fill("#q", "");
  await page.waitForFunction(() => document.documentElement.dataset.searched === "");
  await page.fill("#q", query);
  await page.waitForFunction((query) => document.documentElement.dataset.searched === query, query);
  return page.$$eval("#results a", (links) => links.map((link) => `${link.getAttribute("href")} ${link.textContent}`));
}

for (const [where, base] of [["over HTTP", undefined], ["from the disk", `file://${SITE}`]]) {
  test(`the search finds codes in all notations, ${where}`, async () => {
    const page = await open("en/search.html", { base });
    for (const [query, first] of [
      ["0x87D1FDE8", "intune/0x87D1FDE8.html"],
      ["87d1fde8", "intune/0x87D1FDE8.html"],
      ["-2016281112", "intune/0x87D1FDE8.html"],
      ["\u22122016281112", "intune/0x87D1FDE8.html"],
      ["2278686184", "intune/0x87D1FDE8.html"],
      ["0xFFFFFFFF87D1FDE8", "intune/0x87D1FDE8.html"],
      ["SyncML(404)", "syncml/404.html"],
      ["BugCheck 9F", "bugcheck/0x9F.html"],
      ["4.4.14", "smtp/4.4.14.html"],
      ["E_ACCESSDENIED", "hresult/0x80070005.html"],
      ["access denied", "ntstatus/0xC0000022.html"],
    ]) {
      const found = await results(page, query);
      assert.ok(found[0]?.startsWith(first + " "), `${query}: ${found.slice(0, 3).join("\n")}`);
    }
    await done(page);
  });
}

test("the search finds words of messages, and beginnings of words", async () => {
  const page = await open("en/search.html");
  const denied = await results(page, "access denied");
  assert.ok(denied.slice(0, 10).every((text) => /access|denied/i.test(text)), denied.slice(0, 10).join("\n"));
  assert.ok((await results(page, "ERROR_ACCESS_DEN")).length > 0);
  assert.deepEqual(await results(page, "qzxv"), []);
  assert.ok(await page.isVisible("#none"));
  await done(page);
});

test("a French reader searches in French", async () => {
  const page = await open("fr/search.html?q=acc%C3%A8s+refus%C3%A9");
  await page.waitForSelector("#results a");
  assert.match(await page.textContent("#results"), /accès refusé/i);
  assert.match(await page.textContent("#status"), /résultats/);
  await done(page);
});

test("a look-up of a code loads a few small files", async () => {
  const page = await open("en/search.html");
  await results(page, "x");
  site.requested.length = 0;
  await results(page, "0x87D1FDE8");
  const loaded = site.requested.filter((path) => path.includes("search.data"));
  assert.ok(loaded.length <= 3, loaded.join("\n"));
  await done(page);
});

test("the keyboard alone leads from any page to a code", async () => {
  const page = await open("en/families.html");
  await page.keyboard.press("Tab");
  assert.match(await page.textContent(":focus"), /Skip/);
  for (let i = 0; i < 2; i++) await page.keyboard.press("Tab");
  await page.keyboard.type("SyncML(404)");
  await page.keyboard.press("Enter");
  await page.waitForURL(/search\.html\?q=SyncML/);
  await page.waitForSelector("#results a");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(/syncml\/404\.html/);
  await done(page);
});

test("the other language is one link away", async () => {
  const page = await open(CODE);
  await page.click("header nav a[hreflang=fr]");
  assert.equal(await page.getAttribute("html", "lang"), "fr");
  assert.match(page.url(), /fr\/intune\/0x87D1FDE8\.html/);
  await done(page);
});

for (const path of ["index.html", "en/index.html", "en/settings.html", "fr/install.html", CODE, "en/families.html", "fr/syncml/index.html", "en/search.html?q=access+denied"]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`${path} is accessible, ${colorScheme}`, async () => {
      const page = await open(path, { colorScheme, bypassCSP: true });
      if (path.includes("?q=")) await page.waitForSelector("#results a");
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run());
      const problems = violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html).join("\n")}`);
      assert.deepEqual(problems, []);
      if (SCREENSHOTS) await page.screenshot({ path: `${SCREENSHOTS}/${path.replaceAll(/[/?=+]/g, "-")}-${colorScheme}.png` });
      await done(page);
    });
  }
  test(`${path} fits a narrow screen`, async () => {
    const page = await open(path, { viewport: { width: 360, height: 780 } });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 360, `${width} pixels`);
    if (SCREENSHOTS) await page.screenshot({ path: `${SCREENSHOTS}/${path.replaceAll(/[/?=+]/g, "-")}-narrow.png` });
    await done(page);
  });
}
