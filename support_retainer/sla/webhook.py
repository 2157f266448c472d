"""Escalations for other systems: kept with the escalation in one transaction, sent afterwards by a worker.

Each waits as an Integration Request until the other side took it. A worker that dies in between leaves it waiting and
a later sweep sends it again, so the body carries an id by which the receiver knows a repetition.
"""

import json
from datetime import timedelta

import frappe
import requests

from support_retainer.site_time import to_site
from support_retainer.sla import clock
from support_retainer.sla.escalation import Due

SERVICE = "Support Retainer Escalation"
TIMEOUT_SECONDS = 10
GIVE_UP_AFTER = timedelta(days=1)
AT_ONCE = 50


def keep_for_sending(due: Due) -> None:
    """Write one request for each webhook of the level, in the caller's transaction."""
    for row in due.rules("webhook_url"):
        frappe.get_doc(
            doctype="Integration Request",
            integration_request_service=SERVICE,
            status="Queued",
            url=row.webhook_url,
            data=json.dumps(body(due)),
            reference_doctype="Issue",
            reference_docname=due.issue.name,
        ).insert(ignore_permissions=True)


def body(due: Due) -> dict[str, object]:
    level = due.top.level
    return {
        "id": clock.escalation_key(due.issue.name, clock.escalated(due.top.reached_at, level)),
        "issue": due.issue.name,
        "subject": due.issue.subject,
        "customer": due.issue.customer,
        "priority": due.issue.priority,
        "target": level.target.value,
        "percent": level.percent,
        "due_by": due.due_by.isoformat() if due.due_by else None,
    }


def send_what_waits() -> None:
    """Start a job for each waiting request; one that is under way already is not started twice."""
    for name in waiting():
        frappe.enqueue(
            "support_retainer.sla.webhook.send",
            request=name,
            job_id=f"retainer-escalation-{name}",
            deduplicate=True,
            enqueue_after_commit=True,
        )


def waiting() -> list[str]:
    """Requests of the last day, which an index on their date finds."""
    return frappe.get_all(
        "Integration Request",
        filters={
            "modified": [">", to_site(clock.utc_now() - GIVE_UP_AFTER)],
            "integration_request_service": SERVICE,
            "status": "Queued",
        },
        order_by="modified",
        limit=AT_ONCE,
        pluck="name",
    )


def send(request: str) -> None:
    """Post one waiting request; it stays waiting when the other side does not answer with a 2xx."""
    rows = frappe.db.sql(
        """select url, data from `tabIntegration Request`
        where name = %s and status = 'Queued' for update skip locked""",
        request,
    )
    if not rows:
        return
    url, data = rows[0]
    try:
        answer = requests.post(url, json=json.loads(data), timeout=TIMEOUT_SECONDS, allow_redirects=False)
        answer.raise_for_status()
        result = {"status": "Completed", "output": answer.text[:1000]}
    except requests.RequestException as error:
        result = {"error": str(error)[:1000]}
    # `modified` keeps the day on which it was due: that is what giving up counts from.
    frappe.db.set_value("Integration Request", request, result, update_modified=False)
