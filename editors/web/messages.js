// The status line (messages and progress), and announcements for screen readers.

import { byId } from "./elements.js";

/** Milliseconds that a passing message is shown. */
const MENTIONED = 4000;

/** The last message that was not a passing one. */
let last = { make: () => "", kind: "" };

/**
 * Shows a message.
 * @param {() => string} make returns it in the current language
 */
export function say(make, kind = "") {
  last = { make, kind };
  show(last);
  announce(make());
}

function show({ make, kind }) {
  byId("message").className = kind;
  byId("message").textContent = make();
}

/** Shows a message for a moment. */
export function mention(make, kind = "") {
  show({ make, kind });
  announce(make());
  clearTimeout(timer);
  timer = setTimeout(() => show(last), MENTIONED);
}
let timer;

/** Announces a text to screen readers. */
export function announce(text) {
  byId("announcer").textContent = text;
}

export function clearMessage() {
  say(() => "");
}

export function showProgress(text, part) {
  byId("progress").hidden = false;
  byId("progress-text").textContent = text;
  const bar = byId("bar");
  if (part === undefined) bar.removeAttribute("value");
  else bar.value = part;
}

export function hideProgress() {
  byId("progress").hidden = true;
}

/** Shows the last message in a new language. */
export function translateMessage() {
  show(last);
}
