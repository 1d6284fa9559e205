// One log in the server: scanned piece by piece, so that the first codes show at once and questions are answered between.
//
// The places come from the hints of each piece: of what the server offers, only they name every place, and the code of
// each, without a limit (165,000 places in 40 MB take 1.5 s; highlights end at 10,000 for a code, diagnostics at 8 MB).
// The severities come from the diagnostics, one for each code, and where a code starts from its hover, once it is in sight.

import { lineAt } from "./lines.js";
import { Places } from "./places.js";

/** The sizes of the first pieces and of all others, in UTF-16 units. */
const PIECES = [1 << 16, 1 << 18, 1 << 20];

/** The parts of an overview. */
const PARTS = 1000;

const SUCCESS = 0;
/** By LSP's severity: error, warning, information. */
const RANKS = [SUCCESS, 3, 2, 1, 1];

/** @typedef {{ id: number, code: string, written: string, message: string, label: string, severity: number, count: number, first: number }} Code */

export class Scan {
  places = new Places();
  /** @type {Code[]} */
  codes = [];
  #ids = new Map();
  /** Lines whose places are known. */
  lines = 0;

  constructor(server, text, starts) {
    Object.assign(this, { server, text, starts });
  }

  /** Scans the log; each step is a piece, and yields how much of the text is done. */
  *steps() {
    const { text, starts, server } = this;
    const last = starts.length - 2;
    for (let line = 0, piece = 0; line <= last; piece++) {
      const size = PIECES[Math.min(piece, PIECES.length - 1)];
      const next = starts[line] + size >= text.length ? last + 1 : Math.max(lineAt(starts, starts[line] + size), line + 1);
      const added = text.slice(starts[line], starts[next]);
      if (piece === 0) server.open(added);
      else server.append(line, added);
      // The text after a line may tell what a code in it means.
      this.#collect(line);
      line = next;
      yield starts[line] / text.length;
    }
    this.#collect(last + 1);
  }

  /** Takes the places in the lines before `end`. */
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

  /** Takes the severities from the diagnostics; what has none reports no problem. */
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

  /** The same texts in the server's new language. */
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

  /** The places in some lines, as `[line, start, end, code, place]`. */
  within(from, to) {
    const { places } = this;
    const found = [];
    for (let place = places.from(from); place < places.length && places.lines[place] < to; place++) {
      found.push([places.lines[place], this.start(place), places.ends[place], places.keys[place], place]);
    }
    return found;
  }

  /** Everything about the code at a place: the one given, or one a step from it. */
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

  /** In which parts of the log a code is. */
  #spread(code) {
    const parts = new Uint8Array(PARTS);
    for (let place = 0; place < this.places.length; place++) if (this.places.keys[place] === code) parts[this.#part(place)] = 1;
    return parts;
  }

  #part(place) {
    return Math.floor((this.places.lines[place] / (this.starts.length - 1)) * PARTS);
  }
}

/** The code that an explanation starts with. */
function heading(markdown) {
  return /^\*\*(.*?)\*\*/.exec(markdown)[1].replace(/\\(.)/g, "$1");
}
