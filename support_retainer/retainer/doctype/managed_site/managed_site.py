from dataclasses import fields
from datetime import datetime
from urllib.parse import urlsplit

import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import cint, get_datetime, getdate

from support_retainer.domain.site_health import LEVELS, Thresholds
from support_retainer.domain.uptime import MaintenanceWindow, Repeats, in_maintenance
from support_retainer.exceptions import InvalidSite, InvalidTime, ManagersOnly, WrongCustomer
from support_retainer.retainer.rows import place
from support_retainer.site_time import site_zone, to_utc

LIMITS = tuple(field.name for field in fields(Thresholds))
NOT_WATCHED = "None"


class ManagedSite(Document):
    """A client's site that is watched, maintained and backed up."""

    def validate(self) -> None:
        self.validate_url()
        self.refuse_internal_by_others()
        self.validate_customer()
        self.follow_package()
        self.fill_limits()
        self.validate_windows()
        self.validate_local_site()

    def validate_url(self) -> None:
        self.url = (self.url or "").strip()
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            self.refuse("url", _("{0}: enter an address that starts with https:// or http://."))
        if parts.username or parts.password:
            self.refuse("url", _("{0}: leave out the password; there is a field for the API key."))

    def refuse(self, fieldname: str, text: str) -> None:
        frappe.throw(text.format(place(self, fieldname)), InvalidSite)

    def refuse_internal_by_others(self) -> None:
        """An internal site lets the checks reach private addresses, which is a decision about this server.

        With the tick set, another address is a new decision.
        """
        decided = self.has_value_changed("internal") or self.has_value_changed("url")
        if self.internal and decided and "System Manager" not in frappe.get_roles():
            frappe.throw(
                _("{0}: only a System Manager may let checks reach a private network. Untick it, or ask one.").format(
                    place(self, "internal")
                ),
                ManagersOnly,
            )

    def validate_customer(self) -> None:
        owner = self.contract and frappe.db.get_value("Retainer Contract", self.contract, "customer")
        self.customer = self.customer or owner
        if owner and owner != self.customer:
            frappe.throw(
                _("{0}: {1} is a contract of {2}. Choose one of {3}, or leave it empty.").format(
                    place(self, "contract"), bold(self.contract), bold(owner), bold(self.customer)
                ),
                WrongCustomer,
            )

    def follow_package(self) -> None:
        offer = self.package_today()
        self.monitoring_level = self.monitoring_level or offer.get("monitoring_level") or "Standard"
        self.backup_retention_days = self.backup_retention_days or cint(offer.get("backup_retention_days"))

    def package_today(self) -> dict:
        """The package as it was agreed for today; empty without a contract."""
        if not self.contract:
            return {}
        contract = frappe.get_cached_doc("Retainer Contract", self.contract)
        row = contract.terms_row_on(max(getdate(), getdate(contract.start_date)))
        return frappe.parse_json(row.package_snapshot) if row and row.package_snapshot else {}

    def fill_limits(self) -> None:
        """A level brings its limits; those that were entered with it stay."""
        level = LEVELS.get(self.monitoring_level)
        if not level or not (self.is_new() or self.has_value_changed("monitoring_level")):
            return
        for fieldname in LIMITS:
            if self.is_new() and cint(self.get(fieldname)):
                continue
            self.set(fieldname, getattr(level.thresholds, fieldname))

    def validate_windows(self) -> None:
        for row in self.windows:
            if get_datetime(row.ends_at) <= get_datetime(row.starts_at):
                frappe.throw(
                    _("{0}: it ends before it starts. Enter a later time.").format(place(row, "ends_at")), InvalidTime
                )

    def validate_local_site(self) -> None:
        """It becomes part of a path and of a command."""
        if self.local_site and self.local_site not in frappe.utils.get_sites():
            frappe.throw(
                _("{0}: this bench has no site {1}. Enter one of its sites, or leave it empty.").format(
                    place(self, "local_site"), bold(self.local_site)
                ),
                InvalidSite,
            )
        if self.local_site and self.has_value_changed("local_site") and "System Manager" not in frappe.get_roles():
            frappe.throw(
                _("{0}: only a System Manager may name a site of this bench. Leave it empty, or ask one.").format(
                    place(self, "local_site")
                ),
                ManagersOnly,
            )

    def limits(self) -> Thresholds:
        return Thresholds(**{fieldname: cint(self.get(fieldname)) for fieldname in LIMITS})

    def maintenance_windows(self) -> tuple[MaintenanceWindow, ...]:
        return tuple(
            MaintenanceWindow(to_utc(row.starts_at), to_utc(row.ends_at), Repeats(row.repeats or "Once"), site_zone())
            for row in self.windows
        )

    def in_maintenance(self, at: datetime) -> bool:
        return in_maintenance(self.maintenance_windows(), at)

    def on_trash(self) -> None:
        for doctype in ("Site Check", "Site Check Rollup"):
            frappe.db.delete(doctype, {"site": self.name})

    def after_rename(self, old: str, new: str, merge: bool = False) -> None:
        self.db_set("site_name", new, update_modified=False)
