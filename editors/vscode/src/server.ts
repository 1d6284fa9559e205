// Finds the server: the setting, else the binary that came with the extension, else the PATH, else where Cargo
// installs: an editor started from the desktop may have a shorter PATH than a terminal.
import { access, constants } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import { commands, type ExtensionContext, l10n, window, workspace } from "vscode";
import { readHowToStart } from "./answers";

export async function findServer(context: ExtensionContext): Promise<string | undefined> {
  const program = process.platform === "win32" ? "hexplain.exe" : "hexplain";
  const path = (process.env["PATH"] ?? "").split(delimiter);
  const folders = [context.asAbsolutePath("server"), ...path, join(homedir(), ".cargo/bin")];
  const places = setting() ? [setting()] : folders.filter(isAbsolute).map((folder) => join(folder, program));
  for (const place of places) {
    if (await access(place, constants.X_OK).then(() => true, () => false)) return place;
  }
  return undefined;
}

export async function reportMissingServer(): Promise<void> {
  const howTo = l10n.t("How to Get It");
  const settings = l10n.t("Open the Setting");
  const text = setting()
    ? l10n.t("There is no program at {0}, where the setting hexplain.server.path points.", setting())
    : l10n.t("No code is explained yet: the program hexplain is neither on the PATH nor named by the setting hexplain.server.path.");
  const choice = await window.showErrorMessage(text, howTo, settings);
  if (choice === howTo) await readHowToStart();
  if (choice === settings) await commands.executeCommand("workbench.action.openSettings", "hexplain.server.path");
}

function setting(): string {
  return workspace.getConfiguration("hexplain").get("server.path", "").trim().replace(/^~(?=[/\\])/, homedir());
}
