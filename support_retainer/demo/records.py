"""The acts of the story as records, each written by the person who did it."""

from datetime import date, datetime, timedelta
from functools import singledispatch

import frappe
from erpnext.setup.utils import get_exchange_rate
from frappe.model.document import Document

from support_retainer.demo import payments
from support_retainer.demo.acts import Approval, Change, Claim, Client, Message, Scene, Sheet, Ticket, Work
from support_retainer.demo.clock import at_time, instant, stamp
from support_retainer.demo.story import AGENT, MANAGER
from support_retainer.hours import approvals
from support_retainer.site_time import to_site, to_utc
from support_retainer.testing.factories import company

MEDIA = {"Phone": "Phone", "WhatsApp": "Chat", "Portal": "Email", "Email": "Email", "Monitoring": "Other"}
TO_TYPE_IN = timedelta(minutes=6)


def make_contract(client: Client, customer: str, go_live: date) -> str:
    """Signed and activated by the manager on the morning of the go-live."""
    with at_time(to_utc(f"{go_live} 08:30:00"), MANAGER.email) as now:
        contract = frappe.get_doc(
            doctype="Retainer Contract",
            customer=customer,
            company=company(),
            package=client.package,
            go_live_date=go_live,
            account_manager=MANAGER.email,
            payment_terms_template=payments.payment_terms(),
            contacts=[contact(client.user)],
            **client.terms,
        )
        if client.quantity is not None:
            contract.append(
                "terms", {"effective_from": go_live, "package": client.package, "quantity": client.quantity}
            )
        contract.submit()
        stamp("Retainer Contract", contract.name, now, creation=now)
    return contract.name


def contact(user: str) -> dict[str, object]:
    """The one person of the client whom the story knows, who therefore may do everything."""
    rights = ("can_approve", "is_admin", "receives_reports", "emergency_contact")
    return {"user": user, **dict.fromkeys(rights, 1)}


def write(scene: Scene) -> None:
    _write(scene.act, scene)


@singledispatch
def _write(act: object, scene: Scene) -> None:
    raise TypeError(f"Nobody knows how to write down {act!r}")


@_write.register
def _(act: Ticket, scene: Scene) -> None:
    """Portal and email tickets come from the client; those by phone, chat or monitoring are typed in by the agent."""
    by_client = act.channel in ("Portal", "Email")
    with at_time(scene.at, scene.client.user if by_client else AGENT.email) as now:
        issue = frappe.get_doc(
            doctype="Issue",
            subject=act.subject,
            description=_html(act.text),
            customer=_contract(scene).customer,
            raised_by=scene.client.user,
            priority=act.priority,
            retainer_channel=act.channel,
            opening_date=now.date(),
            opening_time=now.time(),
        )
        issue.insert(ignore_permissions=True)  # a client has no role in the desk; the portal inserts for them
        stamp("Issue", issue.name, now, creation=now)
        if by_client:
            _say(scene, issue.name, issue.description, scene.client.user)


@_write.register
def _(act: Message, scene: Scene) -> None:
    issue = _issue(scene)
    author = scene.client.user if act.by_client else AGENT.email
    with at_time(scene.at, author) as now:
        _say(scene, issue.name, _html(act.text), author)
        stamp("Issue", issue.name, now, **_first_response_time(issue, act))
        if act.then:
            _save(issue.reload(), {"status": act.then})


@_write.register
def _(act: Change, scene: Scene) -> None:
    with at_time(scene.at, AGENT.email) as now:
        issue = _issue(scene)
        _save(issue, dict(act.values))
        stamp("Issue", issue.name, now)


@_write.register
def _(act: Claim, scene: Scene) -> None:
    issue = _issue(scene)
    with at_time(scene.at, MANAGER.email) as now:
        claim = frappe.get_doc(
            doctype="Warranty Claim",
            customer=issue.customer,
            company=company(),
            complaint_date=issue.opening_date,
            complaint=issue.description,
            complaint_raised_by=scene.client.user,
            status="Closed",
            resolution_date=now,
            retainer_contract=scene.contract,
            issue=issue.name,
            cause=act.cause,
            evidence=act.evidence,
            decision=act.decision,
            decision_reason=act.reason,
        )
        claim.insert()
        stamp("Warranty Claim", claim.name, now, creation=now)


