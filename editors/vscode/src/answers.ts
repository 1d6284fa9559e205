// The server's answers, and how one is read: as a Markdown preview of a read-only document.
import { readFile } from "node:fs/promises";
import { commands, type Disposable, type ExtensionContext, Uri, workspace } from "vscode";

/** One answer of `hexplain/explain` and `hexplain/search`; the fields that are used here. */
export interface Answer {
  hex: string | null;
  number: number | null;
  name: string | null;
  message: string;
  remedy: string | null;
  title: string;
  markdown: string;
}

export const SCHEME = "hexplain";

/** How an answer is called: its hex, or its number where a family's numbers are no 32-bit codes. */
export function heading(answer: Answer): string {
  return answer.hex ?? String(answer.number ?? answer.name);
}

export async function read(answer: Answer): Promise<void> {
  // The text travels in the URI, so that a preview survives a reload of the window.
  const uri = Uri.from({ scheme: SCHEME, path: `/${heading(answer)}.md`, query: answer.markdown });
  await commands.executeCommand("markdown.showPreview", uri);
}

/** Shows the README's part on installation. From the file itself, VS Code would lint it as an extension's author's. */
export async function readHowToStart(): Promise<void> {
  const uri = Uri.from({ scheme: SCHEME, path: "/hexplain.md", fragment: "start-in-three-minutes" });
  await commands.executeCommand("markdown.showPreview", uri);
}

export function registerReader(context: ExtensionContext): Disposable {
  const readme = async () => (await readFile(context.asAbsolutePath("readme.md"))).toString();
  return workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: (uri) => uri.query || readme(),
  });
}
