// The server as a WebAssembly module in a thread of its own: its file, and the connection to it.
import { type ExtensionContext, Uri, workspace } from "vscode";
import {
  AbstractMessageReader, AbstractMessageWriter, type DataCallback, Disposable, type Message, type MessageTransports,
} from "vscode-languageclient";

/** A worker of Node or of a browser. */
export interface Thread {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onFailure(listener: (error: Error) => void): void;
  end(): void;
}

/** The module's bytes; undefined if the extension was packaged without it. */
export async function readModule(context: ExtensionContext): Promise<Uint8Array | undefined> {
  return workspace.fs.readFile(Uri.joinPath(context.extensionUri, "dist/hexplain.wasm")).then(undefined, () => undefined);
}

/** Starts the module in a thread. When it fails, the connection closes, and the client starts it again. */
export function transports(thread: Thread, module: Uint8Array): MessageTransports {
  thread.post(module);
  return { reader: new Reader(thread), writer: new Writer(thread) };
}

class Reader extends AbstractMessageReader {
  constructor(private readonly thread: Thread) {
    super();
    thread.onFailure((error) => {
      this.fireError(error);
      thread.end();
      this.fireClose();
    });
  }

  listen(callback: DataCallback): Disposable {
    this.thread.onMessage((message) => callback(message as Message));
    return Disposable.create(() => this.thread.end());
  }
}

class Writer extends AbstractMessageWriter {
  constructor(private readonly thread: Thread) {
    super();
  }

  async write(message: Message): Promise<void> {
    // As text: VS Code's settings are proxies, which can't be passed to a thread.
    this.thread.post(JSON.stringify(message));
  }

  end(): void {
    this.thread.end();
  }
}
