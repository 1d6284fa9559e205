// The server's thread in a browser.
import { serve } from "./thread";

serve(
  (listener) => addEventListener("message", ({ data }) => listener(data)),
  (message) => postMessage(message),
);
