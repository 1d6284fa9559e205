// Starts the client, restarts it when its settings change, and registers the commands.
import { commands, type ExtensionContext, l10n, type Uri, window, workspace } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { type Answer, registerReader } from "./answers";
import { newClient } from "./client";
import { copy } from "./copy";
import { watchLargeFiles } from "./largeFiles";
import { pickAnswer } from "./pick";
import { findServer, reportMissingServer } from "./server";

let client: LanguageClient | undefined;
/** Starts and stops run one after another, so that a restart never meets a client that is still starting. */
let settled: Promise<void> = Promise.resolve();

export async function activate(context: ExtensionContext): Promise<void> {
  const output = window.createOutputChannel("hexplain", { log: true });

  const restart = () => {
    settled = settled
      .then(stop)
      .then(async () => {
        const server = await findServer(context);
        if (!server) return void reportMissingServer();
        client = newClient(server, output);
        await client.start();
      })
      .catch((error: unknown) => output.error(String(error)));
    return settled;
  };

  const request = async <Result>(method: string, params: object): Promise<Result> => {
    await settled; // after a reload of the window, documents are restored while the server starts
    if (!client) throw new Error(l10n.t("The hexplain server is not running."));
    return client.sendRequest<Result>(method, params);
  };
  const ask = async (method: string, params: object) => (await request<{ answers: Answer[] }>(method, params)).answers;
  /** The text of one of the server's documents, or why there is none. */
  const documentText = (uri: Uri): Promise<string> =>
    request<{ text: string } | null>("hexplain/document", { uri: uri.toString() }).then(
      (answer) => answer?.text ?? l10n.t("The catalog has no entry for {0}.", `\`${uri}\``),
      (error: Error) => error.message,
    );

  context.subscriptions.push(
    output,
    registerReader(context, documentText),
    watchLargeFiles(context),
    commands.registerCommand("hexplain.copy", copy),
    commands.registerCommand("hexplain.explain", () => {
      const editor = window.activeTextEditor;
      return pickAnswer(
        l10n.t("Explain Error Code"),
        l10n.t("A code in any notation, or a name: 0x80070005, -2016345060, SyncML(404), …"),
        editor?.document.getText(editor.selection) ?? "",
        (query) => ask("hexplain/explain", { query }),
      );
    }),
    commands.registerCommand("hexplain.search", () =>
      pickAnswer(l10n.t("Search Catalog"), l10n.t("Words from a message, a remedy, or a name"), "", (words) =>
        ask("hexplain/search", { words, limit: 100 }),
      ),
    ),
    commands.registerCommand("hexplain.restart", restart),
    commands.registerCommand("hexplain.showOutput", () => output.show()),
    workspace.onDidChangeConfiguration((change) => {
      if (["hexplain.server", "hexplain.languages"].some((key) => change.affectsConfiguration(key))) void restart();
    }),
  );
  await restart();
}

export async function deactivate(): Promise<void> {
  await settled.then(stop);
}

async function stop(): Promise<void> {
  const old = client;
  client = undefined;
  await old?.dispose();
}
