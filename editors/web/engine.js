// The page's side of the worker: starts it, sends it requests, and replaces it when it dies.

import { trustedUrl } from "./trusted.js";

/** A worker from a blob inherits the page's Content-Security-Policy. One loaded from a URL would not. */
function newWorker() {
  const script = `import ${JSON.stringify(new URL("worker.js", import.meta.url).href)};`;
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  return new Worker(trustedUrl(url), { type: "module", name: "hexplain" });
}

export class Engine {
  #worker;
  #module;
  #locale;
  #pending = new Map();
  #ids = 0;
  /** The open log, which is reopened after a restart. */
  #source;
  /** Deaths since the last complete scan, or since a log was opened. */
  #deaths = 0;

  /** @param {Record<string, (data: any) => void>} events handlers: `loading`, `text`, `found`, `ready`, `restarted`, `failed` */
  constructor(locale, events) {
    this.#locale = locale;
    this.events = events;
  }

  async start() {
    const worker = (this.#worker = newWorker());
    const lock = `hexplain ${crypto.randomUUID?.() ?? Math.random()}`;
    worker.onmessage = ({ data }) => this.#worker === worker && this.#receive(data, lock);
    worker.onerror = (event) => this.#died(worker, event.message ?? "worker.js");
    try {
      this.#module = await this.#ask("start", { module: this.#module, locale: this.#locale, lock });
      this.events.ready();
    } catch (error) {
      if (this.#worker === worker) this.#give(worker, error.message);
    }
  }

  #receive({ id, result, error, event, data }, lock) {
    const worker = this.#worker;
    if (event === "locked") navigator.locks.request(lock, () => this.#died(worker, "no answer"));
    else if (event === "crashed") this.#died(worker, data.message);
    else if (event) this.events[event](data);
    else {
      const { resolve, reject } = this.#pending.get(id);
      this.#pending.delete(id);
      if (error === undefined) resolve(result);
      else reject(new Error(error));
    }
  }

  #ask(method, params) {
    const id = ++this.#ids;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage({ id, method, params });
    });
  }

  /** The worker's answer; `undefined` if it dies first. */
  async ask(method, params) {
    try {
      return await this.#ask(method, params);
    } catch (error) {
      if (error instanceof Died) return undefined;
      throw error;
    }
  }

  /** @param {{ file?: File, text?: string }} source */
  async open(source) {
    this.#source = source;
    this.#deaths = 0;
    return this.#scan();
  }

  async #scan() {
    const isDone = await this.ask("open", this.#source);
    if (isDone) this.#deaths = 0;
    return isDone;
  }

  close() {
    this.#source = undefined;
    return this.ask("close", {});
  }

  setLocale(locale) {
    this.#locale = locale;
    return this.ask("setLocale", { locale });
  }

  /** Tries again after `failed`. */
  async retry() {
    this.#deaths = 0;
    await this.#again();
  }

  async #died(worker, reason) {
    if (this.#worker !== worker) return;
    this.#end(worker);
    if (++this.#deaths > 2 || !this.#module) return this.events.failed(reason);
    this.events.restarted();
    await this.#again();
  }

  async #again() {
    await this.start();
    if (this.#module && this.#source) await this.#scan();
  }

  #give(worker, reason) {
    this.#end(worker);
    this.events.failed(reason);
  }

  #end(worker) {
    worker.terminate();
    this.#worker = { postMessage() {} };
    for (const { reject } of this.#pending.values()) reject(new Died());
    this.#pending.clear();
  }
}

class Died extends Error {}
