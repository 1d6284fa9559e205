#!/usr/bin/env bash
# The supply chain: licences, sources and duplicates of all dependencies, by cargo-deny.
#
# `tests/deny.sh advisories` asks for known vulnerabilities, too. It fetches their database, so it
# is for machines that may.
set -euo pipefail
cd "$(dirname "$0")/.."

version=0.20.2
cache=${XDG_CACHE_HOME:-$HOME/.cache}/hexplain
export PATH="$cache/bin:$PATH"

if [[ $(cargo deny --version 2> /dev/null) != "cargo-deny $version" ]]; then
    cargo install cargo-deny --locked --version "$version" --root "$cache"
fi
cargo deny --locked check --deny warnings --hide-inclusion-graph licenses sources bans "$@"
