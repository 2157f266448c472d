"""The program that proves an archive, as one file that goes into the archive: Python 3.10 runs it anywhere."""

import io
import zipfile
from pathlib import Path

NAME = "verify_export.pyz"
PACKAGE = "support_retainer"
MAIN = b"import sys\n\nfrom support_retainer.archive.__main__ import main\n\nsys.exit(main())\n"
MOMENT = (1980, 1, 1, 0, 0, 0)


def program() -> bytes:
    """A zip of this package's source with a line that says what runs it; always the same bytes."""
    here = Path(__file__).parent
    files = {f"{PACKAGE}/__init__.py": (here.parent / "__init__.py").read_bytes(), "__main__.py": MAIN}
    files |= {f"{PACKAGE}/{here.name}/{file.name}": file.read_bytes() for file in sorted(here.glob("*.py"))}
    kept = io.BytesIO()
    kept.write(b"#!/usr/bin/env python3\n")
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, MOMENT)
            info.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(info, content)
    return kept.getvalue()
