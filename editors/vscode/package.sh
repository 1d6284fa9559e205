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

# Without an address, the README in the package carries its pictures itself: VS Code shows none of its own files there.
readme=README.md
if [ -n "${REPOSITORY:-}" ]; then
    set -- --baseContentUrl "$REPOSITORY/blob/HEAD/editors/vscode" --baseImagesUrl "$REPOSITORY/raw/HEAD/editors/vscode"
else
    set -- --no-rewrite-relative-links
    readme=dist/README.md
    mkdir dist
    node -e '
        const { readFileSync } = require("node:fs");
        const picture = (_, file) => `](data:image/png;base64,${readFileSync(file, "base64")})`;
        process.stdout.write(readFileSync("README.md", "utf8").replace(/\]\((images\/.+?)\)/g, picture));
    ' >"$readme"
fi
npx vsce package --no-dependencies --allow-missing-repository --readme-path "$readme" "$@" \
    ${target:+--target "$target"} --out "hexplain-${target:+$target-}$version.vsix"
rm -rf server
