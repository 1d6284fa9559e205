// All places of codes in a log, in order: some bytes for each, so that a million of them is no burden.

import { larger, lowerBound } from "./lines.js";

const UNKNOWN = 0xffffffff;

export class Places {
  length = 0;
  lines = new Uint32Array(1024);
  ends = new Uint32Array(1024);
  /** The server says where a code starts only when it is asked; see `start`. */
  starts = new Uint32Array(1024);
  keys = new Uint32Array(1024);

  /** Adds a place behind all others. */
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

  /** The start of a place's code in its line; `ask` is called once for each place. */
  start(place, ask) {
    if (this.starts[place] === UNKNOWN) this.starts[place] = ask(this.lines[place], this.ends[place]);
    return this.starts[place];
  }

  /** The first place in `line` or after it. */
  from(line) {
    return lowerBound(this.length, (place) => this.lines[place] >= line);
  }

  /** The place whose code ends there, or -1. */
  endingAt(line, end) {
    const place = lowerBound(this.length, (at) => this.lines[at] > line || (this.lines[at] === line && this.ends[at] >= end));
    return place < this.length && this.lines[place] === line && this.ends[place] === end ? place : -1;
  }

  /** The next place of a key after `place` (before it if `step` is -1), round the end. */
  next(place, key, step) {
    for (let at = place + step, seen = 0; seen < this.length; seen++, at += step) {
      at = (at + this.length) % this.length;
      if (this.keys[at] === key) return at;
    }
    return place;
  }

  /** How many places of a key come before `place`. */
  countBefore(place, key) {
    let count = 0;
    for (let at = 0; at < place; at++) if (this.keys[at] === key) count++;
    return count;
  }
}
