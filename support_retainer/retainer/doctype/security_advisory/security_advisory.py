import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, escape_html, getdate

from support_retainer.domain.advisories import DUE_IN, PRIORITY, is_affected
from support_retainer.domain.versions import parts
from support_retainer.exceptions import InvalidSite
from support_retainer.retainer.rows import place, refuse_duplicates

SETTLED = ("Done", "Not Needed", "Resolved", "Closed")


class SecurityAdvisory(Document):
    """A known hole: the sites that have it are found by their version, and each gets a job or a ticket."""

    def validate(self) -> None:
        refuse_duplicates(self.fixes, "fixed_in")
        self.app = (self.app or "").strip().lower()
        for row in self.fixes:
            if len(parts(row.fixed_in)) < 2:
                frappe.throw(_("{0}: enter a version such as 15.72.5.").format(place(row, "fixed_in")), InvalidSite)

    def on_update(self) -> None:
        self.make_work()
        self.count()

    def affected(self) -> list[frappe._dict]:
        """Sites whose version, as last seen, has the hole."""
        fixes = [row.fixed_in for row in self.fixes]
        sites = frappe.get_all(
            "Managed Site", {"enabled": 1, "versions": ["is", "set"]}, ["name", "contract", "customer", "versions"]
        )
        return [site for site in sites if is_affected(version_of(self.app, site.versions), fixes)]

    def make_work(self) -> None:
        """A job or a ticket for each affected site that has neither yet."""
        known = {site for site, _is_settled in self.work()}
        for site in self.affected():
            if site.name not in known:
                self.make_ticket(site) if self.made_as == "Issue" else self.make_job(site)

    def make_job(self, site: frappe._dict) -> None:
        frappe.get_doc(
            doctype="Maintenance Job",
            kind="Security Advisory",
            title=f"{self.title}: {site.name}"[:140],
            contract=site.contract,
            site=site.name,
            advisory=self.name,
            due_date=add_days(getdate(), DUE_IN[self.severity]),
            job_key=f"{self.name}:{site.name}"[:140],
            steps=[
                {"step": _("Update {0}").format(self.app)},
                {"step": _("See that the site runs the new version")},
            ],
        ).insert(ignore_permissions=True)

    def make_ticket(self, site: frappe._dict) -> None:
        """The contract that serves the site's customer is found as for any ticket. Our description stays inside."""
        text = _("{0} runs {1} {2}, which has a known hole. It is closed in {3}.").format(
            site.name, self.app, version_of(self.app, site.versions), ", ".join(row.fixed_in for row in self.fixes)
        )
        priority = PRIORITY[self.severity]
        frappe.get_doc(
            doctype="Issue",
            subject=f"{self.title}: {site.name}"[:140],
            description=f"<p>{escape_html(text)}</p>",
            customer=site.customer,
            managed_site=site.name,
            security_advisory=self.name,
            retainer_channel="Monitoring",
            priority=priority if frappe.db.exists("Issue Priority", priority) else None,
        ).insert(ignore_permissions=True)

    def work(self) -> list[tuple[str, bool]]:
        """(site, whether it is settled) of each job and ticket."""
        jobs = frappe.get_all("Maintenance Job", {"advisory": self.name}, ["site", "status"])
        tickets = frappe.get_all("Issue", {"security_advisory": self.name}, ["managed_site as site", "status"])
        return [(row.site, row.status in SETTLED) for row in [*jobs, *tickets]]

    def count(self) -> None:
        work = self.work()
        affected, waiting = {site for site, _settled in work}, {site for site, settled in work if not settled}
        self.db_set({"affected_sites": len(affected), "settled_sites": len(affected - waiting)}, update_modified=False)


def version_of(app: str, versions: str) -> str:
    """The version in the lines "app version" that a managed site keeps; empty where it has no such app."""
    return dict(line.split(" ", 1) for line in versions.splitlines() if " " in line).get(app, "")
