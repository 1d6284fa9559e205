// The status line (messages and progress), and announcements for screen readers.

import { byId } from "./elements.js";

/** Milliseconds that a passing message is shown. */
const MENTIONED = 4000;

let lastMessage = () => "";

/**
 * Shows a message.
 * @param {() => string} make returns it in the current language
 */
export function say(make, kind = "") {
  lastMessage = make;
  const message = byId("message");
  message.className = kind;
  message.textContent = make();
  announce(make());
}

/** Shows a message for a moment. */
export function mention(make) {
  const before = lastMessage;
  byId("message").textContent = make();
  announce(make());
  setTimeout(() => lastMessage === before && (byId("message").textContent = before()), MENTIONED);
}

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
  byId("message").textContent = lastMessage();
}
