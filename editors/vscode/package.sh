#!/bin/sh
# Packages the extension.
#   package.sh                               hexplain-VERSION.vsix: for all platforms and browsers, with the server as a
#                                            WebAssembly module, which HEXPLAIN_WASM=FILE names or ../wasm/build.sh builds
#   HEXPLAIN_BINARY=FILE package.sh TARGET   hexplain-TARGET-VERSION.vsix: for one platform, with the server included
# HEXPLAIN_LICENSES=FILE adds the licenses of the libraries in the server.
# TARGET is a platform that vsce knows: linux-x64, linux-arm64, alpine-x64, darwin-arm64, win32-x64, …
# To publish, set REPOSITORY=https://… to turn the README's relative links into links to the project's pages.
set -eu
cd "$(dirname "$0")"

target=${1:-}
version=$(node -p 'require("./package.json").version')
[ -d node_modules ] || npm ci --ignore-scripts

rm -rf dist server
mkdir dist
node licenses.mjs >dist/THIRD-PARTY-LICENSES.txt
if [ -n "$target" ]; then
    case $target in win32-*) program=hexplain.exe ;; *) program=hexplain ;; esac
    mkdir server
    install -m 755 "${HEXPLAIN_BINARY:?set it to the server to include}" "server/$program"
    [ -z "${HEXPLAIN_LICENSES:-}" ] || install -m 644 "$HEXPLAIN_LICENSES" server/THIRD-PARTY-LICENSES.txt
fi
[ -n "$target" ] || cp "${HEXPLAIN_WASM:-$(../wasm/build.sh)}" dist/hexplain.wasm

# Without REPOSITORY, the images are embedded in the packaged README: VS Code doesn't show an extension's own files there.
readme=README.md
if [ -n "${REPOSITORY:-}" ]; then
    set -- --baseContentUrl "$REPOSITORY/blob/HEAD/editors/vscode" --baseImagesUrl "$REPOSITORY/raw/HEAD/editors/vscode"
else
    set -- --no-rewrite-relative-links
    readme=dist/README.md
    node -e '
        const { readFileSync } = require("node:fs");
        const picture = (_, file) => `](data:image/png;base64,${readFileSync(file, "base64")})`;
        process.stdout.write(readFileSync("README.md", "utf8").replace(/\]\((images\/.+?)\)/g, picture));
    ' >"$readme"
fi
npx vsce package --no-dependencies --readme-path "$readme" "$@" \
    ${target:+--target "$target"} --out "hexplain-${target:+$target-}$version.vsix"
rm -rf server
