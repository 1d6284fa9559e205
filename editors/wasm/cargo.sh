#!/usr/bin/env bash
# Runs cargo for WebAssembly: cargo.sh build …
#
# The standard library for that target is built from Debian's source package, with the compiler that belongs to it.
set -euo pipefail

packages=(rustc-web cargo-web rust-web-src lld-19)
if ! dpkg -s "${packages[@]}" > /dev/null 2>&1; then
    {
        apt-get update -qq
        apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "${packages[@]}"
    } >&2
fi

# The packaged compiler instead of rustup's. Building its std as part of the crate's build is an unstable feature.
export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-19
exec /usr/bin/cargo "$@" --locked --target wasm32-unknown-unknown -Z build-std=std,panic_abort
