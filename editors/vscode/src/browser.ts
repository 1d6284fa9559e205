// VS Code in a browser: the module in a worker.
import { type ExtensionContext, l10n, type LogOutputChannel, Uri } from "vscode";
import { LanguageClient } from "vscode-languageclient/browser";
import { end, type Server, start } from "./activate";
import { clientOptions } from "./client";
import { readModule, type Thread, transports } from "./module";

export async function activate(context: ExtensionContext): Promise<void> {
  await start(context, (output) => find(context, output));
}

export const deactivate = end;

async function find(context: ExtensionContext, output: LogOutputChannel): Promise<Server> {
  const module = await readModule(context);
  if (!module) throw new Error(l10n.t("The extension’s package for this platform doesn’t contain the WebAssembly module."));
  const open = async () => transports(thread(Uri.joinPath(context.extensionUri, "dist/thread.browser.js")), module);
  const client = new LanguageClient("hexplain", "hexplain", open, clientOptions(output));
  return { client, name: l10n.t("WebAssembly module of the extension") };
}

function thread(file: Uri): Thread {
  const worker = new Worker(file.toString(true));
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => worker.addEventListener("message", ({ data }) => listener(data)),
    onFailure: (listener) => worker.addEventListener("error", ({ message }) => listener(new Error(message))),
    end: () => worker.terminate(),
  };
}
