#!/bin/sh
# Tests the extension in VS Code: installs the prerequisites, builds the .vsix files, runs editor.test.mjs.
# The server is $HEXPLAIN, or else the release build; the module is $HEXPLAIN_WASM, or else ../wasm/build.sh builds it.
# Screenshots go to test/screenshots; UPDATE_IMAGES=1 copies some of them to the README's images. Arguments are the
# scenarios to run (english, french, restricted, noProgram, web); all but web by default.
set -eu
cd "$(dirname "$0")/.."
here=$PWD

SERVER=$(realpath -m "${HEXPLAIN:-../../target/release/hexplain}")
if [ ! -x "$SERVER" ]; then
    echo "run: no server at $SERVER: build it with 'cargo build --release', or set HEXPLAIN to its path" >&2
    exit 1
fi

CACHE=$(test/setup.sh)
export HEXPLAIN_WASM="${HEXPLAIN_WASM:-$(../wasm/build.sh)}"
export PATH="$CACHE/bin:$PATH" npm_config_cache="$CACHE/npm" npm_config_update_notifier=false
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

# quietly COMMAND…: shows the command's output only if it fails.
quietly() {
    timeout --kill-after=10 300 "$@" >>"$WORK/log" 2>&1 || {
        cat "$WORK/log" >&2
        echo "run: FAILED: $*" >&2
        exit 1
    }
}

# The modules come from the cache if possible, and are reinstalled only if the lock file changes.
if ! cmp -s package-lock.json node_modules/.installed-lock; then
    echo "run: installing the extension's packages (from the network if they are not in the cache)" >&2
    quietly npm ci --ignore-scripts --prefer-offline
    cp package-lock.json node_modules/.installed-lock
fi

# fixture FOLDER NAME: packages an extension that only the test needs.
fixture() {
    cd "$1"
    quietly "$here/node_modules/.bin/vsce" package --no-dependencies --allow-missing-repository --skip-license \
        --out "$WORK/$2.vsix"
    cd "$here"
}
fixture test/fixtures/acme acme
fixture "$CACHE/french/" french

case $(uname -m) in aarch64) target=linux-arm64 ;; *) target=linux-x64 ;; esac
version=$(node -p 'require("./package.json").version')
./package.sh >"$WORK/package.log" 2>&1 || quietly false "$(cat "$WORK/package.log")"
HEXPLAIN_BINARY=$SERVER quietly ./package.sh "$target"

rm -rf test/screenshots
mkdir test/screenshots
export CACHE SERVER WORK ACME="$WORK/acme.vsix" FRENCH="$WORK/french.vsix" SCREENSHOTS="$here/test/screenshots" \
    VSIX="$here/hexplain-$version.vsix" VSIX_BUNDLED="$here/hexplain-$target-$version.vsix"
# A hanging editor must not block the caller.
timeout --kill-after=10 600 node test/editor.test.mjs "$@"

# UPDATE_IMAGES=1: this run's screenshots become the README's images.
if [ -n "${UPDATE_IMAGES:-}" ]; then
    for picture in hover actions problems french; do cp "test/screenshots/$picture.png" images; done
fi
