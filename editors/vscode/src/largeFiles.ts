// Notifies the user when a file is too large for VS Code to pass to extensions, and offers `hexplain scan`.
import {
  type Disposable, type ExtensionContext, l10n, ProcessExecution, type Tab, TabInputText, Task, tasks, TaskScope, type Uri,
  window, workspace,
} from "vscode";
import { findProgram, reportMissingProgram } from "./program";

const LIMIT = 50 * 1024 * 1024;

export function watchLargeFiles(context: ExtensionContext): Disposable {
  const notified = new Set<string>();
  const look = async (tabs: readonly Tab[]) => {
    for (const { input } of tabs) {
      if (!(input instanceof TabInputText) || input.uri.scheme !== "file" || notified.has(input.uri.path)) continue;
      const size = await workspace.fs.stat(input.uri).then((file) => file.size, () => 0);
      if (size <= LIMIT) continue;
      notified.add(input.uri.path);
      void offerScan(context, input.uri);
    }
  };
  void look(window.tabGroups.all.flatMap((group) => group.tabs));
  return window.tabGroups.onDidChangeTabs(({ opened }) => look(opened));
}

async function offerScan(context: ExtensionContext, file: Uri): Promise<void> {
  const name = workspace.asRelativePath(file);
  const scan = l10n.t("Scan in Terminal");
  const text = l10n.t("{0} is over 50 MB, and VS Code doesn’t pass files this large to extensions. Use “hexplain scan” to explain its codes.", name);
  if ((await window.showInformationMessage(text, scan)) !== scan) return;
  const program = await findProgram(context);
  if (!program) return reportMissingProgram();
  const run = new ProcessExecution(program, ["scan", file.fsPath]);
  await tasks.executeTask(new Task({ type: "process" }, TaskScope.Workspace, `scan ${name}`, "hexplain", run));
}
