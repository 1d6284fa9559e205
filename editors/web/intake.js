// The ways to open a log: choose a file, drop it, paste text, or take the example.

import { byId } from "./elements.js";

/** @typedef {{ file?: File, text?: string, name?: string, isExample?: boolean, bytes: number }} Source */

/** @type {(source: Source) => void} */
let open;

/** Calls `onOpen` with each log. */
export function takeLogs(onOpen) {
  open = onOpen;
  takeFiles();
  takePastes();
  takeDrops();
  byId("example").addEventListener("click", openExample);
}

function openFile(file) {
  if (file) open({ file, name: file.name, bytes: file.size });
}

function openText(text) {
  if (text.trim()) open({ text, bytes: text.length });
}

async function openExample() {
  const text = await (await fetch(new URL("example.txt", import.meta.url))).text();
  open({ text, isExample: true, bytes: text.length });
}

function takeFiles() {
  byId("file").addEventListener("change", ({ target }) => {
    openFile(target.files[0]);
    target.value = "";
  });
  for (const id of ["open", "open-another"]) byId(id).addEventListener("click", () => byId("file").click());
}

function takePastes() {
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
}

function takeDrops() {
  let drags = 0;
  // Text that is dragged within the page is not a log.
  let isOwn = false;
  document.addEventListener("dragstart", () => (isOwn = true));
  document.addEventListener("dragend", () => (isOwn = false));
  const isLog = (event) => !isOwn && event.dataTransfer?.types.some((type) => type === "Files" || type === "text/plain");
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
}
