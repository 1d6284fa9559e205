#!/bin/sh
# Runs the plugin's tests in a real Neovim, with the server in $HEXPLAIN or the release build.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
server=${HEXPLAIN:-$here/../../../target/release/hexplain}
nvim=$(sh "$here/setup.sh")
if [ ! -x "$server" ]; then
  echo "run: no server at $server: build it with 'cargo build --release', or set HEXPLAIN to its path" >&2
  exit 1
fi

# Empty user folders, so that nothing of this machine's configuration applies; the server is on the PATH.
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
mkdir "$home/bin"
ln -s "$(realpath "$server")" "$home/bin/hexplain"
export HOME="$home" XDG_CONFIG_HOME="$home" XDG_DATA_HOME="$home" XDG_STATE_HOME="$home" XDG_CACHE_HOME="$home"
export PATH="$home/bin:$PATH" LC_ALL=C.UTF-8
unset VIMRUNTIME NVIM DISPLAY WAYLAND_DISPLAY TMUX 2>/dev/null || true

cd "$home"
timeout 600 "$nvim" --clean -l "$here/main.lua" "$@"
