// The log's text, with its codes underlined and followed by what they mean.

import { element } from "./elements.js";
import { lineText, visibleLines } from "./lines.js";
import { t } from "./texts.js";
import { Windowed } from "./windowed.js";

/** Longer lines are shown in part: a browser takes seconds to lay out a line of a megabyte. */
const LONGEST = 4000;
const BEFORE = 200;
/** The most lines whose codes are kept in memory. About a hundred are visible at a time. */
const MOST_KEPT = 5000;

export const SEVERITIES = ["success", "information", "warning", "error"];

export class LogView {
  #text = "";
  #starts = new Uint32Array(2);
  /** The places in each line that has been visible. */
  #marks = new Map();
  #shifts = new Map();
  #scanned = 0;
  #isAsking = false;
  #codes = [];
  #selected;
  hasHints = true;

  /**
   * @param {HTMLElement} box
   * @param {(from: number, to: number) => Promise<number[][] | undefined>} ask returns the places in a range of lines
   * @param {(code: number, place: number) => void} onSelect
   */
  constructor(box, ask, onSelect) {
    Object.assign(this, { box, ask });
    this.rows = new Windowed(box, (line) => this.#draw(line), () => this.#ranged());
    box.addEventListener("click", ({ target }) => {
      const mark = target.closest("mark");
      if (mark && getSelection().isCollapsed) onSelect(Number(mark.dataset.code), Number(mark.dataset.place));
    });
  }

  /** Other lines are visible. */
  #ranged() {
    this.#fill();
    requestAnimationFrame(() => this.#widen());
  }

  /** Makes all lines as wide as the widest so far, so that the horizontal scroll bar doesn't jump. */
  #widen() {
    const width = this.box.scrollWidth;
    if (width <= this.#width) return;
    this.#width = width;
    if (width > this.box.clientWidth) this.rows.spacer.style.minWidth = `${width}px`;
  }
  #width = 0;

  get lineCount() {
    return visibleLines(this.#starts);
  }

  show(text, starts) {
    this.#text = text;
    this.#starts = starts;
    this.#codes = [];
    this.#selected = undefined;
    this.#forget();
    this.#shifts.clear();
    this.#width = 0;
    this.box.style.setProperty("--digits", String(this.lineCount).length);
    this.rows.reset();
    this.rows.setCount(this.lineCount);
  }

  #forget() {
    this.#marks.clear();
    this.#scanned = 0;
  }

  /** Takes the codes found so far, in the first `lines` lines. */
  found(codes, lines) {
    this.#codes = codes;
    this.#scanned = lines;
    // Severities may have changed, and labels may be in another language.
    if (lines >= this.lineCount) this.rows.redraw();
    else this.#fill();
  }

  /** Removes all marks: a new worker will find them again. */
  clearMarks() {
    this.#forget();
    this.rows.redraw();
  }

  setHints(hasHints) {
    this.hasHints = hasHints;
    this.rows.redraw();
  }

  /** Highlights a place and scrolls to it. */
  select(about) {
    this.#selected = about;
    const shift = about.end > LONGEST - BEFORE ? Math.max(0, about.start - BEFORE) : 0;
    if (about.end > LONGEST - BEFORE) this.#shifts.set(about.line, shift);
    this.rows.redraw();
    this.rows.reveal(about.line);
    this.#revealColumn();
  }

  deselect() {
    this.#selected = undefined;
    this.rows.redraw();
  }

  #revealColumn() {
    const mark = this.box.querySelector(".selected");
    if (!mark) return void (this.#isToReveal = true);
    this.#isToReveal = false;
    const [own, box] = [mark.getBoundingClientRect(), this.box.getBoundingClientRect()];
    const gutter = mark.closest(".line").firstElementChild.offsetWidth;
    if (own.left < box.left + gutter) this.box.scrollLeft -= box.left + gutter + 40 - own.left;
    else if (own.right > box.right - 20) this.box.scrollLeft += own.right - box.right + Math.min(240, this.box.clientWidth / 3);
  }
  #isToReveal = false;

  /** Requests the places that are missing in the visible lines, one request at a time. */
  async #fill() {
    if (this.#isAsking) return;
    const wanted = this.#wanted();
    if (!wanted) return;
    this.#isAsking = true;
    const starts = this.#starts;
    try {
      const places = await this.ask(wanted.from, wanted.to);
      if (starts === this.#starts && places) this.#take(wanted, places);
    } finally {
      this.#isAsking = false;
    }
    if (this.#wanted()) requestAnimationFrame(() => this.#fill());
  }

  /** The visible lines that are scanned but whose places are missing. */
  #wanted() {
    const view = this.rows.box.clientHeight;
    const first = Math.max(0, Math.floor(this.rows.top / this.rows.rowHeight) - 10);
    const last = Math.min(this.#scanned, Math.ceil((this.rows.top + view) / this.rows.rowHeight) + 10);
    let [from, to] = [first, last];
    while (from < to && this.#marks.has(from)) from++;
    while (to > from && this.#marks.has(to - 1)) to--;
    return from < to ? { from, to } : undefined;
  }

  #take({ from, to }, places) {
    if (this.#marks.size > MOST_KEPT) this.#marks.clear();
    for (let line = from; line < to; line++) this.#marks.set(line, []);
    for (const place of places) this.#marks.get(place[0])?.push(place);
    this.rows.redrawRows(new Set(places.map(([line]) => line)));
    if (this.#isToReveal) this.#revealColumn();
  }

  #draw(line) {
    const row = element("div", { class: "line" }, element("span", { class: "number", "aria-hidden": "true" }, String(line + 1)));
    if (line === this.#selected?.line) row.classList.add("current");
    row.append(...this.#parts(line));
    return row;
  }

  #parts(line) {
    const whole = lineText(this.#text, this.#starts, line);
    const from = this.#shifts.get(line) ?? 0;
    const to = Math.min(whole.length, from + LONGEST);
    const parts = from > 0 ? [element("span", { class: "cut" }, "… ")] : [];
    let done = from;
    for (const [, start, end, code, place] of this.#marks.get(line) ?? []) {
      if (start < done || end > to) continue;
      parts.push(whole.slice(done, start), ...this.#mark(whole.slice(start, end), code, place));
      done = end;
    }
    parts.push(whole.slice(done, to));
    if (to < whole.length) parts.push(element("span", { class: "cut" }, " …"));
    return parts;
  }

  #mark(text, code, place) {
    const { severity, label, message } = this.#codes[code];
    const classes = ["code", SEVERITIES[severity]];
    if (code === this.#selected?.code) classes.push(place === this.#selected.place ? "selected" : "same");
    const mark = element(
      "mark",
      { class: classes.join(" "), role: "button", tabindex: -1, title: `${t[SEVERITIES[severity]][0]}: ${message}`, "data-code": code, "data-place": place },
      text,
    );
    if (!this.hasHints) return [mark];
    return [mark, element("span", { class: `hint ${SEVERITIES[severity]}`, "data-hint": label, "aria-hidden": "true" })];
  }
}
