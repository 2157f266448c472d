import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils.password import set_encrypted_password

from support_retainer.exceptions import ExportRefused, WrongCustomer
from support_retainer.retainer.rows import place

SMALLEST_PART_MB, LARGEST_PART_MB = 10, 2000
SHORTEST_PASSPHRASE = 8


class ClientDataExport(Document):
    """One request for everything a client owns: the job that makes it, the archive, who may fetch it and until when."""

    def validate(self) -> None:
        self.customer = frappe.db.get_value("Retainer Contract", self.contract, "customer")
        self.validate_contract()
        self.validate_site()
        self.validate_part_size()
        self.validate_passphrase()

    def validate_contract(self) -> None:
        if self.is_new() and frappe.db.get_value("Retainer Contract", self.contract, "docstatus") == 0:
            frappe.throw(
                _("{0}: {1} is a draft and has no records yet. Submit it first.").format(
                    place(self, "contract"), bold(self.contract)
                ),
                ExportRefused,
            )

    def validate_site(self) -> None:
        owner = self.managed_site and frappe.db.get_value("Managed Site", self.managed_site, "customer")
        if self.managed_site and owner != self.customer:
            frappe.throw(
                _("{0}: {1} is no site of {2}. Choose one of theirs, or leave it empty for all.").format(
                    place(self, "managed_site"), bold(self.managed_site), bold(self.customer)
                ),
                WrongCustomer,
            )

    def validate_part_size(self) -> None:
        """A larger part has a size that Frappe's File can't hold."""
        if not SMALLEST_PART_MB <= self.part_size_mb <= LARGEST_PART_MB:
            frappe.throw(
                _("{0}: enter {1} to {2} MB.").format(place(self, "part_size_mb"), SMALLEST_PART_MB, LARGEST_PART_MB),
                ExportRefused,
            )

    def validate_passphrase(self) -> None:
        """It is entered once, when the export is asked for; a change later would not reach the archive."""
        if not self.is_new():
            return
        if self.passphrase:
            self.refuse_poor(self.passphrase)
        self.encrypted = int(bool(self.passphrase))

    def keep_passphrase(self, passphrase: str) -> None:
        """Once more, for another attempt; it is forgotten with the attempt's end like the first one."""
        self.refuse_poor(passphrase)
        set_encrypted_password(self.doctype, self.name, passphrase, "passphrase")

    def refuse_poor(self, passphrase: str) -> None:
        if "\n" in passphrase or len(passphrase) < SHORTEST_PASSPHRASE:
            frappe.throw(
                _("{0}: enter at least {1} characters on one line. Without encryption, ask for a new export.").format(
                    place(self, "passphrase"), SHORTEST_PASSPHRASE
                ),
                ExportRefused,
            )


def on_doctype_update() -> None:
    frappe.db.add_index("Client Data Export", ["status", "heartbeat_at"])
    frappe.db.add_index("Client Data Export", ["contract", "creation"])
