#!/usr/bin/env bash
# All tests: the crate's own, and those in the real editors.
set -euo pipefail
cd "$(dirname "$0")/.."

# tests/sandbox.rs watches system calls with it.
if [[ $(uname) == Linux ]] && ! command -v strace > /dev/null; then
    apt-get update -qq && apt-get install -y -qq strace
fi

cargo test --locked
