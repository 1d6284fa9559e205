// The server's thread: the first message is the module, every other one the text of one of LSP's.
import { newSession } from "../../wasm/session.mjs";

/** Answers through `post` what `listen` receives. A failure ends the thread with an error that its owner sees. */
export function serve(listen: (listener: (message: unknown) => void) => void, post: (message: unknown) => void): void {
  let session: ReturnType<typeof newSession> | undefined;
  let handled: Promise<void> = Promise.resolve();
  const handle = async (message: unknown) => {
    if (!session) return void (session = newSession(message as BufferSource));
    for (const answer of (await session).handle(message as string)) post(answer);
  };
  const fail = (error: unknown) => {
    setTimeout(() => {
      throw error;
    });
  };
  listen((message) => (handled = handled.then(() => handle(message)).catch(fail)));
}
