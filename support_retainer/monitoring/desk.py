"""What the form of a site calls."""

import frappe
from frappe import _

LONGEST_SECONDS = 300


@frappe.whitelist(methods=["POST"])
def check_now(site: str) -> str:
    """Have the site visited at once, from outside and inside, by a worker; the form shows what it found."""
    frappe.get_doc("Managed Site", site).check_permission("write")
    frappe.enqueue(
        "support_retainer.monitoring.run.check_sites",
        only=site,
        queue="long",
        timeout=LONGEST_SECONDS,
        job_id=f"retainer-check-{site}",
        deduplicate=True,
        enqueue_after_commit=True,
    )
    return _("The check has started.")
