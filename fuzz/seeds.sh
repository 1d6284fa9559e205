#!/usr/bin/env bash
# Creates the fuzzers' initial inputs in fuzz/corpus/, from tests/logs/ and catalog/.
set -euo pipefail
cd "$(dirname "$0")"

mkdir -p corpus/{frames,edits,scanner,catalog,notations}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Logs in pieces of whole lines, small enough for a fuzzer to change and run many times per second.
for log in ../tests/logs/*; do
    [[ $log == *.expected ]] || split --line-bytes=1200 "$log" "$work/$(basename "$log")."
done

for piece in "$work"/*; do
    name=$(basename "$piece")
    cp "$piece" "corpus/scanner/$name"
    # The piece with three edits: after the first third, in the middle, all of it.
    {
        cat "$piece"
        printf '\xff\x55\x55\x00\x08%s' "$(head -c 200 "$piece")"
        printf '\xff\x80\x00\x01\x30 0x87D1FDE8\r\n'
        printf '\xff\x00\x00\x02\xff%s' "$(tail -c 300 "$piece")"
    } > "corpus/edits/$name"
    # The piece in a message that opens it, followed by a request.
    text=$(tr -cd '[:print:]\n' < "$piece" | sed 's/[\\"]/\\&/g; s/$/\\r\\n/' | tr -d '\n')
    for body in \
        '{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///a","languageId":"log","version":1,"text":"'"$text"'\ud83d"}}}' \
        '{"jsonrpc":"2.0","id":1,"method":"textDocument/hover","params":{"position":{"line":0,"character":0}}}'
    do
        printf 'Content-Length: %d\r\n\r\n%s' "${#body}" "$body"
    done > "corpus/frames/$name"
done

# Catalog files: the family alone, and with its first entries, each with a piece of a log to scan.
log=$(head -c 600 ../tests/logs/IntuneManagementExtension.log)
find ../catalog -name '*.toml' | while read -r file; do
    name=$(basename "$file")
    { sed '/^\[\[entry\]\]/,$d' "$file"; printf '\xff%s' "$log"; } > "corpus/catalog/$name"
    { sed 60q "$file"; printf '\xff%s' "$log"; } > "corpus/catalog/$name.head"
    # Each regex of its notations, with sample words and a number.
    { grep -E "^(written|after) |^ +'" "$file" || true; } | { grep -oE "'[^']+'" || true; } | tr -d "'" |
        while read -r regex; do
            words=$(tr -c '[:alpha:]' ' ' <<< "$regex")
            printf '%s\n\xff%s\r\n%s 404\né%s 7é' "$regex" "$log" "$words" "$words" \
                > "corpus/notations/$name.$(cksum <<< "$regex" | cut -d ' ' -f 1)"
        done
done
