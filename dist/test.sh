#!/usr/bin/env bash
# Installs the files that dist/build.sh made, each in a folder of its own, and uses what was installed.
#
#   dist/test.sh           all files in target/dist (or $OUT) that fit this machine
#   dist/test.sh deb npm   only these: archive, deb, wheel, npm, vsix, neovim, docker, sums, sbom
#
# Programs for other processors run under qemu-user-static if it is installed, those for Windows in the Wine that
# tests/windows.sh has set up.
set -euo pipefail
shopt -s nullglob inherit_errexit
cd "$(dirname "$0")/.."

out=$(realpath -m "${OUT:-${CARGO_TARGET_DIR:-target}/dist}")
version=$(python3 -c 'import tomllib; print(tomllib.load(open("Cargo.toml", "rb"))["package"]["version"])')
log=$PWD/tests/logs/mdm-events.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export npm_config_update_notifier=false npm_config_fund=false npm_config_audit=false LC_ALL=C.UTF-8
export PIP_DISABLE_PIP_VERSION_CHECK=1 WINEDEBUG=-all DISPLAY=
export WINEPREFIX=${WINEPREFIX:-${XDG_CACHE_HOME:-$HOME/.cache}/hexplain/windows/wine}

case $(uname -m) in
    x86_64) processor=x86_64 deb=amd64 node=x64 ;;
    aarch64) processor=aarch64 deb=arm64 node=arm64 ;;
esac
passed=0 failed=0 skipped=0

# use COMMAND…: the installed program explains a code, scans a log and prints its version.
use() {
    local text
    text=$("$@" --version)
    [[ ${text%$'\r'} == "hexplain $version" ]] || { echo "--version: $text"; return 1; }
    text=$("$@" --locale en explain 0x80070005)
    [[ $text == *E_ACCESSDENIED* ]] || { echo "explain: $text"; return 1; }
    text=$("$@" --locale fr explain 0x80070005)
    [[ $text == *"refus"* ]] || { echo "explain in French: $text"; return 1; }
    text=$("$@" scan --format json "$log")
    (($(wc -l <<< "$text") > 5)) && [[ $text == *'"0x87D10194"'* ]] || { echo "scan: $text"; return 1; }
}

# check NAME FUNCTION ARGUMENT…: runs a test and counts it.
check() {
    local name=$1 status=0
    shift
    # Not as a condition: a function's commands would go on after a failure.
    set +e
    (
        set -e
        "$@"
    ) > "$work/output" 2>&1
    status=$?
    set -e
    if ((status == 0)); then
        passed=$((passed + 1))
        echo "passed: $name"
    else
        failed=$((failed + 1))
        echo "FAILED: $name"
        sed 's/^/    /' "$work/output"
    fi
}

skip() {
    skipped=$((skipped + 1))
    echo "skipped: $*"
}

# The words that start a program for a target on this machine; nothing if there are none.
runner() {
    case $1 in
        "$processor"-unknown-linux-*) echo env ;;
        *-unknown-linux-*) command -v "qemu-${1%%-*}-static" ;;
        x86_64-pc-windows-*) [[ -e $WINEPREFIX/ready ]] && command -v wine ;;
        *) false ;;
    esac
}

archive() {
    local file=$1 target=$2 folder=$work/archive-$2 name=hexplain-$version-$2 program words=() part
    mkdir "$folder"
    case $file in
        *.zip) python3 -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])' "$file" "$folder" ;;
        *) tar -xzf "$file" -C "$folder" ;;
    esac
    for part in hexplain.1 README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE THIRD-PARTY-LICENSES.txt \
        completions/{hexplain.bash,_hexplain,hexplain.fish,_hexplain.ps1,hexplain.elv}; do
        [[ -s $folder/$name/$part ]] || { echo "missing: $part"; return 1; }
    done
    bash -n "$folder/$name/completions/hexplain.bash"
    program=$folder/$name/hexplain
    [[ $target != *-windows-* ]] || program+=.exe
    chmod +x "$program"
    read -ra words <<< "$(runner "$target")"
    if [[ $target == "$processor"-*-musl && $EUID == 0 ]]; then
        # Static: it runs in an empty root.
        mkdir "$folder/root"
        cp "$program" "$folder/root"
        [[ $(chroot "$folder/root" /hexplain explain 0x80070005) == *E_ACCESSDENIED* ]]
    fi
    [[ ${words[0]} != *qemu* || $target != *-gnu ]] || words+=(-L /usr/aarch64-linux-gnu)
    use "${words[@]}" "$program"
}

