import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import flt, getdate

from support_retainer.exceptions import InvalidTime, UnknownPool
from support_retainer.retainer.rows import place


class HourAdjustment(Document):
    """Hours given or taken by hand: an agent drafts it, a manager's submit approves it and posts it."""

    def validate(self) -> None:
        self.refuse_nothing()
        self.refuse_unknown_pool()
        self.refuse_ended_hours()

    def refuse_nothing(self) -> None:
        if not self.minutes:
            frappe.throw(
                _("{0}: enter at least a minute (0.02), above zero to give and below zero to take hours.").format(
                    place(self, "hours")
                ),
                InvalidTime,
            )

    def refuse_unknown_pool(self) -> None:
        pools = pools_of(self.contract)
        if self.pool not in pools:
            frappe.throw(
                _("{0}: {1} has no pool {2}. Choose one of: {3}.").format(
                    place(self, "pool"), bold(self.contract), bold(self.pool), ", ".join(pools) or _("none")
                ),
                UnknownPool,
            )

    def refuse_ended_hours(self) -> None:
        if self.minutes > 0 and self.usable_until and getdate(self.usable_until) < getdate():
            frappe.throw(
                _("{0}: that day is over. Choose today or later, or leave it empty.").format(
                    place(self, "usable_until")
                ),
                InvalidTime,
            )

    @property
    def minutes(self) -> int:
        return round(flt(self.hours) * 60)


@frappe.whitelist(methods=["GET"])
def pools_of(contract: str) -> list[str]:
    """Names of the contract's accounts, for the form."""
    frappe.has_permission("Retainer Contract", "read", contract, throw=True)
    return frappe.get_all("Hour Ledger", filters={"contract": contract}, pluck="pool", order_by="pool")
