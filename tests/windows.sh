#!/usr/bin/env bash
# Builds for Windows and runs under Wine: all tests, an LSP session among them, and the command line over all logs,
# whose output has to be that of Linux. `tests/windows.sh light` leaves out the tests that other systems have too.
#
# The standard library for that target is built from Debian's source package, with the compiler that belongs to it.
set -euo pipefail
cd "$(dirname "$0")/.."

cache=${XDG_CACHE_HOME:-$HOME/.cache}/hexplain/windows
target=x86_64-pc-windows-gnu
packages=(rustc-web cargo-web rust-web-src rust-web-clippy gcc-mingw-w64-x86-64-posix wine wine64)
if ! dpkg -s "${packages[@]}" > /dev/null 2>&1; then
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${packages[@]}"
fi

# The packaged compiler instead of rustup's. Building its std as part of the crate's build is an unstable feature.
cargo=(nice -n 10 /usr/bin/cargo)
export RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$cache/target
export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER=x86_64-w64-mingw32-gcc-posix
export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER=wine
export CARGO_PROFILE_DEV_DEBUG=0
build=(--locked --target "$target" -Z build-std=std,panic_unwind,test)

# Wine 8 has no ProcessPrng, which std imports.
export WINEPREFIX=$cache/wine WINEDEBUG=-all DISPLAY=
if [[ ! -e $WINEPREFIX/ready ]]; then
    mkdir -p "$cache"
    wineboot -i > /dev/null 2>&1
    cat > "$cache/prng.c" <<< '
        unsigned char __stdcall SystemFunction036(void *, unsigned long);
        __declspec(dllexport) int __stdcall ProcessPrng(unsigned char *to, unsigned long long count) {
            return SystemFunction036(to, (unsigned long)count);
        }'
    x86_64-w64-mingw32-gcc-posix -shared -s -o "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" \
        "$cache/prng.c" -ladvapi32
    # \\127.0.0.1\c$ and \\127.0.0.1\z$, as on Windows.
    mkdir -p "$WINEPREFIX/dosdevices/unc/127.0.0.1"
    ln -sfn "$WINEPREFIX/drive_c" "$WINEPREFIX/dosdevices/unc/127.0.0.1/c\$"
    ln -sfn / "$WINEPREFIX/dosdevices/unc/127.0.0.1/z\$"
    touch "$WINEPREFIX/ready"
fi
wineserver -p
trap 'wineserver -k' EXIT

# Cargo would find rustup's clippy first.
CARGO=/usr/bin/cargo nice -n 10 /usr/bin/cargo-clippy clippy "${build[@]}" --all-targets -- -D warnings
if [[ ${1:-} == light ]]; then
    "${cargo[@]}" test "${build[@]}" --test windows --test uris
else
    "${cargo[@]}" test "${build[@]}"
fi

# The command line over all logs, in every format and both languages.
"${cargo[@]}" build --locked
linux=$CARGO_TARGET_DIR/debug/hexplain
windows=$CARGO_TARGET_DIR/$target/debug/hexplain.exe
logs=(tests/logs/*)
same() {
    if ! cmp <("$linux" "$@") <(wine "$windows" "$@"); then
        echo "different on Windows: hexplain $*" >&2
        exit 1
    fi
}
for locale in en fr; do
    for format in text json sarif; do
        same --locale "$locale" scan --format "$format" "${logs[@]}"
    done
    same --locale "$locale" explain 0x87D1FDE8 -2016281112 'SyncML(404)' 404
    same --locale "$locale" explain --why 'failed: 0x80070005, exit code 1603'
    same --locale "$locale" catalog export
done
same completions powershell
echo "the output on Windows is that on Linux: ${#logs[@]} logs"
