// Stands in for @vscode/spdlog, a native module that the editor writes its logs with: the Output panel reads those.
const { appendFileSync, mkdirSync } = require("node:fs");
const { dirname } = require("node:path");

class Logger {
  level = 0;
  raw = false;

  constructor(type, name, file) {
    this.file = file;
    mkdirSync(dirname(file), { recursive: true });
    appendFileSync(file, "");
  }

  write(level, name, message) {
    if (level < this.level) return;
    appendFileSync(this.file, this.raw ? message : `${new Date().toISOString()} [${name}] ${message}\n`);
  }

  getLevel() {
    return this.level;
  }

  setLevel(level) {
    this.level = level;
  }

  setPattern() {}

  clearFormatters() {
    this.raw = true;
  }

  flush() {}

  drop() {}
}

["trace", "debug", "info", "warn", "error", "critical"].forEach((method, level) => {
  const name = method === "warn" ? "warning" : method;
  Logger.prototype[method] = function (message) {
    this.write(level, name, message);
  };
});

// One by one, since the editor imports them by name.
exports.Logger = Logger;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.createRotatingLogger = async (name, file) => new Logger("", name, file);
exports.createAsyncRotatingLogger = exports.createRotatingLogger;
