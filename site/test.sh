#!/usr/bin/env bash
# Builds the site and tests it: all links and pages with the crate's checker, some pages with
# html-validate, and the search, the keyboard and accessibility in Chromium. Needs Node.js 20 and the
# Debian package chromium. The site stays in $SITE if it is set; screenshots go to $SCREENSHOTS.
set -euo pipefail
cd "$(dirname "$0")"

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
export SITE=${SITE:-$WORK/site}
BASE=https://hexplain.example/docs

cargo fmt --check
cargo clippy --locked --all-targets -- -D warnings
cargo test --locked --quiet
program=$(cargo build --locked --message-format json | sed -n 's/.*"executable":"\([^"]*\)".*/\1/p')

rm -rf "$SITE"
"$program" build "$SITE" --base "$BASE"
"$program" check "$SITE" --base "$BASE"

# count: the numbers of pages of codes, and of written texts, in each language.
written=$(sed -n 's/^| [0-9]* | | [0-9]* | \([0-9]*\) | |$/\1/p' ../catalog/README.md)
for lang in en fr; do
    pages=$(find "$SITE/$lang" -mindepth 2 -name '*.html' ! -name index.html | wc -l)
    if [ "$pages" != "$written" ]; then
        echo "test: $pages pages of codes in $lang, but the catalog has $written written texts" >&2
        exit 1
    fi
done
urls=$(cat "$SITE"/sitemap-*.xml | grep -c '<loc>')
pages=$(find "$SITE"/en "$SITE"/fr -name '*.html' | wc -l)
[ "$urls" = "$pages" ] || { echo "test: $urls addresses in the sitemap, but $pages pages" >&2; exit 1; }

# The guide names every command, if the program is there.
HEXPLAIN=$(realpath -m "${HEXPLAIN:-../target/release/hexplain}")
if [ -x "$HEXPLAIN" ]; then
    for command in $("$HEXPLAIN" help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
        grep -q "<code>hexplain $command" "$SITE"/en/command-line.html || {
            echo "test: guide/en/command-line.md lacks 'hexplain $command'" >&2
            exit 1
        }
    done
fi

cd test
if ! cmp -s package-lock.json node_modules/.installed-lock; then
    npm ci --ignore-scripts --prefer-offline --silent
    cp package-lock.json node_modules/.installed-lock
fi
find "$SITE" -name '*.html' | LC_ALL=C sort | awk 'NR % 2000 == 1' |
    xargs node_modules/.bin/html-validate --config .htmlvalidate.json "$SITE"/index.html \
        "$SITE"/{en,fr}/{index,install,settings,readings,catalog-format,families,search}.html
timeout --kill-after=10 300 node --test browser.test.mjs
