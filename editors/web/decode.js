// Decodes a log file. Its bytes show whether they are UTF-8, UTF-16 or Windows-1252.

/** Several programs may write to one log, so a file that is not all UTF-8 is decoded in stretches of about this many bytes. */
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

/** Whether there are too many control characters for a text. */
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

/** `undefined` if the bytes are not UTF-8. An incomplete character at the end is dropped. */
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
    // Plain ASCII is valid in both encodings.
    if (utf8 === undefined || utf8.length < stretch.length) encodings.add(utf8 === undefined ? "Windows-1252" : "UTF-8");
    text += utf8 ?? latin.decode(stretch);
    at = end;
  }
  return { text: text.replace(/^\ufeff/, ""), encoding: [...encodings].join(", ") };
}
