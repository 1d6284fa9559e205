#!/usr/bin/env bash
# Builds the files of a release for each TARGET, and their checksums.
#
#   dist/build.sh TARGET…                  the targets are those that dist/toolchain.sh lists
#   dist/build.sh --binary FILE TARGET     packs a finished program instead of building one
#   dist/build.sh all                      all targets
#
# In target/dist (or $OUT), for each target:
#
#   hexplain-VERSION-TARGET.tar.gz, .zip   the program, its man page, shell completions and licenses
#   hexplain-VERSION-TARGET.cdx.json       what is linked into the program (CycloneDX)
#   hexplain_VERSION-1_ARCH.deb            for *-linux-gnu
#   hexplain-VERSION-py3-none-….whl        for PyPI
#   hexplain-….tgz                         for npm: one per platform, and hexplain-VERSION.tgz, which chooses one
#   hexplain-PLATFORM-VERSION.vsix         for VS Code, and hexplain-VERSION.vsix, with the server as a WebAssembly module
#   SHA256SUMS
#
# Two builds of the same commit with the same compiler give the same bytes. NO_VSIX=1 leaves out the .vsix files, which
# need Node.js and packages from npm; NO_NPM=1 leaves out the packages for npm.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."
root=$PWD

fail() {
    echo "build: $*" >&2
    exit 1
}

