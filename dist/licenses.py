#!/usr/bin/env python3
"""What the program contains besides our own code.

    licenses.py texts TARGET   the licenses of everything that is linked into the program, with their texts
    licenses.py sbom TARGET    the same as a software bill of materials (CycloneDX 1.6, JSON)

Both come from Cargo.lock and from the crates' own files in cargo's registry folder: crates that are only used by build
scripts, procedural macros or tests are not linked and are left out. The output depends on nothing else.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = re.compile(r"(LICEN[CS]E|UNLICENSE|COPYING|COPYRIGHT|NOTICE)([-_. ].*)?", re.IGNORECASE)


def linked(target):
    """The packages linked into the program for the target, and the packages that each of them uses."""
    command = [os.environ.get("CARGO", "cargo"), "metadata", "--locked", "--format-version", "1"]
    output = subprocess.run([*command, "--filter-platform", target], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    metadata = json.loads(output.stdout)
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    root = metadata["resolve"]["root"]
    uses, waiting = {}, [root]
    while waiting:
        package = waiting.pop()
        if package in uses:
            continue
        uses[package] = [
            dependency["pkg"]
            for dependency in nodes[package]["deps"]
            if any(kind["kind"] is None for kind in dependency["dep_kinds"])
            and not any("proc-macro" in kind["kind"] for kind in packages[dependency["pkg"]]["targets"])
        ]
        waiting += uses[package]
    return packages, root, uses


def expression(package):
    """The license as an SPDX expression; older crates separate alternatives with a slash."""
    return re.sub(r"\s*/\s*", " OR ", package["license"])


def by_name(packages):
    return sorted(packages, key=lambda package: (package["name"], package["version"]))


def runtime(target):
    """The parts that don't come from crates: a heading, and the files with their licenses."""
    zig = shutil.which("zig")
    zig = Path(zig).resolve().parent / "lib/libc" if zig else Path("zig")
    debian = Path("/usr/share/doc")
    if target.endswith("-musl"):
        yield "musl, the C library (MIT)", [zig / "musl/COPYRIGHT"]
    elif target.endswith("-windows-gnullvm"):
        yield "The runtime of mingw-w64 (public domain and others)", [zig / "mingw/COPYING"]
    elif target.endswith("-windows-gnu"):
        yield "The runtime of mingw-w64 (public domain and others)", [debian / "mingw-w64-common/copyright"]
        heading = "The runtime of GCC (GPL-3.0-or-later WITH GCC-exception-3.1)"
        yield heading, [debian / "gcc-mingw-w64-base/copyright"]


def texts(target):
    packages, root, uses = linked(target)
    crates = by_name(packages[package] for package in uses if package != root)
    print("The program hexplain contains the following libraries. hexplain itself is licensed under")
    print("the MIT license or the Apache License 2.0, at your option.\n")
    groups = {}
    for crate in crates:
        print(f"{crate['name']} {crate['version']} ({expression(crate)})")
        folder = Path(crate["manifest_path"]).parent
        files = [file for file in sorted(folder.iterdir()) if FILES.fullmatch(file.name) and file.is_file()]
        if not files:
            sys.exit(f"licenses: {folder} has no license file")
        for file in files:
            text = file.read_text(encoding="utf-8", errors="replace").strip()
            group = groups.setdefault(" ".join(text.split()), (text, []))
            group[1].append(f"{crate['name']} {crate['version']}")
    parts = list(runtime(target))
    for heading, _ in parts:
        print(heading)
    print("The Rust standard library (MIT OR Apache-2.0), Copyright (c) The Rust Project Contributors: the texts are")
    print("those of libc, below")
    for text, users in groups.values():
        print(f"\n{'-' * 80}\n{', '.join(dict.fromkeys(users))}\n\n{text}")
    for heading, files in parts:
        for file in files:
            if not file.exists():
                sys.exit(f"licenses: {file} is missing; it has the license of: {heading}")
            text = file.read_text(encoding="utf-8", errors="replace").strip()
            print(f"\n{'-' * 80}\n{heading}\n\n{text}")


def sbom(target):
    packages, root, uses = linked(target)
    with open(ROOT / "Cargo.lock", "rb") as lock:
        checksums = {(p["name"], p["version"]): p.get("checksum") for p in tomllib.load(lock)["package"]}

    def reference(package):
        return f"pkg:cargo/{package['name']}@{package['version'].replace('+', '%2B')}"

    def component(package, kind):
        fields = {
            "type": kind,
            "bom-ref": reference(package),
            "name": package["name"],
            "version": package["version"],
            "licenses": [{"expression": expression(package)}],
            "purl": reference(package),
        }
        if checksum := checksums[package["name"], package["version"]]:
            fields["hashes"] = [{"alg": "SHA-256", "content": checksum}]
        return fields

    crates = by_name(packages[package] for package in uses)
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": component(packages[root], "application"),
            "properties": [{"name": "hexplain:target", "value": target}],
        },
        "components": [component(crate, "library") for crate in crates if crate["id"] != root],
        "dependencies": [
            {"ref": reference(crate), "dependsOn": sorted({reference(packages[used]) for used in uses[crate["id"]]})}
            for crate in crates
        ],
    }
    # The same content has the same number.
    digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).digest()
    document["serialNumber"] = f"urn:uuid:{uuid.UUID(bytes=digest[:16], version=4)}"
    print(json.dumps(document, indent=2))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["texts", target]:
            texts(target)
        case ["sbom", target]:
            sbom(target)
        case _:
            sys.exit(__doc__)
