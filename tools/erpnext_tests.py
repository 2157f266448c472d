"""ERPNext's own tests of the DocTypes we plug into, without and with this app, compared test by test."""

import secrets
from pathlib import Path

from tools.bench import Bench
from tools.console import Stop, say, tail, timed
from tools.outcome import Outcome, cases_of
from tools.shadow import APP, Shadow, Site, shadow_bench
from tools.template import ensure_template, restore
from tools.tiers import install_app
from tools.venvs import bench_python

# ERPNext's test records of Timesheet and Subscription lead to this DocType of the separate app `payments`; without
# one of that name they can't be made at all, with or without our app.
PAYMENT_GATEWAY = {
    "doctype": "DocType",
    "name": "Payment Gateway",
    "module": "Accounts",
    "custom": 1,
    "autoname": "field:gateway",
    "fields": [{"fieldname": "gateway", "label": "Gateway", "fieldtype": "Data", "reqd": 1}],
    "permissions": [{"role": "System Manager", "read": 1, "write": 1, "create": 1, "delete": 1}],
}
DOCTYPES = ("Issue", "Service Level Agreement", "Timesheet", "Warranty Claim", "Subscription")


def compare(bench: Bench) -> Outcome:
    """Passed: as good with the app as without. Failed: passes without and not with. Skipped: fails without too."""
    with shadow_bench(bench, bench_python(bench)) as shadow:
        without = run_all(shadow, with_app=False)
        with_app = run_all(shadow, with_app=True)
    return judge(without, with_app)


def run_all(shadow: Shadow, *, with_app: bool) -> dict[str, str]:
    label = "with" if with_app else "without"
    # The bare dump: ERPNext's tests answer the setup wizard themselves, with a company of their own.
    template = ensure_template(shadow)
    site = restore(shadow, template.bare, template.key, label)
    apps = shadow.sites / "apps.txt"
    apps.write_text("frappe\nerpnext\n" + (f"{APP}\n" if with_app else ""))
    gateway = ["execute", "frappe.client.insert", "--kwargs", repr({"doc": PAYMENT_GATEWAY})]
    shadow.run([*shadow.frappe(site.name), *gateway])
    if with_app:
        install_app(shadow, site)
    results: dict[str, str] = {}
    for doctype in DOCTYPES:
        results.update(run_one(shadow, site, doctype, label))
    shadow.drop(site)
    return results


def run_one(shadow: Shadow, site: Site, doctype: str, label: str) -> dict[str, str]:
    slug = doctype.lower().replace(" ", "-")
    junit = shadow.path / "results" / f"erpnext-{slug}-{label}.xml"
    with timed(f"ERPNext's tests of {doctype}, {label} {APP}"):
        done = shadow.run(
            [*shadow.frappe(site.name), "run-tests", "--doctype", doctype, "--junit-xml-output", junit],
            check=False,
            TMPDIR=scratch(shadow),
        )
    found = cases_of(junit)
    if not found and done.returncode == 0:
        say(f"   ERPNext has no test of {doctype}")
    elif not found:
        raise Stop(f"ERPNext's tests of {doctype} did not run, {label} {APP}:\n{tail(done.stdout)}")
    if "failed" in found.values():
        say(tail(done.stdout, lines=120))
    return {f"{doctype}: {name}": state for name, state in found.items()}


def scratch(shadow: Shadow) -> Path:
    folder = shadow.path / f"tmp-{secrets.token_hex(4)}"
    folder.mkdir()
    shadow.bench.owner.own(folder)
    return folder


def judge(without: dict[str, str], with_app: dict[str, str]) -> Outcome:
    passed = [name for name, state in without.items() if state == "passed"]
    broken = [name for name in passed if with_app.get(name) != "passed"]
    for name in broken:
        say(f"   BROKEN BY {APP}: {name} ({with_app.get(name, 'did not run')})")
    for name in sorted(set(without) - set(passed)):
        say(f"   {without[name]} without {APP} too: {name}")
    if not passed:
        say("   no test of ERPNext passed without the app: nothing could be compared")
        return Outcome(failed=1)
    return Outcome(len(passed) - len(broken), len(broken), len(without) - len(passed))
