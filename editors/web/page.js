// The page: connects the worker with the log, the list of its codes, the explanations and the search box.

import { CodeList } from "./codeList.js";
import { byId } from "./elements.js";
import { Engine } from "./engine.js";
import { takeLogs } from "./intake.js";
import { visibleLines } from "./lines.js";
import { LogView, SEVERITIES } from "./logView.js";
import { announce, clearMessage, hideProgress, mention, say, showProgress, translateMessage } from "./messages.js";
import { Overview } from "./overview.js";
import { Panel } from "./panel.js";
import { language, number, preferredLanguage, size, t, useLanguage } from "./texts.js";
import { trustedUrl } from "./trusted.js";

/** Milliseconds after the last key press before a search starts. */
const TYPED = 150;

/** The open log, and the selected place in it. */
let source;
let selected;
/** What to select after a restart: the worker died before it answered. */
let wanted;
let codes = [];
let isDone = false;
let isRestart = false;

useLanguage(preferredLanguage(), false);

const engine = new Engine(language, {
  loading: ({ done, total }) => showProgress(t.loading, total ? done / total : undefined),
  ready: () => source || hideProgress(),
  text: showText,
  found: showFound,
  restarted() {
    isRestart = true;
    say(() => t.restarted, "warning");
  },
  failed(reason) {
    hideProgress();
    byId("failure-reason").textContent = reason;
    byId("failure").hidden = false;
  },
});

const log = new LogView(byId("text"), (from, to) => engine.ask("marks", { from, to }), (code, place) => select({ code, place }));
const list = new CodeList((code) => select({ code }));
const panel = new Panel(copy, step);
const overview = new Overview(byId("overview"), (part) => log.rows.goTo((part * log.lineCount) * log.rows.rowHeight - byId("text").clientHeight / 2));

// --- Opening

/** @param {import("./intake.js").Source} opened */
async function open(opened) {
  source = opened;
  isRestart = isDone = false;
  codes = [];
  selected = wanted = undefined;
  clearMessage();
  showProgress(t.reading);
  try {
    await engine.open({ file: opened.file, text: opened.text });
  } catch (error) {
    if (source !== opened) return;
    close();
    say(() => t[error.message] ?? `${t.unreadable} (${error.message})`, "error");
  }
}

function close() {
  source = selected = undefined;
  engine.close();
  log.show("", new Uint32Array(2));
  hideProgress();
  clearMessage();
  byId("start").hidden = false;
  byId("reader").hidden = true;
  byId("lookup").value = "";
  byId("panel").hidden = true;
  byId("open").focus();
}

function showText({ text, encoding, starts }) {
  Object.assign(source, { encoding, lines: visibleLines(starts) });
  showProgress(t.scanning, 0);
  if (isRestart) return log.clearMarks();
  byId("start").hidden = true;
  byId("reader").hidden = byId("panel").hidden = false;
  byId("lookup").value = "";
  panel.showCode(undefined);
  list.show([], false);
  overview.show(new Uint8Array());
  overview.select();
  showSource();
  log.show(text ?? source.text, starts);
  byId("text").focus({ preventScroll: true });
}

function showSource() {
  const name = source.name ?? (source.isExample ? t.exampleName : t.pasted);
  byId("name").textContent = name;
  const facts = [size(source.bytes), `${number(source.lines)} ${t.lines}`, source.encoding];
  byId("facts").textContent = facts.filter(Boolean).join(" · ");
}

function showFound(found) {
  codes = found.codes;
  isDone = found.done === 1;
  list.show(codes, isDone);
  log.found(codes, found.lines);
  overview.show(found.overview);
  if (!isDone) return showProgress(t.scanning, found.done);
  hideProgress();
  if (!byId("message").classList.contains("warning")) say(summary);
  if (byId("lookup").value) return;
  if (wanted) select(wanted);
  else if (selected) select({ code: selected.code, place: selected.place }, false);
}

function summary() {
  const counts = list.counts().map((count, severity) => count && `${number(count)} ${t[SEVERITIES[severity]][count === 1 ? 0 : 1]}`);
  return codes.length ? t.summary(codes.length, number(source.lines), counts.reverse().filter(Boolean).join(", ")) : t.noCodes;
}

// --- Selecting

/** @param {{ code: number, place?: number, step?: number }} where */
async function select(where, isToShow = true) {
  wanted = where;
  byId("lookup").value = "";
  const about = await engine.ask("about", where);
  if (!about || !source) return;
  wanted = undefined;
  selected = about;
  if (!byId("lookup").value) panel.showCode(about);
  overview.select(about.spread);
  if (!isToShow) return;
  announce(`${codes[about.code].code}: ${codes[about.code].message}. ${byId("place").textContent}`);
  list.select(about.code);
  log.select(about);
}

/** Goes to another place of the selected code or, if none is selected, to the first code in the list. */
function step(by) {
  if (selected) select({ code: selected.code, place: selected.place, step: by });
  else if (list.first !== undefined) select({ code: list.first });
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    mention(() => t.copied);
  } catch {
    mention(() => t.notCopied, "error");
  }
}

// --- Searching

let lookUpTimer;
byId("lookup").addEventListener("input", () => {
  clearTimeout(lookUpTimer);
  lookUpTimer = setTimeout(lookUp, TYPED);
});
byId("lookup").addEventListener("keydown", (event) => event.key === "Escape" && endLookUp());
byId("lookup-form").addEventListener("submit", (event) => {
  event.preventDefault();
  lookUp();
});

async function lookUp() {
  clearTimeout(lookUpTimer);
  const query = byId("lookup").value.trim();
  if (!query) return endLookUp();
  const found = await engine.ask("lookUp", { query });
  if (!found || query !== byId("lookup").value.trim()) return;
  byId("panel").hidden = false;
  panel.showFound({ query, ...found });
  const count = found.answers.length + found.found.length;
  announce(count ? t.found(count) : t.nothing);
}

function endLookUp() {
  byId("lookup").value = "";
  byId("panel").hidden = !source;
  panel.showCode(selected);
}

// --- Events

takeLogs(open);
byId("close").addEventListener("click", close);
byId("hints").addEventListener("change", ({ target }) => log.setHints(target.checked));
byId("retry").addEventListener("click", () => {
  byId("failure").hidden = true;
  engine.retry();
});

for (const radio of document.querySelectorAll("[name=language]")) {
  radio.checked = radio.value === language;
  radio.addEventListener("change", () => changeLanguage(radio.value));
}

async function changeLanguage(chosen) {
  useLanguage(chosen, true);
  if (source?.lines) showSource();
  list.show(codes, isDone);
  panel.showCode(undefined);
  translateMessage();
  await engine.setLocale(chosen);
  if (byId("lookup").value) lookUp();
  else if (selected) select({ code: selected.code, place: selected.place }, false);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "F8" && source) {
    event.preventDefault();
    step(event.shiftKey ? -1 : 1);
  }
});

await engine.start();
// Without it (for example, without HTTPS), the page works online only.
navigator.serviceWorker?.register(trustedUrl("offline.js")).catch(() => {});
