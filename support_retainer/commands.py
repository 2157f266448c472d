"""`bench --site S retainer ...`: what an admin runs by hand or from a script. Exit code 0 only when all is well."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import wraps
from typing import Any

import click
import frappe
from frappe.commands import get_site, pass_context


class Day(click.ParamType):
    """A date as YYYY-MM-DD; 01/02/2026 is January to one reader and February to the next."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            self.fail(f"{value!r} is no date; enter it as YYYY-MM-DD.", param, ctx)


DAY = Day()
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")


@click.group("retainer")
def retainer() -> None:
    """Support Retainer: billing, audit, catalogues, demo and simulator."""


@contextmanager
def site_of(context: Any) -> Iterator[None]:
    frappe.init(site=get_site(context))
    frappe.connect()
    frappe.set_user("Administrator")
    try:
        yield
    finally:
        frappe.destroy()


def on_site(command: Callable[..., bool]) -> Callable[..., None]:
    """Run a command on its site; it returns whether all is well. An error a user can mend is one line, no traceback."""

    @wraps(command)
    def run(context: Any, **options: Any) -> None:
        with site_of(context):
            try:
                all_is_well = command(**options)
            except (frappe.ValidationError, ValueError) as error:
                frappe.db.rollback()
                raise click.ClickException(frappe.utils.strip_html(str(error))) from error
        sys.exit(0 if all_is_well else 1)

    return pass_context(run)


def refuse_unknown(doctype: str, name: str | None) -> None:
    """A slip in a name must not look like "nothing to do". Raises frappe.DoesNotExistError."""
    if name is not None and not frappe.db.exists(doctype, name):
        frappe.throw(f"There is no {doctype} {name!r}.", frappe.DoesNotExistError)


@retainer.command("bill")
@click.option("--on", type=DAY, help="Bill what is due by this date (YYYY-MM-DD); today if left out.")
@click.option("--contract", help="Only this Retainer Contract.")
@click.option("--dry-run", is_flag=True, help="Print the lines and totals that would be made; write nothing.")
@as_json
@on_site
def bill(on: str | None, contract: str | None, dry_run: bool, as_json: bool) -> bool:
    """Invoice every period that is due, oldest first, each exactly once."""
    from support_retainer.billing import preview, run

    refuse_unknown("Retainer Contract", contract)
    if dry_run:
        planned = preview.plan(on, contract)
        _print(as_json, planned.as_dict(), planned.lines())
        return planned.is_clean
    done = run.bill(on, contract)
    _print(as_json, _run_as_dict(done), _run_lines(done))
    return not done.failed


@retainer.command("audit")
@click.option("--on", type=DAY, help="Expect everything that is due by this date (YYYY-MM-DD); today if left out.")
@click.option("--contract", help="Only this Retainer Contract.")
@as_json
@on_site
def audit(on: str | None, contract: str | None, as_json: bool) -> bool:
    """Compute anew what should be billed, allotted and drawn, and print every difference."""
    from support_retainer.billing.audit import audit as run_audit

    refuse_unknown("Retainer Contract", contract)
    found = run_audit(on, contract)
    _print(as_json, found.as_dict(), found.lines())
    return found.is_clean


@retainer.command("load-catalogue")
@click.argument("name")
@as_json
@on_site
def load_catalogue(name: str, as_json: bool) -> bool:
    """Create or update the packages, policies and prices of an offer (000 to 004). Your own edits are kept."""
    from support_retainer.catalogues import loader

    report = loader.load(name)
    frappe.db.commit()
    _print(as_json, {"created": report.created, "updated": report.updated, "kept": report.lines()}, report.lines())
    return True


@retainer.command("sweep")
@as_json
@on_site
def sweep(as_json: bool) -> bool:
    """Tell of every SLA level that is due now; the scheduler does this each minute."""
    from support_retainer.sla.sweep import sweep as run_sweep

    done = run_sweep()
    _print(as_json, done.as_dict(), done.lines())
    return not done.failed


@retainer.command("check-sites")
@click.option("--site", "managed_site", help="Only this Managed Site, at once and from inside too.")
@as_json
@on_site
def check_sites(managed_site: str | None, as_json: bool) -> bool:
    """Visit the sites whose time has come; the scheduler does this every five minutes."""
    from support_retainer.monitoring.run import check_sites as run_checks

    refuse_unknown("Managed Site", managed_site)
    done = run_checks(managed_site)
    _print(as_json, done.as_dict(), done.lines())
    return not done.down


