from decimal import Decimal
from itertools import pairwise
from typing import Any

import frappe
from frappe import _, bold
from frappe.model import no_value_fields
from frappe.model.document import Document
from frappe.utils import flt

from support_retainer import exceptions
from support_retainer.retainer import figures
from support_retainer.retainer.rows import place, refuse_duplicates

# What the record keeps for itself and a client never agreed to.
NOT_IN_SNAPSHOT = ("catalogue_source", "enabled")


class SupportPackage(Document):
    """An offer: what a monthly fee buys and what everything else costs."""

    def validate(self) -> None:
        figures.refuse_odd_figures([self, *self.get_all_children()])
        self.validate_discount()
        self.validate_pricing_model()
        self.validate_tiers()
        self.validate_hour_pools()
        self.validate_coverage()
        self.validate_channels()
        self.validate_overage()
        self.validate_emergency()

    def validate_discount(self) -> None:
        if flt(self.discount_percent) > 100:
            frappe.throw(
                _("{0} is a percentage. Enter 0 to 100.").format(place(self, "discount_percent")),
                exceptions.InvalidDiscount,
            )

    def validate_pricing_model(self) -> None:
        if self.pricing_model != "Metered":
            return
        if not self.metric:
            frappe.throw(
                _("{0}: say what is counted, for example Lines of Code.").format(place(self, "metric")),
                exceptions.NoMetric,
            )
        if not self.tiers:
            frappe.throw(
                _("{0}: a metered package needs at least one price.").format(place(self, "tiers")),
                exceptions.InvalidTiers,
            )

    def validate_tiers(self) -> None:
        for lower, upper in pairwise(self.tiers):
            if flt(upper.from_quantity) <= flt(lower.from_quantity):
                frappe.throw(
                    _("{0}: quantities rise from row to row. Enter more than {1}.").format(
                        place(upper, "from_quantity"), lower.from_quantity
                    ),
                    exceptions.InvalidTiers,
                )

    def validate_hour_pools(self) -> None:
        refuse_duplicates(self.hour_pools, "pool")
        for row in self.hour_pools:
            if flt(row.rollover_cap_hours) and not row.rollover_periods:
                frappe.throw(
                    _("{0}: a cap needs a rollover. Enter Rollover Periods or clear the cap.").format(
                        place(row, "rollover_cap_hours")
                    ),
                    exceptions.InvalidRollover,
                )

    def validate_coverage(self) -> None:
        refuse_duplicates(self.coverage, "activity_type")
        for row in self.coverage:
            if row.treatment in ("Hourly", "Daily") and not flt(row.rate):
                frappe.throw(
                    _(
                        "{0}: {1} is not included, so it needs a price. Enter a rate, or choose Included, Free, "
                        "Quoted or Not Offered."
                    ).format(place(row, "rate"), bold(row.activity_type)),
                    exceptions.NoChargeRule,
                    title=_("Charge rule missing"),
                )

    def validate_channels(self) -> None:
        refuse_duplicates(self.channels, "channel")

    def validate_overage(self) -> None:
        if self.hour_pools and self.overage_policy == "Bill" and not flt(self.overage_rate):
            frappe.throw(
                _(
                    "{0}: hours beyond the pools are billed, so they need a price. Enter a rate, or choose "
                    "Ask Approval or Stop."
                ).format(place(self, "overage_rate")),
                exceptions.NoOverageRate,
            )

    def validate_emergency(self) -> None:
        if flt(self.emergency_minimum_hours) and not (flt(self.emergency_rate) or self.emergency_included):
            frappe.throw(
                _("{0}: a minimum needs a price for an hour. Enter a rate, or clear the minimum.").format(
                    place(self, "emergency_rate")
                ),
                exceptions.NoEmergencyMinimum,
            )

    def snapshot(self) -> dict[str, Any]:
        """The package as plain values, in the shape of a `packages[]` entry of a catalogue file.

        Money is text with at least two decimals, a tick is a bool, child tables are lists of dicts.
        """
        tables = {
            df.fieldname: [plain_values(row) for row in self.get(df.fieldname)] for df in self.meta.get_table_fields()
        }
        return plain_values(self) | tables


def plain_values(row: Document) -> dict[str, Any]:
    return {
        df.fieldname: plain(row.get(df.fieldname), df.fieldtype)
        for df in row.meta.fields
        if df.fieldtype not in no_value_fields and df.fieldname not in NOT_IN_SNAPSHOT
    }


def plain(value: Any, fieldtype: str) -> Any:
    if fieldtype == "Check":
        return bool(value)
    if fieldtype == "Currency":
        return money_text(value)
    if fieldtype in ("Int", "Float", "Percent"):
        return value or 0
    return value or ""


def money_text(value: Any) -> str:
    """150 -> "150.00", 0.125 -> "0.125": exact, at least two decimals, never an exponent."""
    amount = Decimal(str(value or 0)).normalize()
    return format(amount if amount.as_tuple().exponent < -2 else amount.quantize(Decimal("0.01")), "f")
