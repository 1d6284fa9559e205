// `hexplain.copy`: the clipboard, which LSP lacks.
import { env, l10n, window } from "vscode";

export async function copy(text: string): Promise<void> {
  await env.clipboard.writeText(text);
  const line = text.replace(/\s+/g, " ");
  window.setStatusBarMessage(`$(check) ${l10n.t("Copied: {0}", line.length > 40 ? `${line.slice(0, 39)}…` : line)}`, 5000);
}
