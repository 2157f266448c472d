"""Yearly uplifts: each a row of terms, entered when the client is told of it; one that was missed is made up."""

from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, formatdate, getdate

from support_retainer import post
from support_retainer.amounts import money, smallest_unit
from support_retainer.billing import each_contract, follow_up
from support_retainer.domain.contract_terms import decimal
from support_retainer.domain.lifecycle import uplifted
from support_retainer.domain.uplifts import TOLD_AHEAD, Uplift
from support_retainer.letters import NEW_FEE
from support_retainer.retainer.doctype.retainer_contract import yearly_uplift

RUNNING = ("Active", "Suspended")


def announce(on: date | str | None = None) -> list[str]:
    """Enter the uplifts that clients are to be told of today as rows of terms, and tell them; returns the contracts.

    The row is what makes it happen, so a second run finds it and does nothing.
    """
    today = getdate(on or frappe.flags.current_time)
    names = frappe.db.sql_list(
        """select name from `tabRetainer Contract`
        where docstatus = 1 and status in %(running)s and uplift_percent > 0
            and start_date <= date_add(%(told)s, interval billing_lead_days - 365 day)
        order by name""",  # before that no anniversary is near
        {"running": RUNNING, "told": today + TOLD_AHEAD},
    )
    return each_contract.changed(names, lambda contract: _announce(contract, today), _("Uplift failed"))


def _announce(contract: Document, today: date) -> bool:
    uplift = yearly_uplift.course(contract).due(today)
    if not uplift:
        return False
    fee = _enter(contract, uplift)
    _note(contract, uplift, fee)
    values = {"contract": contract.name, "package": contract.package, "day": formatdate(uplift.day), "fee": fee}
    post.write(follow_up.readers(contract), NEW_FEE, lambda: values, contract)
    return True


def _enter(contract: Document, uplift: Uplift) -> str:
    """The row of terms; returns the new fee in words."""
    before = contract.terms_row_on(uplift.day)
    percent = uplift.percent(decimal(contract.uplift_percent))
    fee = uplifted(decimal(before.monthly_fee), percent, smallest_unit(contract.currency))
    row = {
        "effective_from": uplift.day,
        "package": before.package,
        "monthly_fee": flt(fee),
        "uplift_percent": flt(percent),
    }
    contract.append("terms", row)
    contract.save(ignore_permissions=True)
    return money(fee, contract.currency)


def _note(contract: Document, uplift: Uplift, fee: str) -> None:
    percent = f"{contract.terms[-1].uplift_percent:g}"
    said = [_("From {0} the monthly fee is {1} (uplift of {2}%).").format(formatdate(uplift.day), fee, percent)]
    late = [formatdate(anniversary) for anniversary in uplift.anniversaries if anniversary < uplift.day]
    if late:
        said.append(_("That makes up for {0}, which the client was not told of in time.").format(", ".join(late)))
    if not follow_up.readers(contract):
        said.append(_("Nobody of the client could be told: name a contact who receives invoices, and write yourself."))
    contract.add_comment("Info", " ".join(said))
