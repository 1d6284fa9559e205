#!/usr/bin/env python3
"""wheel.py BINARY TARGET LICENSES OUT: makes a wheel for PyPI from the finished program and prints its path.
wheel.py --glibc BINARY: prints the oldest glibc that the program runs with.

`pip install` puts the program on the PATH. There is no Python code in it, so the wheel fits every version of Python.
LICENSES is the file with the licenses of the libraries. The tag of a program for glibc is that of the newest version
that its symbols need.
"""

import base64
import hashlib
import re
import shutil
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from zip import files, pack

ROOT = Path(__file__).resolve().parent.parent
ARCHITECTURES = {"x86_64": ("x86_64", "amd64"), "aarch64": ("aarch64", "arm64")}


def glibc(binary):
    """The newest version of glibc that the program's symbols need, such as (2, 17)."""
    found = re.findall(rb"\0GLIBC_(\d+)\.(\d+)", binary.read_bytes())
    return max(((int(major), int(minor)) for major, minor in found), default=(2, 17))


def platform(target, binary):
    linux, other = ARCHITECTURES[target.split("-")[0]]
    if target.endswith("-linux-musl"):
        return f"musllinux_1_1_{linux}"  # static: any version would do
    if target.endswith("-linux-gnu"):
        major, minor = max(glibc(binary), (2, 17))
        old = f".manylinux2014_{linux}" if (major, minor) == (2, 17) else ""
        return f"manylinux_{major}_{minor}_{linux}{old}"
    if "-windows-" in target:
        return f"win_{other}"
    if target.endswith("-apple-darwin"):
        return f"macosx_11_0_{'arm64' if other == 'arm64' else 'x86_64'}"
    sys.exit(f"wheel: no tag for {target}")


def main(binary, target, licenses, out):
    binary = Path(binary)
    cargo = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))["package"]
    name, version = cargo["name"], cargo["version"]
    tag = f"py3-none-{platform(target, binary)}"
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        scripts = folder / f"{name}-{version}.data/scripts"
        info = folder / f"{name}-{version}.dist-info"
        scripts.mkdir(parents=True)
        (info / "licenses").mkdir(parents=True)
        program = scripts / (f"{name}.exe" if "-windows-" in target else name)
        shutil.copyfile(binary, program)
        program.chmod(0o755)
        texts = [ROOT / "LICENSE-APACHE", ROOT / "LICENSE-MIT", Path(licenses)]
        for text in texts:
            shutil.copyfile(text, info / "licenses" / text.name)
        metadata = [
            "Metadata-Version: 2.4",
            f"Name: {name}",
            f"Version: {version}",
            f"Summary: {cargo['description']}",
            f"Keywords: {','.join(cargo['keywords'])}",
            f"License-Expression: {cargo['license']}",
            *(f"License-File: {text.name}" for text in texts),
            f"Project-URL: Homepage, {cargo['homepage']}",
            f"Project-URL: Repository, {cargo['repository']}",
            "Classifier: Environment :: Console",
            "Classifier: Intended Audience :: System Administrators",
            "Classifier: Topic :: System :: Logging",
            "Requires-Python: >=3.7",
            "Description-Content-Type: text/markdown",
            "",
            (ROOT / "dist/package.md").read_text(encoding="utf-8"),
        ]
        (info / "METADATA").write_text("\n".join(metadata), encoding="utf-8")
        # A tag with several platforms stands for one line per platform.
        tags = "".join(f"Tag: py3-none-{part}\n" for part in tag.removeprefix("py3-none-").split("."))
        wheel = f"Wheel-Version: 1.0\nGenerator: hexplain\nRoot-Is-Purelib: false\n{tags}"
        (info / "WHEEL").write_text(wheel, encoding="utf-8")
        rows = []
        for file in files(folder, [scripts.parent, info]):
            digest = base64.urlsafe_b64encode(hashlib.sha256(file.read_bytes()).digest()).rstrip(b"=").decode()
            rows.append(f"{file.relative_to(folder).as_posix()},sha256={digest},{file.stat().st_size}\n")
        record = info / "RECORD"
        record.write_text("".join(rows) + f"{record.relative_to(folder).as_posix()},,\n", encoding="utf-8")
        path = Path(out, f"{name}-{version}-{tag}.whl")
        pack(path, folder, [scripts.parent.name, info.name])
    with zipfile.ZipFile(path) as wheel:
        assert wheel.testzip() is None
    print(path)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--glibc", binary]:
            print(".".join(map(str, glibc(Path(binary)))))
        case [binary, target, licenses, out]:
            main(binary, target, licenses, out)
        case _:
            sys.exit(__doc__)
