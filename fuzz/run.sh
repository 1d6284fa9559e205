#!/usr/bin/env bash
# Fuzzes every target, or those named: fuzz/run.sh [RUNS [TARGET…]]
#
# RUNS is how often each is run: a few seconds' worth by default, as CI does. A finding ends the
# script with an error and lies in fuzz/artifacts/TARGET/.
set -euo pipefail
cd "$(dirname "$0")/.."

version=0.13.2
cache=${XDG_CACHE_HOME:-$HOME/.cache}/hexplain
export PATH="$cache/bin:$PATH"
# The sanitizers' flags are not stable yet; the toolchain is the one that builds everything else.
export RUSTC_BOOTSTRAP=1

runs=${1:-}
shift || true
targets=("$@")
((${#targets[@]})) || targets=(frames edits scanner catalog notations)

if [[ $(cargo fuzz --version 2> /dev/null) != "cargo-fuzz $version" ]]; then
    cargo install cargo-fuzz --locked --version "$version" --root "$cache"
fi
fuzz/seeds.sh

# A finding is a panic; for memory there is little to find without unsafe code of our own.
options=(--sanitizer "${SANITIZER:-none}" --target-dir "$cache/fuzz-target")
cargo fuzz build "${options[@]}"

# How often each is run in CI: some five seconds each.
declare -A few=([frames]=50000 [edits]=5000 [scanner]=10000 [catalog]=10000 [notations]=3000)
for target in "${targets[@]}"; do
    echo "== $target"
    cargo fuzz run "${options[@]}" "$target" -- \
        -runs="${runs:-${few[$target]}}" -max_len=4096 -timeout=10 -rss_limit_mb=1024 \
        -dict=fuzz/dictionary.txt -seed=1 -print_final_stats=1 2>&1 |
        grep -vE '^(#[0-9]+\s+(NEW|REDUCE|pulse)|INFO: (Loaded|Running|Seed|seed corpus))' || exit 1
done
