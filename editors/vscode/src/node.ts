// VS Code on a computer: the program where there is one, otherwise the module in a thread.
import { Worker } from "node:worker_threads";
import { type ExtensionContext, l10n, type LogOutputChannel } from "vscode";
import { LanguageClient } from "vscode-languageclient/node";
import { end, type Server, start } from "./activate";
import { clientOptions } from "./client";
import { watchLargeFiles } from "./largeFiles";
import { readModule, type Thread, transports } from "./module";
import { findProgram, reportMissingProgram, setting } from "./program";

export async function activate(context: ExtensionContext): Promise<void> {
  context.subscriptions.push(watchLargeFiles(context));
  await start(context, (output) => find(context, output));
}

export const deactivate = end;

async function find(context: ExtensionContext, output: LogOutputChannel): Promise<Server | undefined> {
  const options = clientOptions(output);
  const program = await findProgram(context);
  if (program) {
    const client = new LanguageClient("hexplain", "hexplain", { command: program, args: ["lsp"] }, options);
    return { client, name: l10n.t("program {0}", program) };
  }
  const module = setting() ? undefined : await readModule(context);
  if (!module) return void reportMissingProgram();
  const open = async () => transports(thread(context.asAbsolutePath("dist/thread.node.js")), module);
  return { client: new LanguageClient("hexplain", "hexplain", open, options), name: l10n.t("WebAssembly module of the extension") };
}

function thread(file: string): Thread {
  const worker = new Worker(file);
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => void worker.on("message", listener),
    onFailure: (listener) => void worker.on("error", (error) => listener(error instanceof Error ? error : new Error(String(error)))),
    end: () => void worker.terminate(),
  };
}
