#!/usr/bin/env bash
# Fills in the manifests of package managers from the templates in dist/manifests and the archives that dist/build.sh
# made.
#
#   dist/manifests.sh [VERSION]   writes them to target/dist/manifests (or $OUT/manifests)
#
# VERSION must be that of Cargo.toml. Without the archives of all targets it fails; with PARTIAL=1, it makes up
# the missing checksums, to check the rest.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."

field() { python3 -c 'import sys, tomllib; print(tomllib.load(open("Cargo.toml", "rb"))["package"][sys.argv[1]])' "$1"; }
version=$(field version)
if [[ ${1:-$version} != "$version" ]]; then
    echo "manifests: Cargo.toml has version $version, not $1" >&2
    exit 1
fi
repository=$(field repository)
name=${repository##*/}
owner=${repository%/*}
owner=${owner##*/}
out=$(realpath -m "${OUT:-${CARGO_TARGET_DIR:-target}/dist}")
folder=$out/manifests

script=$(mktemp)
trap 'rm -f "$script"' EXIT
{
    printf 's|@VERSION@|%s|g\n' "$version"
    printf 's|@REPOSITORY@|%s|g\n' "$repository"
    printf 's|@HOMEPAGE@|%s|g\n' "$(field homepage)"
    printf 's|@DOWNLOADS@|%s/releases/download/v%s|g\n' "$repository" "$version"
    printf 's|@OWNER@|%s|g\ns|@NAME@|%s|g\n' "$owner" "$name"
    for target in $(dist/toolchain.sh); do
        archive=$out/hexplain-$version-$target.tar.gz
        [[ $target != *-windows-* ]] || archive=${archive%.tar.gz}.zip
        if [[ -f $archive ]]; then
            sum=$(sha256sum "$archive" | cut -d' ' -f1)
        elif [[ -n ${PARTIAL:-} ]]; then
            sum=$(printf 'f%.0s' {1..64})
            echo "manifests: no ${archive##*/}: a made-up checksum" >&2
        else
            echo "manifests: $archive is missing: run dist/build.sh $target" >&2
            exit 1
        fi
        printf 's|@SHA256:%s@|%s|g\n' "$target" "$sum"
    done
} > "$script"

rm -rf "$folder"
cp -R dist/manifests "$folder"
find "$folder" -type f -exec sed -i -f "$script" {} +
if grep -rn '@[A-Z0-9]\+[@:]' "$folder" >&2; then
    echo "manifests: the placeholders above are unknown" >&2
    exit 1
fi

# What the Dockerfile copies.
for pair in amd64:x86_64 arm64:aarch64; do
    archive=$out/hexplain-$version-${pair#*:}-unknown-linux-musl
    [[ -f $archive.tar.gz ]] || continue
    mkdir "$folder/docker/${pair%:*}"
    tar -xzf "$archive.tar.gz" -C "$folder/docker/${pair%:*}" --strip-components=1 \
        "${archive##*/}/hexplain" "${archive##*/}/THIRD-PARTY-LICENSES.txt"
done
cp LICENSE-MIT LICENSE-APACHE "$folder/docker"

# AUR wants the same facts in a second form, which makepkg writes.
if command -v makepkg > /dev/null; then
    if ((EUID == 0)); then
        # makepkg refuses to run as root.
        copy=$(mktemp -d)
        cp "$folder/aur/PKGBUILD" "$copy"
        chmod -R a+rwX "$copy"
        (cd "$copy" && setpriv --reuid=65534 --regid=65534 --clear-groups makepkg --printsrcinfo) > "$folder/aur/.SRCINFO"
        rm -rf "$copy"
    else
        (cd "$folder/aur" && makepkg --printsrcinfo) > "$folder/aur/.SRCINFO"
    fi
else
    echo "manifests: no makepkg here, so no .SRCINFO for AUR" >&2
fi
echo "$folder"
