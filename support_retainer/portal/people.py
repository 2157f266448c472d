"""The client's own people: who they are, what each may do, and colleagues whom a client admin invites."""

from typing import Any

import frappe
from frappe import bold
from frappe.model.document import Document
from frappe.rate_limiter import rate_limit
from frappe.utils import cint, flt, validate_email_address

from support_retainer.exceptions import RetainerError
from support_retainer.portal import access
from support_retainer.speech import _

ROLE = "Customer"
COMPANY, OWN = "Company", "Own"
AN_HOUR = 3600


class CannotChangePeople(RetainerError):
    """A contact that cannot be added, changed or removed this way."""


def of(contract: str) -> list[frappe._dict]:
    """The contacts of an own contract with their rights, in its order."""
    return frappe.db.sql(
        """select contact.user, user.full_name, user.enabled, user.last_login is not null as has_come,
            contact.can_approve, contact.approval_limit, contact.is_admin,
            coalesce(contact.tickets, 'Company') as tickets
        from `tabRetainer Contract Contact` contact join `tabUser` user on user.name = contact.user
        where contact.parent = %s and contact.parenttype = 'Retainer Contract' order by contact.idx""",
        contract,
        as_dict=True,
    )


def refuse_unless_admin(client: access.Client, contract: str) -> None:
    if not client.on(contract).is_admin:
        raise frappe.PermissionError(_("Only an account admin of your company may do this."))


@frappe.whitelist(methods=["POST"])
@rate_limit(limit=30, seconds=AN_HOUR)
def invite(
    contract: str,
    email: str,
    first_name: str,
    last_name: str = "",
    tickets: str = COMPANY,
    can_approve: int = 0,
    approval_limit: float = 0,
    is_admin: int = 0,
) -> str:
    """Add a colleague to an own contract; a new one gets Frappe's welcome mail. Returns the user.

    Raises CannotChangePeople, frappe.InvalidEmailAddressError, frappe.PermissionError, frappe.DoesNotExistError.
    """
    record = _administered(contract)
    user = validate_email_address(str(email or "").strip(), throw=True).lower()
    if any(row.user == user for row in record.contacts):
        frappe.throw(_("{0} is a contact already.").format(bold(user)), CannotChangePeople)
    _admit(user, str(first_name or "").strip(), str(last_name or "").strip())
    record.append("contacts", {"user": user, **_rights(tickets, can_approve, approval_limit, is_admin)})
    record.save(ignore_permissions=True)
    _link_contact(user, record.customer)
    return user


@frappe.whitelist(methods=["POST"])
def change(
    contract: str,
    user: str,
    tickets: str = COMPANY,
    can_approve: int = 0,
    approval_limit: float = 0,
    is_admin: int = 0,
) -> None:
    """Set what a colleague may do; somebody of the client stays admin. Raises CannotChangePeople."""
    record = _administered(contract)
    _row(record, user).update(_rights(tickets, can_approve, approval_limit, is_admin))
    _refuse_without_admin(record)
    record.save(ignore_permissions=True)


@frappe.whitelist(methods=["POST"])
def remove(contract: str, user: str) -> None:
    """Take a colleague off the contract and out of the portal users of the customer. Raises CannotChangePeople."""
    record = _administered(contract)
    record.remove(_row(record, user))
    _refuse_without_admin(record)
    record.save(ignore_permissions=True)
    frappe.db.delete("Portal User", {"parenttype": "Customer", "parent": record.customer, "user": user})


def _administered(contract: str) -> Document:
    client = access.client()
    row = access.own_contract(contract, client)
    refuse_unless_admin(client, row.name)
    return frappe.get_doc("Retainer Contract", row.name)


def _rights(tickets: str, can_approve: Any, approval_limit: Any, is_admin: Any) -> dict[str, Any]:
    return {
        "tickets": OWN if tickets == OWN else COMPANY,
        "can_approve": int(bool(cint(can_approve))),
        "approval_limit": max(0.0, flt(approval_limit)),
        "is_admin": int(bool(cint(is_admin))),
    }


def _row(record: Document, user: str) -> Document:
    found = next((row for row in record.contacts if row.user == user), None)
    if not found:
        raise access.NotFound(_("There is no such contact."))
    return found


def _refuse_without_admin(record: Document) -> None:
    if not any(row.is_admin for row in record.contacts):
        frappe.throw(_("Somebody has to stay account admin. Make a colleague admin first."), CannotChangePeople)


def _admit(user: str, first_name: str, last_name: str) -> None:
    """A website user with the role Customer; nobody of the staff and nobody whose account was closed comes in here."""
    known = frappe.db.get_value("User", user, ["user_type", "enabled"], as_dict=True)
    if known and (known.user_type != "Website User" or not known.enabled):
        frappe.throw(_("{0} cannot be invited. Ask us to add this person.").format(bold(user)), CannotChangePeople)
    if known:
        frappe.get_doc("User", user).add_roles(ROLE)
        return
    if not first_name:
        frappe.throw(_("{0} is missing. Fill it in.").format(_("First Name")), CannotChangePeople)
    person = frappe.get_doc(
        doctype="User",
        email=user,
        first_name=first_name[:140],
        last_name=last_name[:140],
        user_type="Website User",
        send_welcome_email=1,
    )
    person.append_roles(ROLE)
    person.insert(ignore_permissions=True)


def _link_contact(user: str, customer: str) -> None:
    """By the link of their Contact a mail from the address finds the customer. Frappe makes one later, in a job."""
    name = frappe.db.get_value("Contact", {"email_id": user})
    contact = frappe.get_doc("Contact", name) if name else _contact(user)
    if not contact.has_link("Customer", customer):
        contact.append("links", {"link_doctype": "Customer", "link_name": customer})
    contact.save(ignore_permissions=True)


def _contact(user: str) -> Document:
    first_name, last_name = frappe.db.get_value("User", user, ["first_name", "last_name"])
    contact = frappe.get_doc(doctype="Contact", first_name=first_name, last_name=last_name, user=user)
    contact.append("email_ids", {"email_id": user, "is_primary": 1})
    return contact
