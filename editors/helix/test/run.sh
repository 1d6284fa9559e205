#!/bin/sh
# Tests languages.toml and config.toml in a real Helix (hx on the PATH, or $HX) in tmux, with the server in
# $HEXPLAIN or the release build.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
server=${HEXPLAIN:-$here/../../../target/release/hexplain}
hx=${HX:-hx}
for needed in tmux "$hx" "$server"; do
  command -v "$needed" > /dev/null || { echo "run: $needed is missing" >&2; exit 1; }
done

home=$(mktemp -d)
tmux="tmux -L hexplain-helix-$$ -f /dev/null"
trap '$tmux kill-server 2> /dev/null || true; rm -rf "$home"' EXIT
mkdir -p "$home/bin" "$home/.config/helix"
ln -s "$(realpath "$server")" "$home/bin/hexplain"
cp "$here/../languages.toml" "$here/../config.toml" "$home/.config/helix"
printf 'all well\nthen SyncML(404) came\n' > "$home/agent.log"

# Waits until the screen shows a text.
failed=0
shows() {
  for _ in $(seq 300); do
    if $tmux capture-pane -p | grep -qF -e "$2"; then
      echo "ok      $1"
      return
    fi
    sleep 0.2
  done
  echo "FAILED  $1"
  failed=1
  $tmux capture-pane -p
}

$tmux new-session -d -x 140 -y 40 \
  "env -u TMUX HOME='$home' XDG_CONFIG_HOME='$home/.config' PATH='$home/bin:$PATH' LC_ALL=C.UTF-8 $hx '$home/agent.log'"
shows "a hint follows the code" "SyncML(404) The target path does not exist on the device came"
shows "a diagnostic is counted" "● 1"
$tmux send-keys / S y n c Enter
sleep 1
$tmux send-keys Space k
shows "hover shows the code in decimal" "-2016345708"
$tmux send-keys Escape
sleep 1
$tmux send-keys Space a
shows "an action for the remedy is offered" "Show the remedy"
$tmux send-keys Enter
shows "it shows the remedy in the status line" "Compare the OMA-URI"
exit $failed
