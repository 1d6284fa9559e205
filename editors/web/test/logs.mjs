// Large logs for the tests, made from the repository's test logs.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const folder = new URL("../../../tests/logs/", import.meta.url);

/** Writes a log of about this many megabytes. Returns its path and its number of lines. */
export function largeLog(work, megabytes) {
  const names = readdirSync(folder).filter((name) => name.endsWith(".log"));
  const part = names.map((name) => readFileSync(new URL(name, folder), "utf8").replace(/\r\n?/g, "\n")).join("\n").concat("\n");
  const times = Math.ceil((megabytes * 1e6) / Buffer.byteLength(part));
  const path = `${work}/large-${megabytes}.log`;
  writeFileSync(path, part.repeat(times));
  return { path, lines: times * (part.split("\n").length - 1) };
}
