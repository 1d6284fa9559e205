// A session of the language server in a WebAssembly module: one JSON-RPC message in, a list of messages out.

/** @param {BufferSource | WebAssembly.Module} module */
export async function newSession(module) {
  const compiled = module instanceof WebAssembly.Module ? module : await WebAssembly.compile(module);
  const { memory, input, handle, output, output_len } = (await WebAssembly.instantiate(compiled, {})).exports;
  const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];
  return {
    /**
     * Handles a message, or its text; throws a RuntimeError if the server has failed: then a new session is needed.
     * @param {string | object} message
     */
    handle(message) {
      const body = encoder.encode(typeof message === "string" ? message : JSON.stringify(message));
      const start = input(body.length);
      new Uint8Array(memory.buffer, start, body.length).set(body);
      handle();
      return JSON.parse(decoder.decode(new Uint8Array(memory.buffer, output(), output_len())));
    },
  };
}
