"""Who a portal user is: their customers, the one they look at, and what each contract allows them. Nothing by default.

A user belongs to a customer by ERPNext's table of portal users or as a contact of a submitted contract. Every page,
list, detail and download of the portal asks here; nothing else in the portal decides whose record something is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import frappe
from frappe.utils import cint, flt

from support_retainer import speech
from support_retainer.portal import package
from support_retainer.speech import _

CHOSEN = "support_customer"
OWN_TICKETS = "Own"


class NotAClient(frappe.PermissionError):
    """Somebody without any customer; for the web server a plain refusal."""


class NotFound(frappe.DoesNotExistError):
    """A record that is not there, or is not the client's: the answer is the same for both."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What a contract says of one of its contacts; a portal user whom no contract names has these defaults."""

    can_approve: bool = False
    approval_limit: float = 0.0
    is_admin: bool = False
    own_tickets_only: bool = False

    def limit_below(self, amount: float) -> float:
        """The limit that an amount goes beyond; 0 where it goes beyond none."""
        return self.approval_limit if self.approval_limit and flt(amount) > self.approval_limit else 0


@dataclass(frozen=True)
class Client:
    """A user of the portal, looking at one of their customers."""

    user: str
    customers: tuple[str, ...]
    customer: str
    rights: Mapping[str, Rights]
    narrowed: frozenset[str]

    @cached_property
    def contracts(self) -> tuple[frappe._dict, ...]:
        """Submitted contracts of the chosen customer, those that serve first, then the newest; one query."""
        rows = frappe.db.sql(
            """select name, customer, company, project, package, status, start_date, go_live_date, end_date,
                warranty_end_date, currency, monthly_fee, notice_given_on, minimum_term_end, account_manager
            from `tabRetainer Contract` where customer = %s and docstatus = 1
            order by status in ('Ended', 'Cancelled'), start_date desc, name desc""",
            self.customer,
            as_dict=True,
        )
        return tuple(rows)

    @property
    def contract(self) -> frappe._dict | None:
        """The contract that serves the chosen customer, else the last one; None where there never was any."""
        return next(iter(self.contracts), None)

    @cached_property
    def full_name(self) -> str:
        return speech.name_of(self.user)

    @cached_property
    def zone(self) -> str | None:
        """The time zone that the contract was made in; None where it has no support hours."""
        return package.agreed(self.contract).zone if self.contract else None

    def on(self, contract: str) -> Rights:
        return self.rights.get(contract, Rights())

    @property
    def is_admin(self) -> bool:
        """Whether the user runs the chosen customer's account: its contacts, notice and package."""
        return any(self.on(row.name).is_admin for row in self.contracts)

    def sees_own_tickets_only(self, customer: str) -> bool:
        return customer in self.narrowed

    @property
    def sees_prices(self) -> bool:
        """What the chosen customer pays: not for contacts with own tickets only, unless they decide on amounts."""
        rights = [self.on(row.name) for row in self.contracts]
        return not self.sees_own_tickets_only(self.customer) or any(one.can_approve or one.is_admin for one in rights)

    def may_see(self, ticket: Mapping[str, Any]) -> bool:
        """`ticket` has customer, raised_by and owner."""
        if ticket["customer"] not in self.customers:
            return False
        return not self.sees_own_tickets_only(ticket["customer"]) or self.user in (
            ticket["raised_by"],
            ticket["owner"],
        )


def client(user: str | None = None) -> Client:
    """The session's user as a client; two queries. Raises NotAClient for guests, strangers and disabled users."""
    user = user or frappe.session.user
    rows = [] if user == "Guest" else _rows(user)
    if not rows:
        raise NotAClient(_("You have no access to the support portal. Ask your contact at the support team."))
    customers = tuple(dict.fromkeys(row.customer for row in rows))
    return Client(
        user=user,
        customers=customers,
        customer=_chosen(user, customers),
        rights={row.contract: _rights(row) for row in rows if row.contract},
        narrowed=frozenset(row.customer for row in rows if row.contract and row.tickets == OWN_TICKETS),
    )


def _rows(user: str) -> list[frappe._dict]:
    return frappe.db.sql(
        """select held.customer, held.contract, held.can_approve, held.approval_limit, held.is_admin, held.tickets
        from (
            select contract.customer, contract.name as contract, contact.can_approve, contact.approval_limit,
                contact.is_admin, contact.tickets
            from `tabRetainer Contract Contact` contact
            join `tabRetainer Contract` contract on contract.name = contact.parent and contract.docstatus = 1
            where contact.user = %(user)s and contact.parenttype = 'Retainer Contract'
            union all
            select portal.parent, null, 0, 0, 0, null from `tabPortal User` portal
            where portal.user = %(user)s and portal.parenttype = 'Customer'
        ) held
        join `tabUser` user on user.name = %(user)s and user.enabled = 1
        join `tabCustomer` customer on customer.name = held.customer
        order by held.customer, held.contract""",
        {"user": user},
        as_dict=True,
    )


def _rights(row: frappe._dict) -> Rights:
    return Rights(
        can_approve=bool(cint(row.can_approve)),
        approval_limit=flt(row.approval_limit),
        is_admin=bool(cint(row.is_admin)),
        own_tickets_only=row.tickets == OWN_TICKETS,
    )


def _chosen(user: str, customers: tuple[str, ...]) -> str:
    """What the switcher was last set to, if it still is one of the user's; never what a request claims."""
    if len(customers) == 1:
        return customers[0]
    kept = frappe.defaults.get_user_default(CHOSEN, user)
    return kept if kept in customers else customers[0]


def choose(customer: str) -> None:
    """Look at another of the user's customers from now on. Raises NotFound for anybody else's."""
    if customer not in client().customers:
        raise NotFound(_("There is no such customer."))
    frappe.defaults.set_user_default(CHOSEN, customer)


def own_contract(name: str, of: Client | None = None) -> frappe._dict:
    """A contract of the chosen customer. Raises NotFound."""
    found = next((row for row in (of or client()).contracts if row.name == name), None)
    if not found:
        raise NotFound(_("There is no such contract."))
    return found


def ticket(name: str, of: Client | None = None) -> frappe._dict:
    """The row of an Issue that the user may see, of any of their customers. Raises NotFound; one query."""
    row = frappe.db.get_value("Issue", name, "*", as_dict=True) if isinstance(name, str) else None
    if not row or not (of or client()).may_see(row):
        raise NotFound(_("There is no such ticket."))
    return row
