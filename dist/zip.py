#!/usr/bin/env python3
"""zip.py ARCHIVE FOLDER NAME…: packs files and folders of FOLDER, in order and with the time SOURCE_DATE_EPOCH."""

import os
import sys
import time
import zipfile
from pathlib import Path


def files(folder, names):
    for name in names:
        path = Path(folder, name)
        yield from sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]


def pack(archive, folder, names):
    # The format has no earlier time than 1980.
    moment = time.gmtime(max(int(os.environ["SOURCE_DATE_EPOCH"]), 315532800))[:6]
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for file in files(folder, names):
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), moment)
            entry.create_system = 3  # Unix: the mode is kept
            entry.external_attr = (0o100755 if os.access(file, os.X_OK) else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, file.read_bytes())


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    pack(sys.argv[1], sys.argv[2], sys.argv[3:])
