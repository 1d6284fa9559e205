#!/usr/bin/env bash
# Every combination of the features `server` and `cli` compiles without warnings. Without them, the dependencies of the
# language server and the command line are absent. The documentation has no warnings either.
set -euo pipefail
cd "$(dirname "$0")/.."

tree=$(cargo tree --locked --no-default-features -e normal --prefix none --format '{lib}')
for absent in tokio clap tower_lsp serde_json; do
    if grep -qx "$absent" <<< "$tree"; then
        echo "tests/features.sh: the crate without features depends on $absent" >&2
        exit 1
    fi
done

for features in '' cli server cli,server; do
    echo "features: ${features:-none}"
    cargo clippy --locked --no-default-features --features "$features" -- -D warnings
done

# The documentation, with and without the features.
export RUSTDOCFLAGS='-D warnings'
cargo doc --locked --no-deps --lib --all-features
cargo doc --locked --no-deps --lib --no-default-features
