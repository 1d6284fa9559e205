// Starts VS Code (code-server) with extensions and settings of its own, and stops it again.
import { execFile, spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const entry = join(process.env.CACHE, "code-server/out/node/entry.js");
const noGallery = { serviceUrl: "http://127.0.0.1:9/", itemUrl: "", resourceUrlTemplate: "" };

export const settings = {
  "chat.disableAIFeatures": true,
  "editor.minimap.enabled": false,
  "extensions.ignoreRecommendations": true,
  "files.autoSave": "off",
  "security.workspace.trust.startupPrompt": "never",
  "telemetry.telemetryLevel": "off",
  "window.commandCenter": false,
  "workbench.activityBar.location": "hidden",
  "workbench.layoutControl.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
};

/** Starts an editor. `folder` is copied, so that the editor can write into it. */
export async function startEditor({ vsix, path = [], folder, trust = true, user = {}, args = [] }) {
  const home = await mkdtemp(join(tmpdir(), "hexplain-vscode-"));
  const workspace = join(home, "workspace");
  await cp(folder, workspace, { recursive: true });
  await mkdir(join(home, "user/User"), { recursive: true });
  await writeFile(join(home, "config.yaml"), "");

  const editor = {
    home,
    workspace,
    writeSettings: (more) =>
      writeFile(join(home, "user/User/settings.json"), JSON.stringify({ ...settings, ...user, ...more })),
  };
  await editor.writeSettings({});
  // Later changes are made in the workspace: the editor in a browser doesn't notice those of the user's file.
  editor.changeSettings = async (more) => {
    await mkdir(join(workspace, ".vscode"), { recursive: true });
    await writeFile(join(workspace, ".vscode/settings.json"), JSON.stringify(more));
  };

  const options = {
    cwd: home,
    env: {
      HOME: home,
      PATH: [...path, "/usr/local/bin", "/usr/bin", "/bin"].join(":"),
      LANG: "C.UTF-8",
      EXTENSIONS_GALLERY: JSON.stringify(noGallery),
    },
  };
  const dirs = ["--config", join(home, "config.yaml"), "--user-data-dir", join(home, "user")];
  dirs.push("--extensions-dir", join(home, "extensions"));
  const install = vsix.flatMap((file) => ["--install-extension", file]);
  await promisify(execFile)(process.execPath, [entry, ...dirs, ...install, "--force"], options);

  const port = await freePort();
  const run = [entry, ...dirs, "--bind-addr", `127.0.0.1:${port}`, "--auth", "none", "--disable-telemetry"];
  run.push("--disable-update-check", "--disable-getting-started-override", ...args);
  if (trust) run.push("--disable-workspace-trust");
  let log = "";
  const server = spawn(process.execPath, run, { ...options, detached: true });
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (text) => (log += text));

  editor.url = `http://127.0.0.1:${port}/?folder=${workspace}`;
  editor.stop = async () => {
    process.kill(-server.pid);
    await rm(home, { recursive: true, force: true, maxRetries: 20 });
  };
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
