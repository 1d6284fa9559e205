// The page: takes a log by drop, paste or file, and shows it with its codes, their explanations and the catalog.

import { CodeList } from "./codeList.js";
import { byId } from "./elements.js";
import { Engine } from "./engine.js";
import { visibleLines } from "./lines.js";
import { LogView, SEVERITIES } from "./logView.js";
import { Overview } from "./overview.js";
import { Panel } from "./panel.js";
import { language, number, preferredLanguage, size, t, useLanguage } from "./texts.js";
import { trustedUrl } from "./trusted.js";

/** Milliseconds without a key press before a look-up. */
const TYPED = 150;
/** Milliseconds that a passing message is shown. */
const MENTIONED = 4000;

/** The open log, and the place that is selected in it. */
let source;
let selected;
/** What is to be selected once the log is scanned again: a worker died meanwhile. */
let wanted;
let codes = [];
let isDone = false;
let isRestart = false;
let lastMessage = () => "";

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

/** @param {{ file?: File, text?: string, name: string, bytes: number }} opened */
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

function openFile(file) {
  if (file) open({ file, name: file.name, bytes: file.size });
}

function openText(text) {
  if (text.trim()) open({ text, name: undefined, bytes: text.length });
}

async function openExample() {
  const text = await (await fetch(new URL("example.txt", import.meta.url))).text();
  open({ text, isExample: true, bytes: text.length });
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

/** Goes to the next place of the selected code; without one, to the first code of the list. */
function step(by) {
  if (selected) select({ code: selected.code, place: selected.place, step: by });
  else if (list.first !== undefined) select({ code: list.first });
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    mention(() => t.copied);
  } catch {
    say(() => t.notCopied, "error");
  }
}

// --- Looking up

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

// --- Messages

/** Shows a message; it is made anew when the language changes. */
function say(make, kind = "") {
  lastMessage = make;
  const message = byId("message");
  message.className = kind;
  message.textContent = make();
  announce(make());
}

/** Shows a message for a moment. */
function mention(make) {
  const before = lastMessage;
  byId("message").textContent = make();
  announce(make());
  setTimeout(() => lastMessage === before && (byId("message").textContent = before()), MENTIONED);
}

/** Tells a screen reader. */
function announce(text) {
  byId("announcer").textContent = text;
}

function clearMessage() {
  say(() => "");
}

function showProgress(text, part) {
  byId("progress").hidden = false;
  byId("progress-text").textContent = text;
  const bar = byId("bar");
  if (part === undefined) bar.removeAttribute("value");
  else bar.value = part;
}

function hideProgress() {
  byId("progress").hidden = true;
}

// --- Events

byId("file").addEventListener("change", ({ target }) => {
  openFile(target.files[0]);
  target.value = "";
});
for (const id of ["open", "open-another"]) byId(id).addEventListener("click", () => byId("file").click());
byId("close").addEventListener("click", close);
byId("example").addEventListener("click", openExample);
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
  byId("message").textContent = lastMessage();
  await engine.setLocale(chosen);
  if (byId("lookup").value) lookUp();
  else if (selected) select({ code: selected.code, place: selected.place }, false);
}

document.addEventListener("paste", (event) => {
  if (event.target.id === "lookup" || event.target.id === "filter") return;
  const { files } = event.clipboardData;
  event.preventDefault();
  if (files.length > 0) openFile(files[0]);
  else openText(event.clipboardData.getData("text/plain"));
});
byId("paste-form").addEventListener("submit", (event) => {
  event.preventDefault();
  openText(byId("paste").value);
});

let drags = 0;
const isLog = (event) => event.dataTransfer?.types.some((type) => type === "Files" || type === "text/plain");
const showDrag = (by) => byId("drop").classList.toggle("shown", (drags = Math.max(0, drags + by)) > 0);
document.addEventListener("dragenter", (event) => isLog(event) && showDrag(1));
document.addEventListener("dragleave", (event) => isLog(event) && showDrag(-1));
document.addEventListener("dragover", (event) => isLog(event) && event.preventDefault());
document.addEventListener("drop", (event) => {
  if (!isLog(event)) return;
  event.preventDefault();
  showDrag(-drags);
  const { files } = event.dataTransfer;
  if (files.length > 0) openFile(files[0]);
  else openText(event.dataTransfer.getData("text/plain"));
});

document.addEventListener("keydown", (event) => {
  if (event.key === "F8" && source) {
    event.preventDefault();
    step(event.shiftKey ? -1 : 1);
  }
});

await engine.start();
// Without it (from a server without HTTPS, say), the page works online only.
navigator.serviceWorker?.register(trustedUrl("offline.js")).catch(() => {});