binary=
if [[ ${1:-} == --binary ]]; then
    binary=$(realpath "${2:?build: --binary needs a file}")
    shift 2
    (($# == 1)) || fail "--binary needs exactly one target"
fi
(($# > 0)) || fail "no target: see the first lines of $0"
mapfile -t known < <(dist/toolchain.sh)
[[ $1 != all ]] || set -- "${known[@]}"
for target; do
    [[ " ${known[*]} " == *" $target "* ]] || fail "unknown target $target; known targets: ${known[*]}"
done

version=$(python3 -c 'import tomllib; print(tomllib.load(open("Cargo.toml", "rb"))["package"]["version"])')
targetdir=$(realpath -m "${CARGO_TARGET_DIR:-target}")
out=$(realpath -m "${OUT:-$targetdir/dist}")
mkdir -p "$out"
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH LC_ALL=C TZ=UTC
umask 022
path=$PATH flags=${RUSTFLAGS:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# compile TARGET: prints the path of the program.
compile() {
    local target=$1 sysroot file
    # The folders of this machine don't belong in the program.
    sysroot=$("${RUSTC:-rustc}" --print sysroot)
    RUSTFLAGS="${RUSTFLAGS:-} --remap-path-prefix=$root=/hexplain"
    RUSTFLAGS+=" --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
    RUSTFLAGS+=" --remap-path-prefix=$(realpath -m "$sysroot/lib/rustlib/src/rust")=/rust"
    export RUSTFLAGS
    # shellcheck disable=SC2086 # several words
    CARGO_TARGET_DIR=$targetdir $HEXPLAIN_CARGO --release --locked --target "$HEXPLAIN_TARGET" --bin hexplain >&2
    file=$targetdir/$target/release/hexplain
    [[ $target != *-windows-* ]] || file+=.exe
    echo "$file"
}

# host: prints the path of a program of this version that runs here. It writes the man page and the completions, which
# are the same for all targets.
host() {
    local file
    for file in "$binary" "$targetdir"/{"$(uname -m)-unknown-linux-"{gnu,musl}/,}release/hexplain; do
        if [[ -x $file && $("$file" --version 2> /dev/null) == "hexplain $version" ]]; then
            echo "$file"
            return
        fi
    done
    # Without what the target has set.
    env -u CARGO -u RUSTC -u RUSTC_BOOTSTRAP PATH="$path" RUSTFLAGS="$flags" CARGO_TARGET_DIR="$targetdir" \
        cargo build --release --locked --bin hexplain >&2
    echo "$targetdir/release/hexplain"
}

# documents FOLDER TARGET: what every package contains besides the program.
documents() {
    local folder=$1 target=$2 tool
    tool=$(host)
    mkdir -p "$folder/completions"
    "$tool" man > "$folder/hexplain.1"
    "$tool" completions bash > "$folder/completions/hexplain.bash"
    "$tool" completions zsh > "$folder/completions/_hexplain"
    "$tool" completions fish > "$folder/completions/hexplain.fish"
    "$tool" completions powershell > "$folder/completions/_hexplain.ps1"
    "$tool" completions elvish > "$folder/completions/hexplain.elv"
    cp LICENSE-APACHE LICENSE-MIT CHANGELOG.md "$folder"
    cp dist/package.md "$folder/README.md"
    dist/licenses.py texts "$target" > "$folder/THIRD-PARTY-LICENSES.txt"
    find "$folder" -type f -exec chmod 644 {} +
}

# archive FOLDER PROGRAM NAME TARGET
archive() {
    local folder=$1 program=$2 name=$3 target=$4 root=$work/archive/$3
    rm -rf "$work/archive"
    mkdir -p "$work/archive"
    cp -R "$folder" "$root"
    install -m 755 "$program" "$root/"
    if [[ $target == *-windows-* ]]; then
        rm -f "$out/$name.zip"
        dist/zip.py "$out/$name.zip" "$work/archive" "$name"
    else
        tar --create --directory "$work/archive" --sort=name --owner=0 --group=0 --numeric-owner --format=gnu \
            --mtime="@$SOURCE_DATE_EPOCH" "$name" | gzip -9n > "$out/$name.tar.gz"
    fi
}

# deb FOLDER PROGRAM TARGET
deb() {
    local folder=$1 program=$2 target=$3 tree=$work/deb architecture depends size
    local maintainer='hexplain maintainers <maintainers@hexplain.invalid>'
    case $target in
        x86_64-*) architecture=amd64 ;;
        aarch64-*) architecture=arm64 ;;
    esac
    depends="libc6 (>= $(dist/wheel.py --glibc "$program"))"
    # The unwinder, where it isn't a part of the program.
    if grep -q libgcc_s.so.1 "$program"; then depends+=', libgcc-s1'; fi
    rm -rf "$tree"
    install -D -m 755 "$program" "$tree/usr/bin/hexplain"
    install -D -m 644 "$folder/completions/hexplain.bash" "$tree/usr/share/bash-completion/completions/hexplain"
    install -D -m 644 "$folder/completions/_hexplain" "$tree/usr/share/zsh/vendor-completions/_hexplain"
    install -D -m 644 "$folder/completions/hexplain.fish" "$tree/usr/share/fish/vendor_completions.d/hexplain.fish"
    mkdir -p "$tree/usr/share/man/man1" "$tree/usr/share/doc/hexplain" "$tree/DEBIAN"
    gzip -9nc "$folder/hexplain.1" > "$tree/usr/share/man/man1/hexplain.1.gz"
    gzip -9nc CHANGELOG.md > "$tree/usr/share/doc/hexplain/changelog.gz"
    {
        printf 'hexplain (%s-1) unstable; urgency=medium\n\n  * Version %s: see changelog.gz.\n\n' "$version" "$version"
        printf ' -- %s  %s\n' "$maintainer" "$(date --rfc-email --utc --date="@$SOURCE_DATE_EPOCH")"
    } | gzip -9n > "$tree/usr/share/doc/hexplain/changelog.Debian.gz"
    gzip -9nc "$folder/THIRD-PARTY-LICENSES.txt" > "$tree/usr/share/doc/hexplain/THIRD-PARTY-LICENSES.txt.gz"
    {
        echo "hexplain is licensed under the MIT license or the Apache License, Version 2.0, at your option."
        echo "The Apache License is in /usr/share/common-licenses/Apache-2.0."
        echo "THIRD-PARTY-LICENSES.txt.gz has the licenses of the libraries in it."
        echo
        cat LICENSE-MIT
    } > "$tree/usr/share/doc/hexplain/copyright"
    size=$(du -k --apparent-size -s "$tree/usr" | cut -f1)
    cat > "$tree/DEBIAN/control" << END
Package: hexplain
Version: $version-1
Section: utils
Priority: optional
Architecture: $architecture
Maintainer: $maintainer
Installed-Size: $size
Depends: $depends
Homepage: $(python3 -c 'import tomllib; print(tomllib.load(open("Cargo.toml", "rb"))["package"]["homepage"])')
Description: finds the error codes in logs and explains them
 hexplain finds error codes of Windows, Intune, macOS, Linux, databases and
 web services in logs and says what they mean and what to do next, in English
 or French. It is a command line and a language server for editors, and works
 offline.
END
    (cd "$tree" && find usr -type f -print0 | sort -z | xargs -0 md5sum > DEBIAN/md5sums)
    find "$tree" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
    dpkg-deb --root-owner-group -Zxz --build "$tree" "$out" > /dev/null
}

# npm_package FOLDER PROGRAM TARGET
npm_package() {
    local folder=$1 program=$2 target=$3
    rm -rf "$work/npm"
    mkdir "$work/npm"
    dist/npm.py "$program" "$target" "$folder/THIRD-PARTY-LICENSES.txt" "$work/npm/platform"
    (cd "$work/npm" && npm pack --silent --pack-destination "$out" ./platform > /dev/null)
}

# vsix FOLDER PROGRAM TARGET
vsix() {
    local folder=$1 program=$2 target=$3 platform
    case $target in
        x86_64-unknown-linux-gnu) platform=linux-x64 ;;
        aarch64-unknown-linux-gnu) platform=linux-arm64 ;;
        x86_64-unknown-linux-musl) platform=alpine-x64 ;;
        aarch64-unknown-linux-musl) platform=alpine-arm64 ;;
        x86_64-pc-windows-gnu) platform=win32-x64 ;;
        aarch64-pc-windows-gnullvm) platform=win32-arm64 ;;
        x86_64-apple-darwin) platform=darwin-x64 ;;
        aarch64-apple-darwin) platform=darwin-arm64 ;;
    esac
    HEXPLAIN_BINARY=$program HEXPLAIN_LICENSES=$folder/THIRD-PARTY-LICENSES.txt \
        quietly editors/vscode/package.sh "$platform"
    mv "editors/vscode/hexplain-$platform-$version.vsix" "$out"
}

