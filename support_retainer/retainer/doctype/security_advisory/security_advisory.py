import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, getdate

from support_retainer.domain.advisories import DUE_IN, is_affected
from support_retainer.domain.site_health import parts
from support_retainer.exceptions import InvalidSite
from support_retainer.retainer.rows import place, refuse_duplicates


class SecurityAdvisory(Document):
    """A known hole: the sites that have it are found by their version, and each gets a job."""

    def validate(self) -> None:
        refuse_duplicates(self.fixes, "fixed_in")
        self.app = (self.app or "").strip().lower()
        for row in self.fixes:
            if len(parts(row.fixed_in)) < 2:
                frappe.throw(_("{0}: enter a version such as 15.72.5.").format(place(row, "fixed_in")), InvalidSite)

    def on_update(self) -> None:
        self.make_jobs()
        self.count()

    def affected(self) -> list[frappe._dict]:
        """Sites whose version, as last seen, has the hole."""
        fixes = [row.fixed_in for row in self.fixes]
        sites = frappe.get_all(
            "Managed Site", {"enabled": 1, "versions": ["is", "set"]}, ["name", "contract", "versions"]
        )
        return [site for site in sites if is_affected(version_of(self.app, site.versions), fixes)]

    def make_jobs(self) -> None:
        for site in self.affected():
            key = f"{self.name}:{site.name}"[:140]
            if frappe.db.exists("Maintenance Job", {"job_key": key}):
                continue
            frappe.get_doc(
                doctype="Maintenance Job",
                kind="Security Advisory",
                title=f"{self.title}: {site.name}"[:140],
                contract=site.contract,
                site=site.name,
                advisory=self.name,
                due_date=add_days(getdate(), DUE_IN[self.severity]),
                job_key=key,
                steps=[
                    {"step": _("Update {0}").format(self.app)},
                    {"step": _("See that the site runs the new version")},
                ],
            ).insert(ignore_permissions=True)

    def count(self) -> None:
        jobs = frappe.get_all("Maintenance Job", {"advisory": self.name}, pluck="status")
        settled = [status for status in jobs if status in ("Done", "Not Needed")]
        self.db_set({"affected_sites": len(jobs), "settled_sites": len(settled)}, update_modified=False)


def version_of(app: str, versions: str) -> str:
    """The version in the lines "app version" that a managed site keeps; empty where it has no such app."""
    return dict(line.split(" ", 1) for line in versions.splitlines() if " " in line).get(app, "")
