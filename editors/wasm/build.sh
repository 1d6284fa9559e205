#!/usr/bin/env bash
# Builds the language server as a WebAssembly module: hexplain.wasm in the cache folder, whose path is printed.
set -euo pipefail
cd "$(dirname "$0")"

cache=${XDG_CACHE_HOME:-$HOME/.cache}/hexplain/wasm
./cargo.sh build --release --target-dir "$cache" >&2
cp "$cache/wasm32-unknown-unknown/release/hexplain_wasm.wasm" "$cache/hexplain.wasm"
echo "$cache/hexplain.wasm"
