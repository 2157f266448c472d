"""CSV of a million rows against mariadb-dump of the same tables, and memory that does not follow the size.

The tables look like ERPNext's: a name, dates, the people who wrote, links, a text with quotes and line feeds, amounts.
`rows` compares rates: the CSV files alone, which are made from the dump that the archive holds anyway, and told beside
it dump and CSV files together. `memory` looks at the workers of a small and a large export with files, from the request
to the published archive. Arguments choose parts.
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
from support_retainer.archive.verify import verify
from support_retainer.offboarding.export import job, request
from support_retainer.offboarding.export.local_site import LocalSite
from support_retainer.testing import make_contract

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

# What an export reads to know what the tables mean; here they are empty.
SHAPE = ("DocType", "DocField", "Custom Field", "Property Setter", "Installed Application")

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
        for table in SHAPE:
            frappe.db.sql_ddl(f"create table `{database}`.`tab{table}` like `tab{table}`")
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
        packed = seconds(lambda: site.dump(staging, Quiet()))
        written = [seconds(lambda: csv_files(staging, Path(folder, "again"))) for _ in range(ROUNDS)]
    whole = [packed + seconds for seconds in written]
    rows = ROWS // TABLES * TABLES
    for label, found in (("mariadb-dump to a file", dumped), ("CSV files", written), ("packed dump and CSV", whole)):
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
    """The peak of a worker that makes a whole export, as the queue would start it."""
    peaks = {}
    for rows in (SMALL, ROWS):
        with client_site(rows, FILES_MB) as site, export_of(site) as export:
            words = [sys.executable, "-m", "benchmarks.export", "worker", os.environ["RETAINER_SITE"], export]
            done = subprocess.run(words, capture_output=True, text=True, check=False)
            if done.returncode:
                print(done.stdout, done.stderr)
                return [(f"the worker of {rows:,} rows ends well", False)]
        *told, peak = done.stdout.split("\n")[-3:-1]
        peaks[rows] = float(peak)
        print(f"  {rows:>9,} rows, {FILES_MB:>5,} MB of files: {peaks[rows]:6.1f} MB; {' '.join(told)}")
    growth = peaks[ROWS] / peaks[SMALL]
    return [
        (f"memory {peaks[ROWS]:.0f} MB <= {MOST_MEMORY_MB} MB", peaks[ROWS] <= MOST_MEMORY_MB),
        (f"memory of ten times the rows {growth:.2f}x <= {MOST_GROWTH}x", growth <= MOST_GROWTH),
    ]


@contextmanager
def export_of(site: LocalSite) -> Iterator[str]:
    """A request for everything of a client who has that site; its archive is removed afterwards."""
    contract = make_contract("Growth", frappe.utils.add_days(frappe.utils.today(), -40))
    record = frappe.get_doc(doctype="Managed Site", contract=contract.name, local_site=site.name)
    record.update({"site_name": f"Client {frappe.generate_hash(length=6)}", "url": "https://client.example"})
    record.insert()
    export = request.request(contract.name)
    frappe.db.commit()
    try:
        yield export.name
    finally:
        for file in Path(frappe.get_site_path("private", "files")).glob(f"{export.name}-*"):
            file.unlink()
        record.delete()
        frappe.db.commit()


def work(export: str) -> int:
    """Make the export and prove it; the last two lines printed are what it holds and the peak in MB."""
    connect()
    frappe.set_user("Administrator")
    job.run(export)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    made = frappe.get_doc("Client Data Export", export)
    if made.status != "Ready":
        print(made.error)
        return 1
    proof = verify(Path(frappe.get_site_path("private", "files", made.parts[0].file_name)))
    print(*proof.lines(), peak, sep="\n")
    return 0 if proof.is_whole and made.row_count >= SMALL // TABLES * TABLES else 1


PARTS = {"rows": compare_rates, "memory": measure_memory}


def main() -> int:
    words = sys.argv[1:]
    if words[:1] == ["worker"]:
        os.environ["RETAINER_SITE"] = words[1]
        return work(words[2])
    connect()
    chosen = [word for word in words if word in PARTS] or list(PARTS)
    bars = [bar for part in chosen for bar in PARTS[part]()]
    for label, holds in bars:
        print(f"{'PASS' if holds else 'FAIL'} {label}")
    return 0 if all(holds for _label, holds in bars) else 1


if __name__ == "__main__":
    sys.exit(main())
