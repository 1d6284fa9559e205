#!/usr/bin/env bash
# Runs all tests: those of the crate, of the catalog import, and those in real editors. Not among them yet:
# editors/web/test/run.sh, site/test.sh, dist/check.sh, tests/windows.sh, and `editors/vscode/test/run.sh web`.
#
# What the editors need is installed in the user's cache folder the first time. `tests/all.sh crate` runs only the
# crate's own tests.
set -euo pipefail
cd "$(dirname "$0")/.."

# tests/sandbox.rs uses it to watch system calls.
if [[ $(uname) == Linux ]] && ! command -v strace > /dev/null; then
    apt-get update -qq && apt-get install -y -qq strace
fi

cargo test --locked
[[ ${1:-} != crate ]] || exit 0

# Again as the released program is built, without debug assertions and overflow checks.
cargo test --locked --profile release-test
cargo test --locked --manifest-path catalog/import/Cargo.toml
cargo build --locked --release
editors/neovim/test/run.sh
editors/vscode/test/run.sh
