import { chromium } from "playwright-core";
import { mkdtempSync } from "node:fs";
const [root, out, ...pages] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox","--disable-gpu","--disable-quic","--no-first-run","--disable-background-networking","--disable-component-update","--disable-sync"] });
for (const [name, opt] of Object.entries({ light: { colorScheme: "light", viewport: { width: 1280, height: 900 } }, dark: { colorScheme: "dark", viewport: { width: 1280, height: 900 } }, narrow: { colorScheme: "light", viewport: { width: 390, height: 844 } } })) {
  const page = await browser.newPage(opt);
  page.on("console", (m) => console.log(name, m.type(), m.text()));
  page.on("pageerror", (e) => console.log(name, "ERR", e.message));
  for (const [i, p] of pages.entries()) {
    await page.goto("file://" + root + "/" + p);
    await page.waitForTimeout(700);
    await page.screenshot({ path: `${out}/${i}-${name}.png` });
  }
  await page.close();
}
await browser.close();