@_write.register
def _(act: Approval, scene: Scene) -> None:
    with at_time(scene.at, AGENT.email) as asked:
        approval = approvals.request(scene.contract, act.minutes, act.reason, _issue(scene).name)
    with at_time(scene.at + TO_TYPE_IN, scene.client.user) as decided:
        approvals.approve(approval.name, scene.client.user, act.note)
        stamp(approval.doctype, approval.name, decided, creation=asked, requested_on=asked, decided_on=decided)


@_write.register
def _(act: Sheet, scene: Scene) -> None:
    first = None
    if act.mistaken:
        first = _submit_sheet(act.mistaken, scene, scene.at)
        with at_time(scene.at + TO_TYPE_IN, AGENT.email):
            frappe.get_doc("Timesheet", first).cancel()
    _submit_sheet(act.rows, scene, scene.at + 2 * TO_TYPE_IN, first)


def _submit_sheet(rows: tuple[Work, ...], scene: Scene, at: datetime, amended_from: str | None = None) -> str:
    contract = _contract(scene)
    with at_time(at, AGENT.email) as now:
        sheet = frappe.get_doc(
            doctype="Timesheet",
            company=company(),
            employee=frappe.db.get_value("Employee", {"user_id": AGENT.email}),
            customer=contract.customer,
            currency=contract.currency,
            exchange_rate=_exchange_rate(contract, now.date()),
            amended_from=amended_from,
            time_logs=[_row(work, contract, scene) for work in rows],
        )
        sheet.submit()
        stamp("Timesheet", sheet.name, now, creation=now)
    return sheet.name


def _row(work: Work, contract: Document, scene: Scene) -> dict:
    calendar = contract.terms_on(contract.start_date).calendar
    start = to_site(instant(work.at, contract.start_date, calendar))
    return {
        "activity_type": work.activity_type,
        "description": work.text,
        "from_time": start,
        "to_time": start + timedelta(minutes=work.minutes),
        "hours": work.minutes / 60,
        "issue": _issue_of(scene, work.ticket) if work.ticket else None,
        "retainer_contract": contract.name,
    }


def _exchange_rate(contract: Document, day: date) -> float:
    home = frappe.get_cached_value("Company", contract.company, "default_currency")
    return get_exchange_rate(contract.currency, home, day)


def _say(scene: Scene, issue: str, content: str, author: str) -> None:
    """A public message: from the client it is received, from staff sent."""
    by_client = author == scene.client.user
    with at_time(scene.at, author) as now:
        message = frappe.get_doc(
            doctype="Communication",
            communication_type="Communication",
            communication_medium=MEDIA[frappe.db.get_value("Issue", issue, "retainer_channel")],
            sent_or_received="Received" if by_client else "Sent",
            subject=frappe.db.get_value("Issue", issue, "subject"),
            content=content,
            sender=author,
            recipients=AGENT.email if by_client else scene.client.user,
            communication_date=now,
            status="Linked",
            reference_doctype="Issue",
            reference_name=issue,
        )
        message.insert(ignore_permissions=True)
        stamp("Communication", message.name, now, creation=now)


def _first_response_time(issue: Document, act: Message) -> dict[str, float]:
    """Frappe measures it on the machine's clock, where the whole story takes a minute."""
    if (
        act.by_client
        or frappe.db.count(
            "Communication", {"reference_doctype": "Issue", "reference_name": issue.name, "sent_or_received": "Sent"}
        )
        > 1
    ):
        return {}
    return {"first_response_time": (frappe.flags.current_time - issue.creation).total_seconds()}


def _save(issue: Document, values: dict[str, str]) -> None:
    issue.update(values)
    issue.save()


def _contract(scene: Scene) -> Document:
    return frappe.get_cached_doc("Retainer Contract", scene.contract)


def _issue(scene: Scene) -> Document:
    return frappe.get_doc("Issue", _issue_of(scene, scene.subject))


def _issue_of(scene: Scene, subject: str) -> str:
    return frappe.db.get_value("Issue", {"retainer_contract": scene.contract, "subject": subject})


def _html(text: str) -> str:
    return f"<p>{text}</p>"
