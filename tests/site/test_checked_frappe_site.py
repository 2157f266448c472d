"""A client's Frappe site, with a database and a web process of its own, is looked at through its API."""

import os
import shutil
import time
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import frappe
import pytest
import requests
from filelock import FileLock

from support_retainer.domain.site_health import Reason
from support_retainer.maintenance import backups
from support_retainer.monitoring import inside_use, use
from support_retainer.monitoring.run import check_sites, probes
from support_retainer.site_time import site_date, to_site, to_utc, utc_now
from support_retainer.testing.sites import make_site
from tests.support.people import make_user

pytestmark = pytest.mark.commits
DAYS_OF_BACKUPS = 12


@pytest.fixture
def checked(site, second_site):
    """checked(**fields): a Managed Site of it that has been visited once."""

    def check(**values):
        keys = {"api_key": second_site.api_key, "api_secret": second_site.api_secret}
        watched = make_site(url=second_site.url, internal=1, **{"fail_after": 1, **keys, **values})
        frappe.db.commit()
        check_sites(watched.name)
        watched.reload()
        return watched

    return check


def figures(watched):
    return dict(line.split(": ", 1) for line in watched.figures.splitlines())


@contextmanager
def rows(second_site, table, columns, values):
    """So many rows in a table of the client's site, which go afterwards."""
    names = [frappe.generate_hash(length=10) for _row in values]
    listed = ", ".join(f"('{name}', now(6), now(6), {row})" for name, row in zip(names, values, strict=True))
    second_site.sql(f"insert into `{table}` (name, creation, modified, {columns}) values {listed}")
    try:
        yield
    finally:
        second_site.sql(f"delete from `{table}` where name in ({str(names)[1:-1]})")


def folder_of(second_site, part):
    return Path(frappe.local.sites_path, second_site.name, *part.split("/"))


def test_a_site_tells_of_its_versions_and_sizes(second_site, checked):
    watched = checked(database_mb=1)
    assert watched.versions == second_site_versions(second_site)
    ((size,),) = second_site.sql(
        """select sum(data_length + index_length) / 1048576 from information_schema.tables
        where table_schema = database()"""
    )
    assert float(figures(watched)["database mb"]) == pytest.approx(float(size), rel=0.2)
    assert (
        f"Database Size: above the limit. {float(figures(watched)['database mb']):g} MB, limit 1." in watched.last_error
    )
    assert watched.inspected_at


def second_site_versions(second_site):
    found = second_site.sql("select app_name, app_version from `tabInstalled Application` order by app_name")
    return "\n".join(f"{app} {version}" for app, version in found)


def test_a_version_is_behind_the_newest_that_any_site_here_runs(checked):
    own = frappe.get_attr("erpnext.__version__").split(".")
    newest = f"{own[0]}.{int(own[1]) + 7}.0"
    make_site(versions=f"erpnext {newest}")
    watched = checked(releases_behind=5)
    assert "Version: the version is behind. 7 releases, limit 5." in watched.last_error


def test_what_an_audit_asks_for_is_measured_too(second_site, checked):
    quiet, locked = "'Query', 'syntax error'", "'Query', 'Deadlock found when trying to get lock'"
    with rows(second_site, "tabError Log", "method, error", [quiet, locked, locked]):
        found = figures(checked())
    assert int(found["deadlocks"]) == 2
    assert float(found["cache mb"]) > 0
    ((buffer,),) = second_site.sql("select @@innodb_buffer_pool_size / 1048576")
    assert float(found["buffer mb"]) == float(buffer)


def test_the_scheduler_is_alive_or_not(second_site, checked):
    assert figures(checked())["scheduler"] == "Process Not Found"
    # Frappe's scheduler holds this lock for as long as it lives.
    with FileLock(Path(frappe.utils.get_bench_path(), "config", "scheduler_process")):
        second_site.bench("enable-scheduler")
        assert "Scheduler" not in checked().last_error
        with second_site.stopped():
            watched = checked()
    assert figures(watched)["scheduler"] == "Inactive"
    assert "Scheduler: the scheduler does not run." in watched.last_error


def test_jobs_that_wait_are_counted(checked):
    before = int(figures(checked())["pending jobs"])
    # Each look enqueues one to see whether it can, and nobody works them off there.
    watched = checked(pending_jobs=before)
    assert f"Queue: above the limit. {before + 1}, limit {before}." in watched.last_error


def test_scheduled_jobs_that_fail_are_counted_beyond_the_five_that_the_report_lists(second_site, checked):
    jobs = [f"'Failed', 'job-{n % 7}'" for n in range(14)]
    with rows(second_site, "tabScheduled Job Log", "status, scheduled_job_type", jobs):
        watched = checked(failing_jobs=6)
    assert figures(watched)["failing jobs"] == "7"
    assert "Failed Jobs: above the limit. 7, limit 6." in watched.last_error


