// Starts the client, restarts it when its settings change, and registers the commands: the same for VS Code on a computer
// (node.ts) and in a browser (browser.ts).
import { commands, type ExtensionContext, l10n, languages, type LogOutputChannel, type Uri, window, workspace } from "vscode";
import type { BaseLanguageClient } from "vscode-languageclient";
import { type Answer, registerReader } from "./answers";
import { selector } from "./client";
import { copy } from "./copy";
import { pickAnswer } from "./pick";

/** A client that is not started yet, and what its server is, for people. */
export interface Server {
  client: BaseLanguageClient;
  name: string;
}

let client: BaseLanguageClient | undefined;
/** Starts and stops run one after another, so that a restart never meets a client that is still starting. */
let settled: Promise<void> = Promise.resolve();

/** `find` finds the server; if there is none, it tells the user. */
export async function start(
  context: ExtensionContext,
  find: (output: LogOutputChannel) => Promise<Server | undefined>,
): Promise<void> {
  const output = window.createOutputChannel("hexplain", { log: true });
  const status = languages.createLanguageStatusItem("hexplain.server", selector());
  status.name = status.text = "hexplain";
  status.command = { command: "hexplain.showOutput", title: l10n.t("Show Output") };

  const restart = () => {
    settled = settled
      .then(stop)
      .then(async () => {
        status.selector = selector();
        status.detail = l10n.t("not running");
        const server = await find(output);
        if (!server) return;
        client = server.client;
        await client.start();
        status.detail = server.name;
        output.info(server.name);
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
    status,
    registerReader(context, documentText),
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

export async function end(): Promise<void> {
  await settled.then(stop);
}

async function stop(): Promise<void> {
  const old = client;
  client = undefined;
  await old?.dispose();
}
