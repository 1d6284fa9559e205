#!/bin/sh
# Tests the page in Chromium: builds it with the module at $HEXPLAIN_WASM (by default the one of ../../wasm/build.sh),
# serves it and runs page.test.mjs. Screenshots go to test/screenshots.
set -eu
cd "$(dirname "$0")"
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
../build.sh "$WORK/site"
NODE=$(./setup.sh)
export PATH="$NODE:$PATH" WORK
rm -rf screenshots
mkdir screenshots
# A hanging browser must not block the caller.
timeout --kill-after=10 600 node page.test.mjs
