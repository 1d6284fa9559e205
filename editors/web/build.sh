#!/bin/sh
# Puts the page and the WebAssembly module into a folder to be served: build.sh OUT [WASM].
# The module is the one that ../wasm/build.sh makes, unless given.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?usage: build.sh OUT [WASM]}
wasm=${2:-${HEXPLAIN_WASM:-${XDG_CACHE_HOME:-$HOME/.cache}/hexplain/wasm/hexplain.wasm}}
if [ ! -f "$wasm" ]; then
    echo "build: no module at $wasm: run editors/wasm/build.sh, or give its path" >&2
    exit 1
fi

mkdir -p "$out"
out=$(cd "$out" && pwd)
# File names that any server has a type for.
cp "$here"/*.js "$here/style.css" "$here/icon.svg" "$here/manifest.json" "$here/example.txt" "$here/index.html" "$out"
cp "$here/../wasm/session.mjs" "$out/session.js"
# The page decompresses it itself. The same module gives the same bytes.
gzip -9 -n -c "$wasm" >"$out/hexplain.wasm.gz"

# The service worker knows the files and their version, a hash of them all.
cd "$out"
files=$(LC_ALL=C ls ./*.js style.css icon.svg manifest.json example.txt hexplain.wasm.gz index.html)
# shellcheck disable=SC2086 # a list of words
version=$(cat $files | sha256sum | cut -c 1-16)
list=$(for file in ./ $files; do case $file in ./offline.js) ;; ./) printf '"./", ' ;; *) printf '"%s", ' "${file#./}" ;; esac; done)
sed -e "s|^const VERSION = .*|const VERSION = \"$version\";|" -e "s|^const FILES = .*|const FILES = [${list%, }];|" \
    "$here/offline.js" >offline.js
