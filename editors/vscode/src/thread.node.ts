// The server's thread in Node.
import { parentPort } from "node:worker_threads";
import { serve } from "./thread";

serve(
  (listener) => parentPort?.on("message", listener),
  (message) => parentPort?.postMessage(message),
);
