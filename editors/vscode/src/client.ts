// The language client's options: which documents it attaches to, and which ones it doesn't send to the server.
import { type LogOutputChannel, workspace } from "vscode";
import { type LanguageClientOptions, RevealOutputChannelOn } from "vscode-languageclient";
import { isDocument } from "./answers";

export function clientOptions(output: LogOutputChannel): LanguageClientOptions {
  const settings = () => workspace.getConfiguration().get<object>("hexplain");
  return {
    documentSelector: selector(),
    outputChannel: output,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationOptions: () => ({ clientCommands: ["hexplain.copy"], ...settings() }),
    synchronize: { configurationSection: "hexplain" },
    middleware: {
      sendNotification: async (type, next, params) => {
        if (!isOurs(params)) await next(type, params);
      },
      sendRequest: async (type, params, token, next) => (isOurs(params) ? (null as never) : next(type, params, token)),
    },
  };
}

/** The documents that the setting `hexplain.languages` names. */
export function selector(): ({ language: string } | { scheme: string })[] {
  return workspace.getConfiguration("hexplain").get<string[]>("languages", []).map(filter);
}

/** An item of `hexplain.languages`: a language, or a scheme if it ends in a colon. */
function filter(item: string): { language: string } | { scheme: string } {
  return item.endsWith(":") ? { scheme: item.slice(0, -1) } : { language: item };
}

/**
 * Whether a message is about a document of hexplain's own. Explanations contain codes, and so does the output: a trace
 * that is explained while it is open would produce more trace output without end.
 */
function isOurs(params: unknown): boolean {
  const uri = (params as { textDocument?: { uri?: string } } | undefined)?.textDocument?.uri ?? "";
  return isDocument(uri) || uri.startsWith("output:extension-output-hexplain.hexplain");
}
