#!/usr/bin/env bash
# Builds a small WebAssembly module on the crate without features and runs it in Node.
#
# The standard library for that target is built from Debian's source package, with the compiler that belongs to it.
set -euo pipefail
cd "$(dirname "$0")/.."

cache=${XDG_CACHE_HOME:-$HOME/.cache}/hexplain
packages=(rustc-web cargo-web rust-web-src lld-19)
command -v node > /dev/null || packages+=(nodejs)
if ! dpkg -s "${packages[@]}" > /dev/null 2>&1; then
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${packages[@]}"
fi

# The packaged compiler instead of rustup's. Building its std as part of the crate's build is an unstable feature.
export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-19
target=wasm32-unknown-unknown
/usr/bin/cargo build --locked --manifest-path tests/wasm/Cargo.toml \
    --target "$target" --target-dir "$cache/wasm" -Z build-std=std,panic_abort
node tests/wasm/run.mjs "$cache/wasm/$target/debug/hexplain_wasm_test.wasm"
