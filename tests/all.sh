#!/usr/bin/env bash
# All tests: the crate's own, those of the catalog's import, and those in the real editors.
#
# What the editors need is installed once, into the user's cache folder. `tests/all.sh crate` runs
# the crate's own tests only.
set -euo pipefail
cd "$(dirname "$0")/.."

# tests/sandbox.rs watches system calls with it.
if [[ $(uname) == Linux ]] && ! command -v strace > /dev/null; then
    apt-get update -qq && apt-get install -y -qq strace
fi

cargo test --locked
[[ ${1:-} != crate ]] || exit 0

# Once more as the released program is built, without debug assertions and overflow checks.
cargo test --locked --profile release-test
cargo test --locked --manifest-path catalog/import/Cargo.toml
cargo build --locked --release
editors/neovim/test/run.sh
editors/vscode/test/run.sh
