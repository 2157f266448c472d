"""An outgoing mail account for tests that look into the queue; nothing is sent."""

import frappe


def make_outbox(address: str = "support@retainer.example") -> None:
    account = frappe.get_doc(
        doctype="Email Account",
        email_account_name=address.partition("@")[0].title(),
        email_id=address,
        enable_outgoing=1,
        default_outgoing=1,
        smtp_server="localhost",
        no_smtp_authentication=1,
        awaiting_password=1,
    )
    account.flags.ignore_validate = True  # which would call the mail server
    account.insert(ignore_permissions=True)
