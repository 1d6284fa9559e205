// A plain static server for the tests: the files of a folder with their types, and 304 for unchanged ones.

import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES = {
  ...{ ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" },
  ...{ ".json": "application/json", ".txt": "text/plain", ".gz": "application/gzip" },
};

/** Serves a folder on a free local port. */
export async function serve(folder) {
  const server = createServer((request, response) => answer(folder, request, response));
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return { origin: `http://localhost:${server.address().port}`, close: () => server.close() };
}

function answer(folder, request, response) {
  const { pathname } = new URL(request.url, "http://localhost");
  const path = join(folder, normalize(pathname.endsWith("/") ? `${pathname}index.html` : pathname));
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile()) return response.writeHead(404).end();
  const modified = stat.mtime.toUTCString();
  if (request.headers["if-modified-since"] === modified) return response.writeHead(304).end();
  const type = TYPES[extname(path)] ?? "application/octet-stream";
  response.writeHead(200, { "content-type": type, "content-length": stat.size, "last-modified": modified });
  createReadStream(path).pipe(response);
}
