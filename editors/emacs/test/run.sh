#!/bin/sh
# Tests hexplain.el in the Emacs 30 on the PATH, with the server in $HEXPLAIN or the release build.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
server=${HEXPLAIN:-$here/../../../target/release/hexplain}
for needed in emacs "$server"; do
  command -v "$needed" > /dev/null || { echo "run: $needed is missing" >&2; exit 1; }
done

home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
mkdir "$home/bin"
ln -s "$(realpath "$server")" "$home/bin/hexplain"
HOME="$home" PATH="$home/bin:$PATH" LC_ALL=C.UTF-8 timeout 300 emacs --batch -Q -l "$here/../hexplain.el" -l "$here/test.el"
