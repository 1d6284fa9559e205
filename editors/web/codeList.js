// The list of a log's distinct codes: worst and most frequent first, filtered by severity and text.

import { byId, element } from "./elements.js";
import { SEVERITIES } from "./logView.js";
import { number, t } from "./texts.js";
import { Windowed } from "./windowed.js";

export class CodeList {
  #codes = [];
  #shown = [];
  #selected;
  #severities = new Set([1, 2, 3]);
  #isEmpty = true;

  /** @param {(code: number) => void} onSelect */
  constructor(onSelect) {
    this.box = byId("codes");
    this.filter = byId("filter");
    this.onSelect = onSelect;
    this.rows = new Windowed(this.box, (index) => this.#draw(index));
    this.filter.addEventListener("input", () => this.#update());
    byId("severities").addEventListener("click", ({ target }) => this.#toggle(target.closest("button")));
    this.box.addEventListener("click", ({ target }) => this.#choose(Number(target.closest("[role=option]")?.dataset.index ?? -1)));
    this.box.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Shows the codes found so far. */
  show(codes, isDone) {
    this.#codes = codes;
    this.#isEmpty = isDone && codes.length === 0;
    this.#update();
  }

  select(code) {
    this.#selected = code;
    this.rows.redraw();
    const index = this.#shown.findIndex(({ id }) => id === code);
    if (index >= 0) this.rows.reveal(index);
    this.#nameActive();
  }

  /** The first code in the list. */
  get first() {
    return this.#shown[0]?.id;
  }

  /** The number of codes of each severity. */
  counts() {
    return SEVERITIES.map((_, severity) => this.#codes.filter((code) => code.severity === severity).length);
  }

  #update() {
    const words = this.filter.value.toLowerCase().split(/\s+/);
    const matches = ({ code, written, message, severity }) =>
      this.#severities.has(severity) && words.every((word) => `${code} ${written} ${message}`.toLowerCase().includes(word));
    const order = (a, b) => b.severity - a.severity || b.count - a.count || a.first - b.first;
    this.#shown = this.#codes.filter(matches).sort(order);
    this.rows.setCount(this.#shown.length);
    byId("none").hidden = this.#shown.length > 0 || (this.#codes.length === 0 && !this.#isEmpty);
    byId("none").textContent = this.#isEmpty ? t.noCodes : t.noneShown;
    this.#drawSeverities();
    this.#nameActive();
  }

  #drawSeverities() {
    const counts = this.counts();
    for (const button of byId("severities").children) {
      const severity = Number(button.value);
      const name = t[SEVERITIES[severity]][counts[severity] === 1 ? 0 : 1];
      button.replaceChildren(element("span", { class: `dot ${SEVERITIES[severity]}` }), element("b", {}, number(counts[severity])), ` ${name}`);
      button.hidden = counts[severity] === 0;
      button.setAttribute("aria-pressed", this.#severities.has(severity));
    }
  }

  #toggle(button) {
    if (!button) return;
    const severity = Number(button.value);
    if (!this.#severities.delete(severity)) this.#severities.add(severity);
    this.#update();
  }

  #draw(index) {
    const { id, code, written, message, severity, count } = this.#shown[index];
    return element(
      "div",
      {
        ...{ class: "option", role: "option", id: `code-${id}`, "data-index": index, "aria-selected": id === this.#selected },
        ...{ "aria-posinset": index + 1, "aria-setsize": this.#shown.length },
      },
      element("span", { class: `dot ${SEVERITIES[severity]}`, role: "img", "aria-label": t[SEVERITIES[severity]][0] }),
      element("span", { class: "name" }, code, ...(isSame(code, written) ? [] : [element("span", { class: "written" }, written)])),
      element("span", { class: "count" }, t.times(number(count))),
      element("span", { class: "text" }, message),
    );
  }

  /** Marks the active option for screen readers. */
  #nameActive() {
    const id = `code-${this.#selected}`;
    if (byId(id)) this.box.setAttribute("aria-activedescendant", id);
    else this.box.removeAttribute("aria-activedescendant");
  }

  #choose(index) {
    const code = this.#shown[index];
    if (code) this.onSelect(code.id);
  }

  #key(event) {
    const now = this.#shown.findIndex(({ id }) => id === this.#selected);
    const last = this.#shown.length - 1;
    const page = Math.max(1, Math.floor(this.box.clientHeight / this.rows.rowHeight) - 1);
    const moves = { ArrowDown: now + 1, ArrowUp: Math.max(0, now - 1), Home: 0, End: last, PageDown: now + page, PageUp: now - page, Enter: now, " ": now };
    if (!(event.key in moves) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.#choose(Math.min(Math.max(0, moves[event.key]), last));
  }
}

/** Whether a log writes a code the same way as the list, ignoring case and `0x`. */
function isSame(code, written) {
  return written.toLowerCase().includes(code.toLowerCase().replace(/^0x/, ""));
}
