#!/usr/bin/env bash
# Checks the licenses, sources and duplicates of all dependencies with cargo-deny.
#
# `tests/deny.sh advisories` also checks for known vulnerabilities. This fetches their database, so it needs a network
# connection.
set -euo pipefail
cd "$(dirname "$0")/.."

version=0.20.2
cache=${XDG_CACHE_HOME:-$HOME/.cache}/hexplain
export PATH="$cache/bin:$PATH"

if [[ $(cargo deny --version 2> /dev/null) != "cargo-deny $version" ]]; then
    cargo install cargo-deny --locked --version "$version" --root "$cache"
fi
cargo deny --locked check --deny warnings --hide-inclusion-graph licenses sources bans "$@"