@retainer.command("verify-backup")
@click.argument("managed_site")
@click.option("--file", help="Restore this file instead of taking a backup of the local site.")
@click.option(
    "--key-file",
    type=click.Path(exists=True, dir_okay=False),
    help="File with the backup_encryption_key of the site, where the backup is encrypted.",
)
@as_json
@on_site
def verify_backup(managed_site: str, file: str | None, key_file: str | None, as_json: bool) -> bool:
    """Restore a backup of a Managed Site into a scratch database, compare it, and drop the database."""
    from pathlib import Path

    from support_retainer.maintenance.restore_test import verify

    key = Path(key_file).read_text().strip() if key_file else ""
    test = verify(managed_site, file, key)
    shown = ("status", "reason", "tables", "rows", "checksums", "backup_mb", "is_encrypted", "seconds", "differences")
    found = {"test": test.name, **{name: test.get(name) for name in shown}}
    _print(as_json, found, [f"{name}: {value}" for name, value in found.items() if value not in (None, "")])
    return test.status == "Passed"


@retainer.command("doctor")
@as_json
@on_site
def doctor(as_json: bool) -> bool:
    """Check scheduler, sweep, billing, settings and mail, and say what to do."""
    from support_retainer.doctor import examine

    found = examine()
    _print(as_json, found.as_dict(), found.lines())
    return found.is_well


@retainer.command("demo")
@as_json
@on_site
def demo(as_json: bool) -> bool:
    """Tell three months of one client for each catalogue, to look around in."""
    from support_retainer import demo as demo_story

    told = demo_story.tell()
    _print(as_json, told.as_dict(), told.lines())
    return True


@retainer.command("export")
@click.argument("contract")
@click.option("--site", "managed_site", help="Only this Managed Site; all sites of the contract if left out.")
@click.option("--no-files", is_flag=True, help="Leave out the files of the site.")
@as_json
@on_site
def export(contract: str, managed_site: str | None, no_files: bool, as_json: bool) -> bool:
    """Export everything of a client now, in this process; killed half-way, the scheduler goes on with it."""
    from support_retainer.offboarding.export import by_hand

    made = by_hand.make(contract, managed_site=managed_site, include_files=int(not no_files))
    _print(as_json, made.as_dict(), made.lines())
    return made.is_ready


@retainer.command("verify-export")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--restore", is_flag=True, help="Load the dump into a scratch database and compare; always dropped.")
@click.option("--db-root-username", help="Account that may create databases; that of the bench if left out.")
@click.option("--db-root-password", help="Its password.")
@as_json
@on_site
def verify_export(
    file: str, restore: bool, db_root_username: str | None, db_root_password: str | None, as_json: bool
) -> bool:
    """Prove an export: checksums, CSV files, row counts. Works without a bench: python -m support_retainer."""
    from support_retainer.offboarding.export import by_hand

    proof = by_hand.verify(file, restore, db_root_username, db_root_password)
    _print(as_json, proof.as_dict(), proof.lines())
    return proof.is_whole


@retainer.command("simulate", context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@pass_context
def simulate(context: Any, arguments: tuple[str, ...]) -> None:
    """Replay tickets and time through packages: of a file, or of --customer, --lead or --contract NAME of the site.

    `simulate --help` lists the options for files; of the site's own history, --months N (12) and --json.
    """
    from support_retainer.__main__ import main

    if not arguments or arguments[0] not in ADVISED:
        sys.exit(main(["simulate", *arguments]))
    advise.main([f"{ADVISED[arguments[0]]}", *arguments[1:]], obj=context, standalone_mode=True)


ADVISED = {"--customer": "Customer", "--lead": "Lead", "--contract": "Retainer Contract"}


@click.command("simulate")
@click.argument("doctype")
@click.argument("name")
@click.option("--months", default=12, help="How many months to look back.")
@as_json
@on_site
def advise(doctype: str, name: str, months: int, as_json: bool) -> bool:
    """The site's own history of one client through every package sold in his currency.

    A running contract is also replayed as it was; invoices that differ from that are printed, and the exit code is 1.
    """
    from support_retainer.reporting import advisor, advisor_api

    shown = advisor_api.as_dict(advisor.advise(doctype, name, months))
    _print(as_json, shown, advisor_api.lines(shown))
    return not shown["record"]["differences"]


def _run_as_dict(run: Any) -> dict[str, Any]:
    return {
        "run": run.name,
        "planned": run.planned,
        "done": run.done,
        "failed": run.failed,
        "skipped": run.skipped,
        "invoices": run.flags.invoices,
        "failures": json.loads(run.failures or "[]"),
    }


def _run_lines(run: Any) -> list[str]:
    failures = [
        f"  {row['contract']}, period from {row['period_start']}: {row['reason']}"
        for row in json.loads(run.failures or "[]")
    ]
    invoiced = len(run.flags.invoices)
    summary = f"{run.name}: {run.planned} due, {invoiced} invoiced, {run.failed} failed, {run.skipped} skipped"
    return [summary, *failures]


def _print(as_json: bool, data: dict[str, Any], lines: list[str]) -> None:
    click.echo(json.dumps(data, default=str, indent=1) if as_json else "\n".join(lines))


commands = [retainer]
