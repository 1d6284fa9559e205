#!/usr/bin/env bash
# Builds a small WebAssembly module on the crate without features and has it explain a text in Node.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v node > /dev/null; then
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends nodejs
fi
cache=${XDG_CACHE_HOME:-$HOME/.cache}/hexplain/wasm
editors/wasm/cargo.sh build --manifest-path tests/wasm/Cargo.toml --target-dir "$cache"
node tests/wasm/run.mjs "$cache/wasm32-unknown-unknown/debug/hexplain_wasm_test.wasm"
