// All places of codes in a log, in order, in 16 bytes each: a million of them take 16 MB.

import { larger, lowerBound } from "./lines.js";

const UNKNOWN = 0xffffffff;

export class Places {
  length = 0;
  lines = new Uint32Array(1024);
  ends = new Uint32Array(1024);
  /** Hints give only the end of a code; `start` requests its start when it is needed. */
  starts = new Uint32Array(1024);
  keys = new Uint32Array(1024);

  /** Adds a place after all others. */
  add(line, end, key) {
    if (this.length === this.lines.length) {
      for (const field of ["lines", "ends", "starts", "keys"]) this[field] = larger(this[field]);
    }
    this.lines[this.length] = line;
    this.ends[this.length] = end;
    this.starts[this.length] = UNKNOWN;
    this.keys[this.length] = key;
    return this.length++;
  }

  /** The start of a place in its line. `ask` is called once per place. */
  start(place, ask) {
    if (this.starts[place] === UNKNOWN) this.starts[place] = ask(this.lines[place], this.ends[place]);
    return this.starts[place];
  }

  /** The first place in `line` or after it. */
  from(line) {
    return lowerBound(this.length, (place) => this.lines[place] >= line);
  }

  /** The place that ends there, or -1. */
  endingAt(line, end) {
    const place = lowerBound(this.length, (at) => this.lines[at] > line || (this.lines[at] === line && this.ends[at] >= end));
    return place < this.length && this.lines[place] === line && this.ends[place] === end ? place : -1;
  }

  /** The next place of a key after `place` (before it if `step` is -1), wrapping around. */
  next(place, key, step) {
    for (let at = place + step, seen = 0; seen < this.length; seen++, at += step) {
      at = (at + this.length) % this.length;
      if (this.keys[at] === key) return at;
    }
    return place;
  }

  /** The number of places of a key before `place`. */
  countBefore(place, key) {
    let count = 0;
    for (let at = 0; at < place; at++) if (this.keys[at] === key) count++;
    return count;
  }
}
