// The server's explanations, and how they are shown: as a Markdown preview of a read-only document.
import { commands, Disposable, type ExtensionContext, Uri, workspace } from "vscode";

/** One answer of `hexplain/explain` and `hexplain/search`; only the fields that are used here. */
export interface Answer {
  hex: string | null;
  number: number | null;
  name: string | null;
  message: string;
  remedy: string | null;
  title: string;
  markdown: string;
}

/** The scheme of the server's own documents, such as `hexplain:/syncml/404.md`, an entry of the catalog. */
const SERVER_SCHEME = "hexplain";
/** The scheme of the documents that this extension writes. */
const CLIENT_SCHEME = "hexplain-page";

export const isDocument = (uri: string) => [SERVER_SCHEME, CLIENT_SCHEME].some((scheme) => uri.startsWith(`${scheme}:`));

/** The heading of an answer: its hex code, or its number if the family's numbers are not 32-bit codes. */
export function heading(answer: Answer): string {
  return answer.hex ?? String(answer.number ?? answer.name);
}

export async function read(answer: Answer): Promise<void> {
  // The URI contains the text, so that the preview is still available after the window is reloaded.
  const uri = Uri.from({ scheme: CLIENT_SCHEME, path: `/${heading(answer)}.md`, query: answer.markdown });
  await commands.executeCommand("markdown.showPreview", uri);
}

/** Shows how to install the server, from the README. Opened as a file, VS Code would lint it as an extension author's. */
export async function readHowToStart(): Promise<void> {
  const uri = Uri.from({ scheme: CLIENT_SCHEME, path: "/hexplain.md", fragment: "start-in-three-minutes" });
  await commands.executeCommand("markdown.showPreview", uri);
}

/** Provides the documents of both schemes; `ask` returns the text of one of the server's. */
export function registerReader(context: ExtensionContext, ask: (uri: Uri) => Promise<string>): Disposable {
  const readme = async () =>
    new TextDecoder().decode(await workspace.fs.readFile(Uri.joinPath(context.extensionUri, "readme.md")));
  return Disposable.from(
    workspace.registerTextDocumentContentProvider(SERVER_SCHEME, { provideTextDocumentContent: ask }),
    workspace.registerTextDocumentContentProvider(CLIENT_SCHEME, {
      provideTextDocumentContent: (uri) => uri.query || readme(),
    }),
  );
}
