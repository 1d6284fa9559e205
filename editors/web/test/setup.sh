#!/bin/sh
# Installs what the page's test needs: Node (where the VS Code test has it too), its packages (pinned by the lock file) and
# Chromium. Skips what is installed. Prints the folder of Node's programs.
set -eu
cd "$(dirname "$0")/.."
node=$(../test-tools.sh)
export PATH="$node:$PATH" npm_config_cache="${XDG_CACHE_HOME:-$HOME/.cache}/hexplain/vscode/npm" npm_config_update_notifier=false
log=${XDG_CACHE_HOME:-$HOME/.cache}/hexplain/vscode/setup.log
. ../setup-run.sh

if ! cmp -s package-lock.json node_modules/.installed-lock; then
    run "the test's packages" npm ci --ignore-scripts --prefer-offline
    cp package-lock.json node_modules/.installed-lock
fi

echo "$node"