deb() {
    local folder=$work/deb
    dpkg-deb --info "$1" > /dev/null
    # In a root of its own: dpkg's database isn't touched. The libraries are this machine's.
    mkdir -p "$folder/var/lib/dpkg/"{info,updates,triggers}
    touch "$folder/var/lib/dpkg/status"
    dpkg --root="$folder" --force-depends --force-not-root --log=/dev/null --install "$1"
    [[ $(dpkg-query --admindir="$folder/var/lib/dpkg" -W -f '${Status} ${Version}' hexplain) == "install ok installed $version-1" ]]
    (cd "$folder" && md5sum --quiet -c var/lib/dpkg/info/hexplain.md5sums)
    for part in man/man1/hexplain.1.gz doc/hexplain/copyright bash-completion/completions/hexplain; do
        [[ -s $folder/usr/share/$part ]] || { echo "missing: $part"; return 1; }
    done
    use "$folder/usr/bin/hexplain"
    # What it depends on is what this system would install.
    ! command -v apt-get > /dev/null || apt-get install --simulate --no-install-recommends "$1" > /dev/null
    dpkg --root="$folder" --force-not-root --log=/dev/null --remove hexplain
    [[ ! -e $folder/usr/bin/hexplain ]]
}

wheel() {
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet --no-index --no-deps "$1"
    use "$work/venv/bin/hexplain"
    "$work/venv/bin/pip" show --files hexplain > "$work/files"
    grep -q THIRD-PARTY-LICENSES "$work/files"
    "$work/venv/bin/pip" uninstall --quiet --yes hexplain
    [[ ! -e $work/venv/bin/hexplain ]]
}

npm_packages() {
    local folder=$work/npm status=0 file part
    mkdir "$folder"
    # Globally, as users install it. The packages of other platforms are optional and, before a release, not to be had.
    npm install --silent --offline --global --prefix "$folder" "$@"
    use "$folder/bin/hexplain"
    for file in "$@"; do
        tar -tzf "$file" > "$work/files"
        for part in LICENSE-MIT LICENSE-APACHE README.md; do
            grep -qx "package/$part" "$work/files" || { echo "no $part in $file"; return 1; }
        done
    done
    "$folder/bin/hexplain" no-such-command 2> /dev/null || status=$?
    ((status == 2)) || { echo "exit status $status instead of 2"; return 1; }
    # A language server ends when its client's pipe does.
    timeout 20 "$folder/bin/hexplain" lsp < /dev/null || status=$?
    ((status != 124)) || { echo "the server did not end"; return 1; }
}

npm_without_program() {
    local folder=$work/npm-alone text
    mkdir "$folder"
    npm install --silent --offline --global --omit=optional --prefix "$folder" "$1"
    text=$("$folder/bin/hexplain" --version 2>&1) && return 1
    [[ $text == *"install @hexplain/"* ]] || { echo "message: $text"; return 1; }
}

vsix() {
    local folder=$work/vsix-${1##*/}
    python3 -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])' "$1" "$folder"
    [[ -s $folder/extension/dist/node.js && -s $folder/extension/dist/THIRD-PARTY-LICENSES.txt ]]
    python3 -c 'import json, sys; assert json.load(open(sys.argv[1]))["version"] == sys.argv[2]' \
        "$folder/extension/package.json" "$version"
    if [[ $2 == bundled ]]; then
        chmod +x "$folder/extension/server/hexplain"
        use "$folder/extension/server/hexplain"
    else
        [[ ! -e $folder/extension/server && -s $folder/extension/dist/hexplain.wasm ]]
    fi
}

