// The server's answers, and how one is read: as a Markdown preview of a read-only document.
import { commands, type Disposable, Uri, workspace } from "vscode";

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

export function registerReader(): Disposable {
  return workspace.registerTextDocumentContentProvider(SCHEME, { provideTextDocumentContent: (uri) => uri.query });
}
