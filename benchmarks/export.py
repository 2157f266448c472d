"""CSV of a million rows against mariadb-dump of the same tables, and memory that does not follow the size.

The tables look like ERPNext's: a name, dates, the people who wrote, links, a text with quotes and line feeds, amounts.
`rows` compares rates, `memory` the workers of a small and a large export with files. Arguments choose parts.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter

import frappe

from support_retainer.archive.staging import CsvOfDump, Staging
from support_retainer.offboarding.export.local_site import LocalSite

NEEDS_SITE = True

TABLES, ROWS = 300, 1_000_000
SMALL = 100_000
FILES_MB = 2_000
ROUNDS = 3
LEAST_OF_DUMP = 0.5
MOST_MEMORY_MB, MOST_GROWTH = 200, 1.10
COLUMNS = """name varchar(140) primary key, creation datetime(6), modified datetime(6), modified_by varchar(140),
    owner varchar(140), docstatus int(1), idx int(8), customer varchar(140), status varchar(140), subject text,
    amount decimal(21,9), note longtext, quantity decimal(21,9), posting_date date"""
VALUES = """concat('ROW-', seq), now(6), now(6), 'Administrator', 'someone@client.example', 0, seq,
    concat('Customer ', seq % 100), 'Open', concat('It''s a "quoted" subject', char(10), 'of two lines'), seq * 1.5,
    if(seq % 3, null, 'A note'), seq, '2026-11-22'"""

Bars = list[tuple[str, bool]]


def connect() -> None:
    frappe.init(site=os.environ["RETAINER_SITE"], sites_path=".", force=True)
    frappe.connect()


@contextmanager
def client_site(rows: int, files_mb: int = 0) -> Iterator[LocalSite]:
    """A site of the bench with a database of `rows` rows in 300 tables and some files of 10 MB."""
    conf, name = frappe.conf, "bench-client.localhost"
    database, folder = f"{conf.db_name}_rows", Path(frappe.local.sites_path, "bench-client.localhost")
    frappe.db.sql(f"drop database if exists `{database}`")
    frappe.db.sql(f"create database `{database}` character set utf8mb4")
    try:
        for number in range(TABLES):
            frappe.db.sql_ddl(f"create table `{database}`.`tabThing {number}` ({COLUMNS})")
            frappe.db.sql(
                f"insert into `{database}`.`tabThing {number}` select {VALUES} from seq_1_to_{rows // TABLES}"  # noqa: S608
            )
            frappe.db.commit()
        (folder / "private" / "files").mkdir(parents=True)
        (folder / "public" / "files").mkdir(parents=True)
        config = {"db_name": database, "db_user": conf.db_user or conf.db_name, "db_password": conf.db_password}
        (folder / "site_config.json").write_text(frappe.as_json(config))
        for number in range(files_mb // 10):
            (folder / "private" / "files" / f"file-{number}.bin").write_bytes(os.urandom(10_000_000))
        yield LocalSite(name)
    finally:
        frappe.db.sql(f"drop database if exists `{database}`")
        shutil.rmtree(folder, ignore_errors=True)


def compare_rates() -> Bars:
    """Both write files: mariadb-dump its text, ours the CSV files out of the dump it has packed."""
    with client_site(ROWS) as site, tempfile.TemporaryDirectory(dir=".") as folder:
        dumped = [seconds(lambda: plain_dump(site, Path(folder))) for _ in range(ROUNDS)]
        staging = Staging(Path(folder, "once"))
        site.dump(staging, Quiet())
        written = [seconds(lambda: csv_files(staging, Path(folder, "again"))) for _ in range(ROUNDS)]
    rows = ROWS // TABLES * TABLES
    for label, found in (("mariadb-dump to a file", dumped), ("CSV files", written)):
        spread = f"{median(found):6.2f} s ({min(found):5.2f} to {max(found):5.2f})"
        print(f"  {label:<24} {spread}  {rows / median(found):10,.0f} rows/s")
    share = median(dumped) / median(written)
    return [(f"CSV at {share:.2f}x the rows/s of mariadb-dump >= {LEAST_OF_DUMP}x", share >= LEAST_OF_DUMP)]


def plain_dump(site: LocalSite, folder: Path) -> None:
    with site.dump_process() as process, (folder / "plain.sql").open("wb") as target:
        shutil.copyfileobj(process.stdout, target, 1 << 20)


def csv_files(done: Staging, folder: Path) -> None:
    staging = Staging(folder)
    os.link(done.path("database.sql.gz"), staging.path("database.sql.gz"))
    CsvOfDump(staging, "database.sql.gz", "csv", lambda *_: None).write()
    assert sum(entry.rows for entry in CsvOfDump(staging, "database.sql.gz", "csv", print).entries()) > 0
    shutil.rmtree(folder)


def seconds(work: object) -> float:
    start = perf_counter()
    work()  # type: ignore[operator]
    return perf_counter() - start


class Quiet:
    def tell(self, *_arguments: object, **_keywords: object) -> None:
        pass


def measure_memory() -> Bars:
    """The peak of a worker of its own that stages and packs a site."""
    peaks = {}
    for rows in (SMALL, ROWS):
        with client_site(rows, FILES_MB):
            words = [sys.executable, "-m", "benchmarks.export", "worker", os.environ["RETAINER_SITE"]]
            done = subprocess.run(words, capture_output=True, text=True, check=False)
            if done.returncode:
                print(done.stderr)
                return [(f"the worker of {rows:,} rows ends well", False)]
        peaks[rows] = float(done.stdout.split()[-1])
        print(f"  {rows:>9,} rows, {FILES_MB:>5,} MB of files: {peaks[rows]:6.1f} MB")
    growth = peaks[ROWS] / peaks[SMALL]
    return [
        (f"memory {peaks[ROWS]:.0f} MB <= {MOST_MEMORY_MB} MB", peaks[ROWS] <= MOST_MEMORY_MB),
        (f"memory of ten times the rows {growth:.2f}x <= {MOST_GROWTH}x", growth <= MOST_GROWTH),
    ]


def work() -> int:
    """Stage and pack as the job does; the last word printed is the peak in MB."""
    from support_retainer.archive.manifest import Manifest
    from support_retainer.archive.parts import PartsWriter
    from support_retainer.archive.verify import verify
    from support_retainer.archive.writer import ArchiveWriter

    connect()
    site = LocalSite("bench-client.localhost")
    with tempfile.TemporaryDirectory(dir=".") as folder:
        staging = Staging(Path(folder, "work"))
        site.dump(staging, Quiet())
        site.write_tables(staging, Quiet())
        staging.path("csv", "schema.json").write_text("{}")
        staging.record(site.step("shape"), singles=[], versions={})
        with PartsWriter(Path(folder), "archive.zip", 2_000_000_000) as parts:
            archive = ArchiveWriter(parts, Manifest("", {}), lambda size: None)
            site.pack(staging, archive)
            archive.finish()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        proof = verify(parts.parts[0])
    print(*proof.lines(), peak, sep="\n")
    return 0 if proof.is_whole else 1


PARTS = {"rows": compare_rates, "memory": measure_memory}


def main() -> int:
    words = sys.argv[1:]
    if words[:1] == ["worker"]:
        os.environ["RETAINER_SITE"] = words[1]
        return work()
    connect()
    chosen = [word for word in words if word in PARTS] or list(PARTS)
    bars = [bar for part in chosen for bar in PARTS[part]()]
    for label, holds in bars:
        print(f"{'PASS' if holds else 'FAIL'} {label}")
    return 0 if all(holds for _label, holds in bars) else 1


if __name__ == "__main__":
    sys.exit(main())
