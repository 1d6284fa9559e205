// Where the lines of a text start. Lines end at \n, \r\n and \r, as in LSP.

/**
 * @param {string} text
 * @returns {Uint32Array} the start of each line, and the text's length
 */
export function lineStarts(text) {
  let starts = new Uint32Array(1024);
  let count = 1;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit !== 10 && (unit !== 13 || text.charCodeAt(at + 1) === 10)) continue;
    if (count + 1 === starts.length) starts = larger(starts);
    starts[count++] = at + 1;
  }
  starts[count++] = text.length;
  return starts.slice(0, count);
}

/** The number of lines to show: an empty last line, after a final line break, doesn't count. */
export function visibleLines(starts) {
  const lines = starts.length - 1;
  return lines > 1 && starts[lines - 1] === starts[lines] ? lines - 1 : lines;
}

/** The text of a line, without its line break. */
export function lineText(text, starts, line) {
  return text.slice(starts[line], starts[line + 1]).replace(/[\r\n]+$/, "");
}

/** The last line that starts at or before `offset`. */
export function lineAt(starts, offset) {
  return lowerBound(starts.length - 1, (line) => starts[line] > offset) - 1;
}

/** The first of `count` indices for which `isPast` is true; it must be true for all later ones. */
export function lowerBound(count, isPast) {
  let [from, to] = [0, count];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (isPast(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** A copy of a typed array, twice as long. */
export function larger(array) {
  const copy = new array.constructor(array.length * 2);
  copy.set(array);
  return copy;
}
