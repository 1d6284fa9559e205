#!/bin/sh
# Packs the extension.
#   package.sh                               hexplain-VERSION.vsix: for all platforms; the server comes from the PATH
#   HEXPLAIN_BINARY=FILE package.sh TARGET   hexplain-TARGET-VERSION.vsix: with the server inside
# TARGET is one of vsce's: linux-x64, linux-arm64, alpine-x64, darwin-arm64, win32-x64, …
# For a gallery, REPOSITORY=https://… turns the README's relative links into ones to the project's pages.
set -eu
cd "$(dirname "$0")"

target=${1:-}
version=$(node -p 'require("./package.json").version')
[ -d node_modules ] || npm ci --ignore-scripts

rm -rf dist server
if [ -n "$target" ]; then
    case $target in win32-*) program=hexplain.exe ;; *) program=hexplain ;; esac
    mkdir server
    install -m 755 "${HEXPLAIN_BINARY:?the server to bundle}" "server/$program"
fi

if [ -n "${REPOSITORY:-}" ]; then
    set -- --baseContentUrl "$REPOSITORY/blob/HEAD/editors/vscode" --baseImagesUrl "$REPOSITORY/raw/HEAD/editors/vscode"
else
    set -- --no-rewrite-relative-links
fi
npx vsce package --no-dependencies --allow-missing-repository "$@" \
    ${target:+--target "$target"} --out "hexplain-${target:+$target-}$version.vsix"
rm -rf server
