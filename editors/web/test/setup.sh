#!/bin/sh
# Installs what the page's test needs: its packages (pinned by the lock file) and Chromium. Skips what is installed.
set -eu
cd "$(dirname "$0")/.."
export npm_config_cache="${XDG_CACHE_HOME:-$HOME/.cache}/hexplain/npm" npm_config_update_notifier=false

# quietly COMMAND…: shows the command's output only if it fails.
quietly() {
    output=$(timeout --kill-after=10 600 "$@" 2>&1) || {
        echo "$output" | tail -n 15 >&2
        echo "setup: FAILED: $*" >&2
        exit 1
    }
}

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
