// Starts and stops VS Code (code-server) with its own extensions and settings.
import { execFile, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { cp, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const entry = join(process.env.CACHE, "code-server/out/node/entry.js");
const noGallery = { serviceUrl: "http://127.0.0.1:9/", itemUrl: "", resourceUrlTemplate: "" };

/** The settings of all editors in the test. */
export const settings = {
  "chat.disableAIFeatures": true,
  "editor.minimap.enabled": false,
  "extensions.ignoreRecommendations": true,
  "editor.fontSize": 13,
  "files.autoSave": "off",
  "security.workspace.trust.startupPrompt": "never",
  "terminal.integrated.gpuAcceleration": "off", // so that its text is in the DOM
  "telemetry.telemetryLevel": "off",
  "window.autoDetectColorScheme": false,
  "window.commandCenter": false,
  "workbench.activityBar.location": "hidden",
  "workbench.colorTheme": "Dark Modern",
  "workbench.layoutControl.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
};

/** Functions that stop the running editors, so that no editor outlives the test, however the test ends. */
const ends = new Set();
process.on("exit", () => ends.forEach((end) => end()));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(1));

/** Starts an editor on a copy of `folder`, so that it can write to it. */
export async function startEditor({ vsix, path = [], folder, trust = true, locale = "en" }) {
  const home = await mkdtemp(join(tmpdir(), "hexplain-vscode-"));
  const editor = { home, workspace: join(home, "logs") };
  await cp(folder, editor.workspace, { recursive: true });
  await mkdir(join(home, "user/User"), { recursive: true });
  await writeFile(join(home, "config.yaml"), "");
  await writeFile(join(home, "user/User/settings.json"), JSON.stringify(settings));
  await writeFile(join(home, "user/User/argv.json"), JSON.stringify({ locale }));
  // The editor writes this file itself, but only after it has started, which is too late for its first page.
  const texts = join(home, "extensions/hexplain-test.language-pack-fr-1.0.0/main.i18n.json");
  const pack = { extensionIdentifier: { id: "hexplain-test.language-pack-fr" }, version: "1.0.0" };
  const packs = { fr: { hash: "fr", extensions: [pack], translations: { vscode: texts }, label: "français" } };
  if (locale !== "en") await writeFile(join(home, "user/languagepacks.json"), JSON.stringify(packs));

  const options = {
    cwd: home,
    env: {
      HOME: home,
      PATH: [...path, "/usr/local/bin", "/usr/bin", "/bin"].join(":"),
      LANG: "C.UTF-8",
      VSCODE_CLI: "1", // use this PATH, not a login shell's
      EXTENSIONS_GALLERY: JSON.stringify(noGallery),
    },
  };
  const dirs = ["--config", join(home, "config.yaml"), "--user-data-dir", join(home, "user")];
  dirs.push("--extensions-dir", join(home, "extensions"));
  const install = vsix.flatMap((file) => ["--install-extension", file]);
  await promisify(execFile)(process.execPath, [entry, ...dirs, ...install, "--force"], options);

  const port = await freePort();
  const run = [entry, ...dirs, "--bind-addr", `127.0.0.1:${port}`, "--auth", "none", "--disable-telemetry"];
  run.push("--disable-update-check", "--disable-getting-started-override");
  if (trust) run.push("--disable-workspace-trust");
  let log = "";
  const server = spawn(process.execPath, run, { ...options, detached: true });
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (text) => (log += text));

  editor.url = `http://127.0.0.1:${port}/?folder=${editor.workspace}`;
  const end = () => {
    ends.delete(end);
    try {
      process.kill(-server.pid, "SIGKILL");
    } catch {} // it has already ended
    rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
  ends.add(end);
  editor.stop = async () => end();
  for (const deadline = Date.now() + 60_000; ; await new Promise((done) => setTimeout(done, 200))) {
    const ready = await fetch(`http://127.0.0.1:${port}/healthz`).then((answer) => answer.ok, () => false);
    if (ready) return editor;
    if (Date.now() > deadline || server.exitCode !== null) {
      await editor.stop();
      throw new Error(`code-server does not start: ${log}`);
    }
  }
}

function freePort() {
  const probe = createServer();
  return new Promise((done) => {
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}
