// The page in a browser, and what the tests do with it. All requests are recorded.

import { chromium } from "playwright-core";

const FLAGS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  ...["--disable-component-update", "--disable-sync", "--js-flags=--expose-gc"],
];

export async function launch() {
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
}

/** Opens the page as on a first visit. `requests` records the URLs of all requests, `errors` all errors in the page. */
export async function visit(browser, origin, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-US", ...options });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin });
  const [requests, errors] = [[], []];
  context.on("request", (request) => requests.push(request.url()));
  const page = await context.newPage();
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.setDefaultTimeout(60_000);
  await page.goto(`${origin}/`);
  return { page, context, requests, errors };
}

/** Pastes a text with the keyboard. */
export async function paste(page, text) {
  await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
  await page.keyboard.press("Control+v");
  await scanned(page);
  await page.waitForSelector("mark");
}

/** Drops a file with the given bytes on the page. */
export async function drop(page, name, bytes) {
  const transfer = await page.evaluateHandle(
    ([name, bytes]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(bytes)], name));
      return transfer;
    },
    [name, [...bytes]],
  );
  for (const event of ["dragenter", "dragover", "drop"]) await page.dispatchEvent("body", event, { dataTransfer: transfer });
}

/** Waits for the end of the scan. */
export async function scanned(page) {
  await page.waitForFunction(() => document.getElementById("progress").hidden && !document.getElementById("reader").hidden);
}

export const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());

/** Chooses the code in the list that has this text. */
export async function choose(page, text) {
  await page.locator("#codes [role=option]", { hasText: text }).first().click();
}