def test_errors_of_a_day_are_counted(second_site, checked):
    before = int(figures(checked())["errors per day"])
    with rows(second_site, "tabError Log", "method", ["'broken'"] * 5):
        watched = checked(errors_per_day=before + 4)
    assert f"Errors: above the limit. {before + 5}, limit {before + 4}." in watched.last_error


def test_failed_logins_are_counted(second_site, checked):
    before = int(figures(checked())["failed logins"])
    with requests.Session() as session:
        session.trust_env = False
        for _try in range(3):
            form = {"usr": "Administrator", "pwd": "guessed"}
            assert session.post(f"{second_site.url}api/method/login", data=form, timeout=30).status_code == 401
    watched = checked(failed_logins_per_day=before + 2)
    assert f"Failed Logins: above the limit. {before + 3}, limit {before + 2}." in watched.last_error


def test_files_count_as_storage(second_site, checked):
    file = folder_of(second_site, "private/files/large.bin")
    before = float(figures(checked())["storage mb"])
    file.write_bytes(os.urandom(3 * 1024 * 1024))
    try:
        second_site.bench("clear-cache")  # the report keeps sizes for five minutes
        watched = checked(storage_mb=max(int(before), 1))
    finally:
        file.unlink()
    assert float(figures(watched)["storage mb"]) == pytest.approx(before + 3, abs=0.2)
    assert "Storage: above the limit." in watched.last_error


def test_a_site_without_a_backup_is_told_and_one_is_seen_with_time_and_size(second_site, checked):
    folder = folder_of(second_site, "private/backups")
    try:
        assert "Backup: there is no backup." in checked(backup_hours=26).last_error
        second_site.bench("backup")
        watched = checked(backup_hours=26)
        taken = next(folder.glob("*-database.sql.gz"))
        assert "Backup" not in watched.last_error
        assert -5 < time.time() - to_utc(watched.newest_backup_at).timestamp() < 600
        assert watched.newest_backup_mb == round(taken.stat().st_size / 1024**2, 1)
        keep_another(taken)
        assert checked().backup_kept_days == DAYS_OF_BACKUPS
    finally:
        shutil.rmtree(folder)
        folder.mkdir()


def keep_another(taken):
    """An older and smaller one, as if it had been taken some days before."""
    day = (site_date(utc_now()) - timedelta(days=DAYS_OF_BACKUPS)).strftime("%Y%m%d")
    (taken.parent / f"{day}_010203-{taken.name.split('-', 1)[1]}").write_bytes(taken.read_bytes()[:400_000])


def test_backups_that_do_not_go_back_as_far_as_promised_are_told_of_a_site_elsewhere_too(site):
    make_user("Retainer Manager")
    watched = make_site(url="https://erp.client.example", backup_retention_days=30)
    aged = {"creation": to_site(utc_now() - timedelta(days=90)), "newest_backup_mb": 2.5, "backup_kept_days": 3}
    watched.db_set(aged, update_modified=False)
    backups.look_at_all()
    told = frappe.get_all("Notification Log", {"document_name": watched.name}, pluck="subject")
    assert told
    assert "the oldest backup is 3 days old, 30 days are promised" in told[0]


def test_a_wrong_key_is_a_finding_of_its_own_and_the_site_is_up(checked):
    watched = checked(api_key="wrong", api_secret="no-secret-at-all")
    assert watched.status == "Degraded"
    assert "API key is not accepted" in watched.last_error
    logs = str(frappe.get_all("Error Log", fields=["method", "error"]))
    assert "no-secret-at-all" not in watched.as_json() + logs


def test_a_key_of_somebody_without_rights_is_told_as_such(second_site, checked):
    second_site.bench("add-user", "nobody@client.example", "--first-name", "Nobody")
    key, secret = second_site.key_of("nobody@client.example")
    watched = checked(api_key=key, api_secret=secret)
    assert "Site API: the API key is not accepted, or its user is no System Manager." in watched.last_error


def test_how_much_a_site_is_used_is_counted_once_a_day_through_its_api(second_site, checked):
    key, secret = second_site.key_of("Administrator")
    second_site.call("frappe.client.insert", {"doctype": "Task", "subject": "Counted"})
    watched = checked(api_key=key, api_secret=secret)
    today = site_date(utc_now())
    day, counted = use.newest([watched.name], today, today)[watched.name]
    assert counted == use.count_local(second_site.name, frappe.utils.add_days(day, -30))
    assert len(counted.documents) == 16
    assert counted.documents["Task"] >= 1
    assert [probe.use_since for probe in probes([watched], utc_now())] == [None]


class Stingy:
    """The API of a site, with a key that may count nothing but users."""

    def get(self, path):
        return (Reason.FINE, 3) if "doctype=User" in path else (Reason.WRONG_CREDENTIALS, None)


def test_documents_that_the_key_may_not_count_are_left_out_altogether(site):
    counted = inside_use.count(Stingy(), date(2026, 9, 14))
    assert (counted.active_users, counted.made) == (3, None)
