"""Which pages of the portal are there for a client, by the stage of the contract and by what the contact may see.

After a contract has ended there are history, invoices and exports, and for a while the handover; a customer with
another contract that serves keeps everything. A contact with own tickets only has no page about the company's money and
its other matters; one who may approve has those where it is done.
"""

import frappe
from frappe.utils import getdate

from support_retainer.domain.offboarding import Stage, stage
from support_retainer.exceptions import PortalNarrowed
from support_retainer.offboarding.checklist import transition_days
from support_retainer.portal.access import Client
from support_retainer.speech import _

# Pages that are about service, and those that begin something new. Hours and reports are history.
OF_SERVICE = ("/support/sites", "/support/estimates")
OF_HANDOVER = ("/support/tickets/new",)
# What a contact with own tickets only does not get: at all, unless admin of the account, unless there is a decision.
OF_COMPANY = ("/support/invoices", "/support/reports")
OF_ADMINS = ("/support/exports",)
OF_DECISIONS = ("/support/contract", "/support/estimates", "/support/sites")
CARDS_OF_SERVICE = ("sites_page.card", "decisions.card", "overview.hours_card")


def stage_of(client: Client) -> Stage:
    """Served without any contract: a client before the first one may write to us."""
    contracts = client.contracts
    if not contracts or any(row.status != "Ended" for row in contracts):
        return Stage.SERVED
    last = max(contracts, key=lambda row: getdate(row.end_date) if row.end_date else getdate("0001-01-01"))
    return stage(getdate(last.end_date) if last.end_date else None, True, transition_days(), getdate())


def allows(client: Client | None, path: str) -> bool:
    """Whether a page of the portal is there for this client."""
    found = stage_of(client) if client else Stage.SERVED
    closed = {Stage.SERVED: (), Stage.TRANSITION: OF_SERVICE, Stage.OVER: (*OF_SERVICE, *OF_HANDOVER)}[found]
    hidden = _not_for_the_contact(client) if client else ()
    return not any(path == start or path.startswith(f"{start}/") for start in (*closed, *hidden))


def _not_for_the_contact(client: Client) -> tuple[str, ...]:
    if not client.sees_own_tickets_only(client.customer):
        return ()
    of_admins = () if client.is_admin else OF_ADMINS
    of_decisions = () if client.sees_prices else OF_DECISIONS
    return (*OF_COMPANY, *of_admins, *of_decisions)


def shows(client: Client, card: str) -> bool:
    """Whether a card of the overview, by its dotted name, leads anywhere for this client."""
    return not card.endswith(CARDS_OF_SERVICE) or stage_of(client) is Stage.SERVED


def refuse_new_ticket(client: Client) -> None:
    """Raises PortalNarrowed once the transition is over."""
    if stage_of(client) is Stage.OVER:
        frappe.throw(
            _("Your contract and the transition have ended, so no new ticket can be opened here. Write us a mail."),
            PortalNarrowed,
        )
