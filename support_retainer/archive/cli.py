"""`python -m support_retainer verify-export FILE`: prove an archive; needs Python alone, and MariaDB for --restore."""

import argparse
import getpass
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from support_retainer.archive.restore import Server, restore_and_compare
from support_retainer.archive.verify import Proof, verify

EPILOG = """\
FILE is the archive or any one of its parts (NAME.zip.001). --restore makes a database, loads the dump into it,
compares every table with its CSV file, and drops the database again; the user needs the right to create databases.
The passphrase of an encrypted archive is asked for, or read from EXPORT_PASSPHRASE; the password of the database
user is read from MYSQL_PWD.

exit code: 0 the archive is whole, 1 it is not, 2 it was not checked, or not restored though that was asked.
"""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="verify-export",
        description="Check an export: checksums, CSV files, row counts against the dump.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("file", type=Path)
    made.add_argument("--restore", action="store_true", help="load the dump into a scratch database and compare")
    made.add_argument("--manifest-sha256", default="", metavar="SHA256", help="of the manifest, as it was told to you")
    made.add_argument("--json", action="store_true", help="print JSON for scripts")
    made.add_argument("--user", help="database user for --restore")
    made.add_argument("--host", help="database host for --restore")
    made.add_argument("--socket", help="database socket for --restore")
    return made


def main(words: Sequence[str]) -> int:
    options = parser().parse_args(words)
    if not options.file.exists():
        print(f"{options.file}: there is no such file", file=sys.stderr)
        return 2
    # A scratch database is dropped on the way out; the default for SIGTERM has no way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    server = server_of(options) if options.restore else None
    proof = prove(options.file, server, passphrase_for(options.file), options.manifest_sha256)
    print(json.dumps(proof.as_dict(), indent=1) if options.json else "\n".join(proof.lines()))
    return 2 if proof.not_restored else 0 if proof.is_whole else 1


def server_of(options: argparse.Namespace) -> Server:
    given = {key: getattr(options, key) for key in ("user", "host", "socket")}
    return Server(tuple(f"--{key}={value}" for key, value in given.items() if value))


def prove(file: Path, server: Server | None, passphrase: str, manifest_sha256: str = "") -> Proof:
    """Verify, and with a server restore too, where the archive is whole enough for that."""
    proof = verify(file, passphrase, manifest_sha256)
    if server and proof.is_whole:
        restore_and_compare(file, proof, server, passphrase)
    return proof


def passphrase_for(file: Path) -> str:
    if ".gpg" not in file.suffixes:
        return ""
    return os.environ.get("EXPORT_PASSPHRASE") or getpass.getpass("Passphrase of the archive: ")
