// The text of a log file's bytes: UTF-8, UTF-16 or Windows-1252, told by the bytes themselves.

/** Invalid UTF-8 is decided for each stretch of about this many bytes: logs are often of two programs. */
const STRETCH = 1 << 16;
const SAMPLE = 1 << 12;

/**
 * @param {Uint8Array} bytes
 * @returns {{ text: string, encoding: string }}
 */
export function decode(bytes) {
  const wide = wideEncoding(bytes);
  if (wide) return { text: new TextDecoder(wide).decode(bytes), encoding: wide.toUpperCase() };
  const utf8 = utf8Text(bytes);
  return utf8 === undefined ? mixed(bytes) : { text: utf8, encoding: "UTF-8" };
}

/** Whether a text has so many control characters that it is none. */
export function isBinary(text) {
  const sample = text.slice(0, 1 << 16);
  const strange = sample.match(/[\0\x02-\x08\x0e-\x1a\x1c-\x1f\ufffd]/g) ?? [];
  return strange.length * 20 > sample.length;
}

/** A byte order mark, or zeros in every other byte, as Latin letters have in UTF-16. */
function wideEncoding(bytes) {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const zeros = [0, 0];
  const length = Math.min(bytes.length, SAMPLE) & ~1;
  for (let at = 0; at < length; at++) if (bytes[at] === 0) zeros[at % 2]++;
  const [even, odd] = zeros.map((count) => count / (length / 2));
  if (odd > 0.3 && even < 0.1) return "utf-16le";
  if (even > 0.3 && odd < 0.1) return "utf-16be";
  return undefined;
}

/** `undefined` for bytes that are not UTF-8. A character that is cut off at the end is left out. */
function utf8Text(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}

function mixed(bytes) {
  const latin = new TextDecoder("windows-1252");
  const encodings = new Set();
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const line = bytes.indexOf(10, at + STRETCH);
    const end = line < 0 ? bytes.length : line + 1;
    const stretch = bytes.subarray(at, end);
    const utf8 = utf8Text(stretch);
    // ASCII alone tells nothing.
    if (utf8 === undefined || utf8.length < stretch.length) encodings.add(utf8 === undefined ? "Windows-1252" : "UTF-8");
    text += utf8 ?? latin.decode(stretch);
    at = end;
  }
  return { text: text.replace(/^\ufeff/, ""), encoding: [...encodings].join(", ") };
}