# quietly COMMAND…: shows the command's output only if it fails.
quietly() {
    "$@" > "$work/log" 2>&1 || {
        cat "$work/log" >&2
        fail "failed: $*"
    }
}

for target; do
    echo "build: $target" >&2
    program=$binary
    name=hexplain-$version-$target
    # In a subshell: each target has its own environment.
    (
        setup=$(dist/toolchain.sh "$target")
        eval "$setup"
        if [[ -z $program ]]; then program=$(compile "$target"); fi
        mkdir -p "$work/bin"
        file=$work/bin/hexplain
        [[ $target != *-windows-* ]] || file+=.exe
        install -m 755 "$program" "$file"
        documents "$work/$target" "$target"
        dist/licenses.py sbom "$target" > "$out/$name.cdx.json"
        archive "$work/$target" "$file" "$name" "$target"
        [[ $target != *-linux-gnu ]] || deb "$work/$target" "$file" "$target"
        dist/wheel.py "$file" "$target" "$work/$target/THIRD-PARTY-LICENSES.txt" "$out" > /dev/null
        [[ -n ${NO_NPM:-} ]] || npm_package "$work/$target" "$file" "$target"
        [[ -n ${NO_VSIX:-} ]] || vsix "$work/$target" "$file" "$target"
    )
done
if [[ -z ${NO_NPM:-} ]]; then
    dist/npm.py chooser "$work/chooser"
    (cd "$work" && npm pack --silent --pack-destination "$out" ./chooser > /dev/null)
fi
if [[ -z ${NO_VSIX:-} ]]; then
    quietly editors/vscode/package.sh
    mv "editors/vscode/hexplain-$version.vsix" "$out"
fi
rm -f "$out/SHA256SUMS"
(cd "$out" && find . -maxdepth 1 -type f -printf '%f\0' | sort -z | xargs -0 sha256sum --) > "$work/SHA256SUMS"
mv "$work/SHA256SUMS" "$out"
echo "build: finished: $out" >&2
