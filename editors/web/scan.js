// One log in the server. It is scanned in pieces, so that the first codes appear at once and requests are answered meanwhile.
//
// The places come from inlay hints: only they list every place with its code, without a limit (165,000 places in 40 MB take
// 1.5 s). Highlights stop at 10,000 per code, diagnostics at 8 MB. The severities come from diagnostics, one per code. Hints
// don't tell where a code starts; the hover does, and is requested once the code is visible.

import { lineAt } from "./lines.js";
import { Places } from "./places.js";

/** The sizes of the first pieces, and of all later ones, in UTF-16 units. */
const PIECES = [1 << 16, 1 << 18, 1 << 20];

/** The number of parts in an overview. */
const PARTS = 1000;

const SUCCESS = 0;
/** Severities by LSP's number; 0 is for codes without a diagnostic. */
const RANKS = [SUCCESS, 3, 2, 1, 1];

/** @typedef {{ id: number, code: string, written: string, message: string, label: string, severity: number, count: number, first: number }} Code */

export class Scan {
  places = new Places();
  /** @type {Code[]} */
  codes = [];
  #ids = new Map();
  /** The number of lines whose places are known. */
  lines = 0;

  constructor(server, text, starts) {
    Object.assign(this, { server, text, starts });
  }

  /** Scans the log piece by piece, and yields the fraction scanned so far. */
  *steps() {
    const { text, starts, server } = this;
    const last = starts.length - 2;
    for (let line = 0, piece = 0; line <= last; piece++) {
      const size = PIECES[Math.min(piece, PIECES.length - 1)];
      const next = starts[line] + size >= text.length ? last + 1 : Math.max(lineAt(starts, starts[line] + size), line + 1);
      const added = text.slice(starts[line], starts[next]);
      if (piece === 0) server.open(added);
      else server.append(line, added);
      // One piece late: what a code means may depend on the lines after it.
      this.#collect(line);
      line = next;
      yield starts[line] / text.length;
    }
    this.#collect(last + 1);
  }

  /** Adds the places in the lines before `end`. */
  #collect(end) {
    for (const hint of this.server.hints(this.lines, end)) {
      const { line, character } = hint.position;
      if (line >= this.lines && line < end) this.#add(line, character, hint);
    }
    this.lines = end;
    this.#weigh();
  }

  #add(line, end, { data, label }) {
    const key = [data.code, data.of, data.number, data.entry, data.name].join();
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.codes.length;
      this.#ids.set(key, id);
      this.codes.push({ id, label, message: label, code: "", severity: SUCCESS, count: 0, first: this.places.length });
    }
    this.codes[id].count++;
    this.places.add(line, end, id);
  }

  /** Takes the severities from the diagnostics. A code without one reports a success. */
  #weigh() {
    for (const { range, severity, code, message } of this.server.diagnostics) {
      const place = this.places.endingAt(range.end.line, range.end.character);
      if (place < 0) continue;
      const known = this.codes[this.places.keys[place]];
      const text = known.count > 1 ? message.replace(/ \(\d+ (times|fois)\)$/, "") : message;
      Object.assign(known, { severity: RANKS[severity], code, message: text });
    }
    for (const code of this.codes) {
      code.code ||= heading(this.#hover(code.first).contents.value);
      code.written ??= this.#written(code.first);
    }
  }

  /** Fetches all texts in the server's new language. */
  translate() {
    for (const code of this.codes) {
      const [line, end] = [this.places.lines[code.first], this.places.ends[code.first]];
      const hints = [...this.server.hints(line, line + 1)];
      const hint = hints.find(({ position }) => position.line === line && position.character === end);
      if (hint) code.label = code.message = hint.label;
    }
    this.#weigh();
  }

  #written(place) {
    const line = this.starts[this.places.lines[place]];
    return this.text.slice(line + this.start(place), line + this.places.ends[place]);
  }

  #hover(place) {
    return this.server.hover(this.places.lines[place], this.places.ends[place] - 1);
  }

  start(place) {
    return this.places.start(place, (line, end) => this.server.hover(line, end - 1)?.range.start.character ?? end);
  }

  /** The places in a range of lines, as `[line, start, end, code, place]`. */
  within(from, to) {
    const { places } = this;
    const found = [];
    for (let place = places.from(from); place < places.length && places.lines[place] < to; place++) {
      found.push([places.lines[place], this.start(place), places.ends[place], places.keys[place], place]);
    }
    return found;
  }

  /** Everything about the code at `place` (by default its first), or at the place one `step` from it. */
  about({ code, place, step }) {
    const { places } = this;
    let at = place ?? this.codes[code].first;
    if (step) at = places.next(at, code, step);
    const [line, end] = [places.lines[at], places.ends[at]];
    const copies = this.server.copies(line, end - 1);
    const explanation = copies.findIndex((text) => text.startsWith("**"));
    return {
      ...{ code, place: at, line, start: this.start(at), end },
      ...{ nth: places.countBefore(at, code) + 1, count: this.codes[code].count },
      remedy: explanation > 0 ? copies[0] : undefined,
      explanation: copies[explanation],
      spread: this.#spread(code),
    };
  }

  /** The worst severity in each part of the log, plus 1; 0 where there is no code. */
  overview() {
    const worst = new Uint8Array(PARTS);
    const { places } = this;
    for (let place = 0; place < places.length; place++) {
      const part = this.#part(place);
      worst[part] = Math.max(worst[part], this.codes[places.keys[place]].severity + 1);
    }
    return worst;
  }

  /** The parts of the log that contain a code. */
  #spread(code) {
    const parts = new Uint8Array(PARTS);
    for (let place = 0; place < this.places.length; place++) if (this.places.keys[place] === code) parts[this.#part(place)] = 1;
    return parts;
  }

  #part(place) {
    return Math.floor((this.places.lines[place] / (this.starts.length - 1)) * PARTS);
  }
}

/** The code at the start of an explanation. */
function heading(markdown) {
  return /^\*\*(.*?)\*\*/.exec(markdown)[1].replace(/\\(.)/g, "$1");
}
