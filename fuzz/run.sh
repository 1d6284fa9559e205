#!/usr/bin/env bash
# Fuzzes every target, or those named: fuzz/run.sh [RUNS [TARGET…]]
#
# RUNS is how often each target is run: by default for a few seconds, as in CI. A finding ends the script with an error
# and is saved in fuzz/artifacts/TARGET/.
set -euo pipefail
cd "$(dirname "$0")/.."

version=0.13.2
cache=${XDG_CACHE_HOME:-$HOME/.cache}/hexplain
export PATH="$cache/bin:$PATH"
# The sanitizer flags are not stable yet; the toolchain is the one used for everything else.
export RUSTC_BOOTSTRAP=1

runs=${1:-}
shift || true
targets=("$@")
((${#targets[@]})) || targets=(frames edits scanner catalog notations)

if [[ $(cargo fuzz --version 2> /dev/null) != "cargo-fuzz $version" ]]; then
    cargo install cargo-fuzz --locked --version "$version" --root "$cache"
fi
fuzz/seeds.sh

# Findings are panics: without unsafe code of our own, a memory sanitizer would find little more.
options=(--sanitizer "${SANITIZER:-none}" --codegen-units 16 --target-dir "$cache/fuzz-target")
# For long runs, better optimization pays off.
[[ -z $runs ]] || export CARGO_PROFILE_RELEASE_OPT_LEVEL=3
cargo fuzz build "${options[@]}"

# About five seconds each.
declare -A few=([frames]=200000 [edits]=4000 [scanner]=2500 [catalog]=2500 [notations]=3000)
for target in "${targets[@]}"; do
    echo "== $target"
    log=$(mktemp)
    cargo fuzz run "${options[@]}" "$target" -- \
        -runs="${runs:-${few[$target]}}" -max_len=4096 -timeout=10 -rss_limit_mb=1024 \
        -dict=fuzz/dictionary.txt -seed=1 -print_final_stats=1 > "$log" 2>&1 || {
        grep -vE '^#[0-9]|NEW_FUNC' "$log" >&2
        exit 1
    }
    grep -E '^stat::(number|average|peak)' "$log"
    rm "$log"
done
