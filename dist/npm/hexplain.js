#!/usr/bin/env node
// Starts the program from the package of this platform, which npm installs as an optional dependency.
"use strict";

const { spawn } = require("node:child_process");
const { constants } = require("node:os");

const packages = {
  "darwin arm64": ["darwin-arm64"],
  "darwin x64": ["darwin-x64"],
  // Only the one that fits the C library is installed; older versions of npm install both.
  "linux arm64": ["linux-arm64", "linux-arm64-musl"],
  "linux x64": ["linux-x64", "linux-x64-musl"],
  "win32 arm64": ["win32-arm64"],
  "win32 x64": ["win32-x64"],
};

function program() {
  const platform = `${process.platform} ${process.arch}`;
  const names = packages[platform] || [];
  if (process.platform === "linux" && !process.report?.getReport().header.glibcVersionRuntime) {
    names.reverse();
  }
  const file = process.platform === "win32" ? "hexplain.exe" : "hexplain";
  for (const name of names) {
    try {
      return require.resolve(`@hexplain/${name}/bin/${file}`);
    } catch {
      // Not installed: try the next one.
    }
  }
  const reason = names.length
    ? `install @hexplain/${names[0]}, or reinstall without --omit=optional`
    : `there is no program for ${platform}`;
  console.error(`hexplain: ${reason}`);
  process.exit(1);
}

const child = spawn(program(), process.argv.slice(2), { stdio: "inherit" });
child.on("error", (error) => {
  console.error(`hexplain: ${error.message}`);
  process.exit(1);
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => child.kill(signal));
}
child.on("exit", (status, signal) => process.exit(status ?? 128 + constants.signals[signal]));
