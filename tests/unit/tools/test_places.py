"""Which bench is found, what a dump is cut into, what a benchmark asks for."""

import json
from pathlib import Path

from tests.support.baseline import sections
from tools.account import Account
from tools.bench import find_bench, why_no_bench
from tools.benchmark import declares
from tools.setup.plan import write_private

DUMP = rb"""-- MariaDB dump
-- Dumping data for table `tabUser`
--

/*!40000 SET something */;
INSERT INTO `tabUser` VALUES
('Administrator','-- not a comment'),
('Guest','x');

-- Dumping data for table `tabNote`
--
/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;
"""


def make_bench(folder: Path) -> Path:
    for part in ("sites/common_site_config.json", "apps/frappe/frappe/__init__.py", "env/bin/python"):
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        (folder / part).write_text('__version__ = "15.1.2"\n' if part.endswith("py") else "{}")
    return folder


def test_the_named_bench_is_used(tmp_path, monkeypatch):
    monkeypatch.setenv("FRAPPE_BENCH", str(make_bench(tmp_path / "mine")))

    bench = find_bench()

    assert bench.path == tmp_path / "mine"
    assert bench.version("frappe") == "15.1.2"
    assert not bench.has_app("erpnext")


def test_a_half_made_bench_is_none_and_the_place_is_named(tmp_path, monkeypatch):
    (make_bench(tmp_path / "mine") / "env/bin/python").unlink()
    monkeypatch.setenv("FRAPPE_BENCH", str(tmp_path / "mine"))

    assert find_bench() is None
    assert str(tmp_path / "mine") in why_no_bench()


def test_a_dump_is_cut_into_the_rows_of_each_table():
    rows = sections(DUMP)

    assert set(rows) == {"tabUser", "tabNote"}
    assert rows["tabUser"].strip().startswith(b"INSERT INTO `tabUser` VALUES\n('Administrator'")
    assert rows["tabNote"].strip() == b""


def test_a_benchmark_says_what_it_needs_without_being_run(tmp_path):
    script = tmp_path / "claim.py"
    script.write_text("NEEDS_SITE = True\nNEEDS_STOCK_SITE = False\nraise RuntimeError('was run')\n")

    assert [declares(script, flag) for flag in ("NEEDS_SITE", "NEEDS_STOCK_SITE", "NEEDS_MORE")] == [True, False, None]


def test_a_password_file_is_for_its_owner_alone(tmp_path):
    target = tmp_path / "kept" / "site.json"

    write_private(target, {"administrator_password": "secret"}, Account.current())

    assert json.loads(target.read_text()) == {"administrator_password": "secret"}
    assert (target.stat().st_mode & 0o777, target.parent.stat().st_mode & 0o777) == (0o600, 0o700)
