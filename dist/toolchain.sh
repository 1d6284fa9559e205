#!/usr/bin/env bash
# Installs what a build for TARGET needs, and prints shell lines that set it up:
#
#   eval "$(dist/toolchain.sh x86_64-pc-windows-gnu)"
#   $HEXPLAIN_CARGO --release --locked --target "$HEXPLAIN_TARGET"    # instead of `cargo build`
#
# dist/toolchain.sh without TARGET lists the targets. The lines set:
#
#   HEXPLAIN_CARGO       the words of the command to use instead of `cargo build`
#   HEXPLAIN_CARGO_TEST  the same for `cargo test`, for targets whose programs can run here
#   HEXPLAIN_TARGET      the argument of --target, which may contain a version of glibc; cargo's output folder is named
#                        after the target without it
#   PATH, RUSTC, RUSTFLAGS, … as needed. Extend RUSTFLAGS instead of replacing it.
#
# If the Rust on the PATH has the target's standard library (`rustup target add TARGET`), it is used. If not, the library
# is built from source, with Debian's compiler and its source package.
set -euo pipefail

zig=0.17.1
zigbuild=0.24.1
targets=(
    x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu
    x86_64-unknown-linux-musl aarch64-unknown-linux-musl
    x86_64-pc-windows-gnu aarch64-pc-windows-gnullvm
    x86_64-apple-darwin aarch64-apple-darwin
)
# The oldest glibc that Rust supports.
glibc=2.17

if (($# == 0)); then
    printf '%s\n' "${targets[@]}"
    exit
fi
target=$1
if [[ " ${targets[*]} " != *" $target "* ]]; then
    echo "toolchain: unknown target $target; known targets: ${targets[*]}" >&2
    exit 2
fi
cache=${XDG_CACHE_HOME:-$HOME/.cache}/hexplain

# debian PACKAGE…: installs those that are missing.
debian() {
    dpkg -s "$@" > /dev/null 2>&1 && return
    if ! command -v apt-get > /dev/null; then
        echo "toolchain: $target needs $*: install them, or 'rustup target add $target'" >&2
        exit 1
    fi
    local root=()
    ((EUID == 0)) || root=(sudo)
    {
        "${root[@]}" apt-get -o DPkg::Lock::Timeout=300 update -qq
        "${root[@]}" apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "$@"
    } >&2
}

# zig and cargo-zigbuild: one linker, with the C libraries of all targets. The hashes are those of x86_64 and aarch64.
install_zig() {
    local folder=$cache/zig-$zig-$zigbuild new
    if [[ ! -d $folder ]]; then
        mkdir -p "$cache"
        new=$(mktemp -d "$cache/zig.XXXXXX")
        cat > "$new/requirements.txt" << END
ziglang==$zig \\
  --hash=sha256:ea6cc5d87b033cf0aedfbc8f9549a908cae6c50ac31f1698188fa48a74524b54 \\
  --hash=sha256:b7c5f02fccd40f89b999ee16a1f5ddced56e6182370f8affe494bcf8a28cf07e
cargo-zigbuild==$zigbuild \\
  --hash=sha256:238a1ab54a95053a4eadc34775c81f795a8ad75f80bfed63f3f445f518102375 \\
  --hash=sha256:07c5e3dcddf208500462ec927c556bb306cca2b533b0abe29446bffb63767b85
END
        PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1 python3 -m pip install --quiet --no-deps \
            --require-hashes --only-binary :all: --target "$new/packages" --requirement "$new/requirements.txt" >&2
        mkdir "$new/bin"
        ln -s ../packages/bin/cargo-zigbuild "$new/bin/cargo-zigbuild"
        ln -s ../packages/ziglang/zig "$new/bin/zig"
        # Another build may have been faster.
        mv -T "$new" "$folder" 2> /dev/null || rm -rf "$new"
    fi
    path=$folder/bin:$path
}

has_std() {
    local folder
    folder=$("$1" --print target-libdir --target "$target" 2> /dev/null) && compgen -G "$folder/libstd-*" > /dev/null
}

path=
environment=()
cargo=cargo
options=()
if ! has_std "${RUSTC:-rustc}"; then
    # The packaged compiler beside rustup's: its source package matches it exactly.
    debian rustc-web cargo-web rust-web-src gcc
    mkdir -p "$cache/rust-web"
    ln -sf /usr/bin/cargo /usr/bin/rustc "$cache/rust-web"
    path=$cache/rust-web:$path
    cargo=$cache/rust-web/cargo
    # Building std as part of the crate's build is an unstable feature.
    environment+=("RUSTC=$cache/rust-web/rustc" "CARGO=$cargo" RUSTC_BOOTSTRAP=1)
    options=(-Z "build-std=std,panic_unwind")
fi

linker=zig
argument=$target
runs=
flags=${RUSTFLAGS:-}
case $target in
    *-linux-gnu)
        argument=$target.$glibc
        ;;
    *-linux-musl)
        # zig has musl's start files; Rust's own are only in rustup's library.
        flags="$flags -Clink-self-contained=no"
        ;;
    x86_64-pc-windows-gnu)
        linker=mingw
        runs=wine
        debian gcc-mingw-w64-x86-64-posix
        environment+=(
            CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER=x86_64-w64-mingw32-gcc-posix
            CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER=wine
        )
        ;;
    *-apple-darwin)
        environment+=(MACOSX_DEPLOYMENT_TARGET=11.0)
        ;;
esac
environment+=("RUSTFLAGS=${flags# }")

build=("$cargo" build "${options[@]}")
if [[ $linker == zig ]]; then
    install_zig
    build=(cargo-zigbuild zigbuild "${options[@]}")
fi

for line in "${environment[@]}"; do
    printf 'export %s=%q\n' "${line%%=*}" "${line#*=}"
done
# shellcheck disable=SC2016 # the caller expands it
printf 'export PATH=%q"$PATH"\n' "$path"
printf 'export HEXPLAIN_CARGO=%q\n' "${build[*]}"
# The test harness is a part of the standard library, too.
[[ $runs != wine ]] || printf 'export HEXPLAIN_CARGO_TEST=%q\n' "$cargo test ${options[*]/%panic_unwind/panic_unwind,test}"
printf 'export HEXPLAIN_TARGET=%q\n' "$argument"