# The manifest for nvim-lspconfig, in a real Neovim: it attaches to a log, and a hover explains a code.
neovim() {
    local nvim folder=$work/neovim
    nvim=$(editors/neovim/test/setup.sh)
    mkdir -p "$folder/lsp" "$folder/bin"
    sed "s|@HOMEPAGE@|https://example.com|" dist/manifests/nvim-lspconfig/hexplain.lua > "$folder/lsp/hexplain.lua"
    tar -xzf "$1" -C "$folder/bin" --strip-components=1
    cat > "$folder/test.lua" << 'END'
vim.lsp.enable('hexplain')
vim.filetype.add({ extension = { log = 'log' } })
vim.cmd.edit(vim.env.LOG)
assert(vim.wait(20000, function() return #vim.lsp.get_clients({ name = 'hexplain', bufnr = 0 }) == 1 end, 50), 'no client')
local client = vim.lsp.get_clients({ name = 'hexplain' })[1]
local params = { textDocument = vim.lsp.util.make_text_document_params(0), position = { line = 0, character = 8 } }
local answer = assert(client:request_sync('textDocument/hover', params, 20000, 0))
print(answer.result.contents.value)
assert(answer.result.contents.value:find('E_ACCESSDENIED', 1, true), 'no explanation')
vim.cmd('qa!')
END
    echo 'failed: 0x80070005' > "$folder/test.log"
    PATH=$folder/bin:$PATH LOG=$folder/test.log XDG_CONFIG_HOME=$folder XDG_STATE_HOME=$folder XDG_DATA_HOME=$folder \
        timeout 60 "$nvim" --clean --headless --cmd "set runtimepath+=$folder" -c "lua local ok, e = pcall(dofile, '$folder/test.lua'); if not ok then print(e); vim.cmd('cquit') end"
}

# The image, built and run with buildah, which needs no daemon.
docker() {
    local folder=$work/docker image=hexplain-test container text
    cp -R "$out/manifests/docker" "$folder"
    buildah build --quiet --isolation chroot --storage-driver vfs --platform "linux/$deb" --tag "$image" "$folder"
    container=$(buildah from --storage-driver vfs "$image")
    text=$(buildah run --storage-driver vfs --isolation chroot "$container" -- /hexplain explain 0x80070005) || true
    buildah rm --storage-driver vfs "$container"
    buildah rmi --storage-driver vfs "$image"
    [[ $text == *E_ACCESSDENIED* ]] || { echo "explain: $text"; return 1; }
}

sums() { (cd "$out" && sha256sum --quiet -c SHA256SUMS); }

sbom() { dist/check.sh sbom "$1"; }

((${#@})) || set -- archive deb wheel npm vsix neovim docker sums sbom
for kind; do
    case $kind in
        archive)
            for file in "$out/hexplain-$version"-*.{tar.gz,zip}; do
                target=${file##*/hexplain-"$version"-}
                target=${target%.tar.gz}
                target=${target%.zip}
                if runner "$target" > /dev/null; then
                    check "archive for $target" archive "$file" "$target"
                else
                    skip "archive for $target: nothing here runs it"
                fi
            done
            ;;
        deb)
            for file in "$out/hexplain_$version"-*_"$deb".deb; do check "${file##*/}" deb "$file"; done
            ;;
        wheel)
            # pip knows whether a wheel fits; the static program fits any Linux, but pip wants musl for it.
            for file in "$out/hexplain-$version"-*-manylinux*_"$processor".whl; do check "${file##*/}" wheel "$file"; done
            ;;
        npm)
            files=("$out/hexplain-linux-$node-$version.tgz")
            if [[ -f ${files[0]} && -f $out/hexplain-$version.tgz ]]; then
                check "npm install" npm_packages "${files[@]}" "$out/hexplain-$version.tgz"
                check "npm install without the platform's package" npm_without_program "$out/hexplain-$version.tgz"
            fi
            ;;
        vsix)
            file=$out/hexplain-linux-$node-$version.vsix
            [[ ! -f $file ]] || check "${file##*/}" vsix "$file" bundled
            file=$out/hexplain-$version.vsix
            [[ ! -f $file ]] || check "${file##*/}" vsix "$file" plain
            ;;
        neovim)
            file=$out/hexplain-$version-$processor-unknown-linux-gnu.tar.gz
            [[ ! -f $file ]] || check "nvim-lspconfig in Neovim" neovim "$file"
            ;;
        docker)
            if [[ ! -f $out/manifests/docker/$deb/hexplain ]]; then
                skip "Docker image: run dist/manifests.sh after the build for $processor-unknown-linux-musl"
            elif ! command -v buildah > /dev/null; then
                skip "Docker image: no buildah here"
            else
                check "Docker image" docker
            fi
            ;;
        sums) check "checksums" sums ;;
        sbom) for file in "$out"/*.cdx.json; do check "${file##*/}" sbom "$file"; done ;;
        *)
            echo "test: unknown kind $kind" >&2
            exit 2
            ;;
    esac
done
echo "$passed passed, $failed failed, $skipped skipped"
((passed > 0 && failed == 0))
