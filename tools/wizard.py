"""The answers given to ERPNext's setup wizard, for the site of ./run and for the sites of ./test."""

import datetime
from pathlib import Path

from tools.account import Account
from tools.console import Stop

METHOD = "frappe.desk.page.setup_wizard.setup_wizard.setup_complete"
COMPANY = "Retainer Demo LLC"


def answers(year: int | None = None) -> dict[str, str | int]:
    year = year or datetime.date.today().year
    return {
        "language": "English",
        "country": "United Arab Emirates",
        "timezone": "Asia/Dubai",
        "currency": "AED",
        "company_name": COMPANY,
        "company_abbr": "RD",
        "company_tagline": "Support retainers",
        "chart_of_accounts": "U.A.E - Chart of Accounts",
        "fy_start_date": f"{year}-01-01",
        "fy_end_date": f"{year}-12-31",
        "setup_demo": 0,
    }


def complete(frappe: list[str | Path], owner: Account, sites: Path, env: dict[str, str | Path]) -> None:
    """Answer the wizard through Frappe's own function; `frappe` is the command up to and with `--site NAME`."""
    kwargs = repr({"args": answers()})
    owner.run([*frappe, "execute", METHOD, "--kwargs", kwargs], cwd=sites, env=env, capture=True)
    # The wizard reports some failures in its answer only, so its result is what is asked for.
    state = owner.run([*frappe, "execute", "frappe.is_setup_complete"], cwd=sites, env=env, capture=True)
    if "true" not in state.stdout.lower():
        raise Stop(f"ERPNext's setup wizard did not complete:\n{state.stdout}")
