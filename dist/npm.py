#!/usr/bin/env python3
"""npm.py BINARY TARGET LICENSES FOLDER: writes the package of a platform to FOLDER.
npm.py chooser FOLDER: writes the package `hexplain`, which installs the right one of them and starts it.

`npm pack FOLDER` makes the file to publish.
"""

import json
import shutil
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The package's suffix, and what npm compares with the machine.
PLATFORMS = {
    "x86_64-unknown-linux-gnu": ("linux-x64", {"os": ["linux"], "cpu": ["x64"], "libc": ["glibc"]}),
    "aarch64-unknown-linux-gnu": ("linux-arm64", {"os": ["linux"], "cpu": ["arm64"], "libc": ["glibc"]}),
    "x86_64-unknown-linux-musl": ("linux-x64-musl", {"os": ["linux"], "cpu": ["x64"], "libc": ["musl"]}),
    "aarch64-unknown-linux-musl": ("linux-arm64-musl", {"os": ["linux"], "cpu": ["arm64"], "libc": ["musl"]}),
    "x86_64-pc-windows-gnu": ("win32-x64", {"os": ["win32"], "cpu": ["x64"]}),
    "aarch64-pc-windows-gnullvm": ("win32-arm64", {"os": ["win32"], "cpu": ["arm64"]}),
    "x86_64-apple-darwin": ("darwin-x64", {"os": ["darwin"], "cpu": ["x64"]}),
    "aarch64-apple-darwin": ("darwin-arm64", {"os": ["darwin"], "cpu": ["arm64"]}),
}


def cargo():
    return tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))["package"]


def common(name, description):
    return {
        "name": name,
        "version": cargo()["version"],
        "description": description,
        "license": "(MIT OR Apache-2.0)",
        "homepage": cargo()["homepage"],
        "repository": {"type": "git", "url": f"git+{cargo()['repository']}.git"},
    }


def write(folder, package, readme, texts):
    for text in [ROOT / "LICENSE-APACHE", ROOT / "LICENSE-MIT", *texts]:
        shutil.copyfile(text, folder / text.name)
    (folder / "README.md").write_text(readme, encoding="utf-8")
    (folder / "package.json").write_text(json.dumps(package, indent=2) + "\n", encoding="utf-8")


def platform(binary, target, licenses, folder):
    suffix, machine = PLATFORMS[target]
    name = f"@hexplain/{suffix}"
    program = folder / "bin" / ("hexplain.exe" if "-windows-" in target else "hexplain")
    program.parent.mkdir(parents=True)
    shutil.copyfile(binary, program)
    program.chmod(0o755)
    package = {
        **common(name, f"hexplain for {target}; install the package hexplain instead"),
        **machine,
        "files": ["bin", "LICENSE-*", Path(licenses).name],
        "preferUnplugged": True,
    }
    readme = f"# {name}\n\nThe program for {target}. Install the package `hexplain`, which chooses the right one.\n"
    write(folder, package, readme, [Path(licenses)])


def chooser(folder):
    folder.mkdir(parents=True)
    shutil.copyfile(ROOT / "dist/npm/hexplain.js", folder / "hexplain.js")
    (folder / "hexplain.js").chmod(0o755)
    version = cargo()["version"]
    package = {
        **common("hexplain", cargo()["description"]),
        "keywords": cargo()["keywords"],
        "bin": {"hexplain": "hexplain.js"},
        "files": ["hexplain.js", "LICENSE-*"],
        "engines": {"node": ">=14"},
        "optionalDependencies": {f"@hexplain/{suffix}": version for suffix, _ in sorted(PLATFORMS.values(), key=str)},
    }
    write(folder, package, (ROOT / "dist/package.md").read_text(encoding="utf-8"), [])


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["chooser", folder]:
            chooser(Path(folder))
        case [binary, target, licenses, folder]:
            platform(binary, target, licenses, Path(folder))
        case _:
            sys.exit(__doc__)
