"""Incidents for other systems, kept as Integration Requests in the transaction that opens or ends them."""

import json

import frappe

from support_retainer.site_time import to_site, to_utc, utc_now
from support_retainer.sla import webhook

SERVICE = "Support Retainer Incident"


def keep_for_sending(incident, event: str) -> None:
    url = frappe.db.get_single_value("Retainer Settings", "incident_webhook_url")
    if not url:
        return
    frappe.get_doc(
        doctype="Integration Request",
        integration_request_service=SERVICE,
        status="Queued",
        url=url,
        data=json.dumps(body(incident, event)),
        reference_doctype="Site Incident",
        reference_docname=incident.name,
    ).insert(ignore_permissions=True)


def body(incident, event: str) -> dict[str, object]:
    """`id` tells the receiver a repetition; times in UTC."""
    return {
        "id": f"{incident.name}:{event}",
        "event": event,
        "incident": incident.name,
        "title": incident.title,
        "reason": incident.reason,
        "site": incident.site,
        "customer": incident.customer,
        "check": incident.check,
        "issue": incident.issue,
        "sites": [name for name in (incident.sites or "").split("\n") if name],
        "started_at": to_utc(incident.started_at).isoformat(),
        "ended_at": to_utc(incident.ended_at).isoformat() if incident.ended_at else None,
    }


def send_what_waits() -> None:
    """Start a job for each request of the last day that the other side has not taken yet."""
    waiting = frappe.get_all(
        "Integration Request",
        filters={
            "modified": [">", to_site(utc_now() - webhook.GIVE_UP_AFTER)],
            "integration_request_service": SERVICE,
            "status": "Queued",
        },
        order_by="modified",
        limit=webhook.AT_ONCE,
        pluck="name",
    )
    for name in waiting:
        frappe.enqueue(
            "support_retainer.sla.webhook.send",
            request=name,
            job_id=f"retainer-incident-{name}",
            deduplicate=True,
            enqueue_after_commit=True,
        )
