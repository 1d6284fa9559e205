// Finds the server's program: from the setting, in the extension, on the PATH, or in Cargo's folder, because an editor started
// from the desktop may have a shorter PATH than a terminal.
import { access, constants } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import { commands, type ExtensionContext, l10n, window, workspace } from "vscode";
import { readHowToStart } from "./answers";

export async function findProgram(context: ExtensionContext): Promise<string | undefined> {
  const program = process.platform === "win32" ? "hexplain.exe" : "hexplain";
  const path = (process.env["PATH"] ?? "").split(delimiter);
  const folders = [context.asAbsolutePath("server"), ...path, join(homedir(), ".cargo/bin")];
  const places = setting() ? [setting()] : folders.filter(isAbsolute).map((folder) => join(folder, program));
  for (const place of places) {
    if (await access(place, constants.X_OK).then(() => true, () => false)) return place;
  }
  return undefined;
}

export async function reportMissingProgram(): Promise<void> {
  const howTo = l10n.t("Get hexplain");
  const settings = l10n.t("Open Setting");
  const text = setting()
    ? l10n.t("The setting hexplain.server.path points to {0}, which doesn’t exist or isn’t executable.", setting())
    : l10n.t("hexplain was not found on PATH. Install it, or set hexplain.server.path.");
  const choice = await window.showErrorMessage(text, howTo, settings);
  if (choice === howTo) await readHowToStart();
  if (choice === settings) await commands.executeCommand("workbench.action.openSettings", "hexplain.server.path");
}

/** The setting hexplain.server.path; empty if it isn't set. */
export function setting(): string {
  return workspace.getConfiguration("hexplain").get("server.path", "").trim().replace(/^~(?=[/\\])/, homedir());
}
