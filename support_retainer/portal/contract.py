"""The contract as its client sees it, and what a client admin may ask of it: another package, or its end."""

from typing import Any

import frappe
from frappe import bold

from support_retainer import amounts, speech
from support_retainer.domain.suspension import is_under_notice
from support_retainer.offboarding import notice
from support_retainer.portal import access, conversation, package, paper, people
from support_retainer.portal.access import Client
from support_retainer.portal.ticket import path_of
from support_retainer.speech import _

RUNNING = ("Active", "Suspended")


def page(client: Client) -> dict[str, Any]:
    name = frappe.form_dict.get("contract")
    row = access.own_contract(str(name), client) if name else client.contract
    if not row:
        return {"contract": None}
    found = package.agreed(row)
    rights = client.on(row.name)
    return {
        "contract": row,
        "words": package.in_words(found),
        "until": package.until(row),
        "promises": package.promises(found),
        "charges": list(paper.charges(found.terms)),
        "is_admin": rights.is_admin,
        "contacts": people.of(row.name) if not client.sees_own_tickets_only(row.customer) else [],
        "packages": other_packages(row) if rights.is_admin else [],
        "notice": _planned(row) if rights.is_admin else None,
        "may_withdraw": rights.is_admin and is_under_notice(row.status, bool(row.notice_given_on)),
        "manager": row.account_manager and speech.name_of(row.account_manager),
    }


def _planned(row: frappe._dict) -> notice.NoticePreview | None:
    """The end and the last fees if notice were given today; None where the contract does not run."""
    if row.status not in RUNNING:
        return None
    try:
        return notice.preview(frappe.get_doc("Retainer Contract", row.name))
    except frappe.ValidationError:  # it has not begun: there is nothing to end yet
        frappe.clear_messages()
        return None


def other_packages(row: frappe._dict) -> list[frappe._dict]:
    """Packages on sale beside the contract's own, of the same catalogue and currency."""
    catalogue = frappe.get_cached_value("Support Package", row.package, "catalogue")
    return frappe.get_all(
        "Support Package",
        {"enabled": 1, "currency": row.currency, "catalogue": catalogue, "name": ["!=", row.package]},
        ["name", "monthly_fee", "fee_is_minimum", "currency"],
        order_by="monthly_fee",
    )


def _administered(contract: str) -> Any:
    """The record of an own contract that the caller runs. Raises NotFound, frappe.PermissionError."""
    client = access.client()
    row = access.own_contract(contract, client)
    people.refuse_unless_admin(client, row.name)
    return frappe.get_doc("Retainer Contract", row.name)


@frappe.whitelist(methods=["GET"])
def preview_notice(contract: str) -> dict[str, Any]:
    """{end_date, currency, last_fees: [{from, amount}]} if the client gave notice today; nothing is written."""
    planned = notice.preview(_administered(contract))
    return {
        "end_date": str(planned.end_date),
        "currency": planned.currency,
        "last_fees": [{"from": str(day), "amount": str(fee)} for day, fee in planned.last_fees],
    }


@frappe.whitelist(methods=["POST"])
def give_notice(contract: str, end_date: str) -> str:
    """Give notice as of today; `end_date` is the one that was shown, and has to be right still. Returns it."""
    record = _administered(contract)
    planned = notice.preview(record)
    if str(planned.end_date) != str(end_date):
        frappe.throw(
            _("The contract would end on {0}, not on the day that you were shown. Look again, then confirm.").format(
                bold(speech.day(planned.end_date))
            )
        )
    return str(notice.give(record))


@frappe.whitelist(methods=["POST"])
def withdraw_notice(contract: str) -> None:
    """Take notice back, up to the last day. Raises InvalidNotice."""
    notice.withdraw(_administered(contract))


@frappe.whitelist(methods=["POST"])
def request_package(contract: str, package: str, note: str = "") -> str:
    """Ask for another package: a ticket that the account manager answers; returns its path. Nothing changes yet."""
    record = _administered(contract)
    wanted = next((row for row in other_packages(record) if row.name == package), None)
    if not wanted:
        raise access.NotFound(_("This package is not on sale."))
    fee = amounts.money(wanted.monthly_fee, wanted.currency)
    text = _("Please move {0} from {1} to {2} ({3} a month).").format(record.name, record.package, package, fee)
    issue = frappe.get_doc(
        doctype="Issue",
        subject=_("Change of package to {0}").format(package)[:140],
        description=conversation.from_text(f"{text}\n{str(note or '').strip()}"),
        customer=record.customer,
        project=record.project,
        raised_by=frappe.session.user,
        retainer_channel="Portal",
        via_customer_portal=1,
    )
    return path_of(issue.insert(ignore_permissions=True).name)
