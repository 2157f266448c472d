"""What the desk calls about an export."""

from typing import Any

import frappe

from support_retainer.offboarding.export import copies, deletion, links, progress, request


@frappe.whitelist(methods=["POST"])
def retry(export: str, passphrase: str = "") -> None:
    """After a failure; with the passphrase again where the archive is to be encrypted."""
    request.retry(_export(export), str(passphrase))


@frappe.whitelist(methods=["POST"])
def cancel(export: str, why: str) -> None:
    """What was made of it so far is removed."""
    request.cancel(_export(export), str(why))


@frappe.whitelist(methods=["POST"])
def stop(export: str) -> None:
    """End an export that is being made, at its next step. Raises ExportRefused."""
    progress.stop(_export(export).name)


@frappe.whitelist(methods=["GET"])
def contacts(export: str) -> list[str]:
    """Whom a link can be sent to."""
    return links.contacts(_export(export).contract)


@frappe.whitelist(methods=["POST"])
def send_link(export: str, user: str) -> None:
    links.send(_export(export), user)


@frappe.whitelist(methods=["POST"])
def revoke_links(export: str) -> int:
    """Returns how many links were open."""
    return links.revoke(_export(export))


@frappe.whitelist(methods=["POST"])
def delete_archive(export: str, why: str) -> None:
    deletion.delete_archive(_export(export), why)


@frappe.whitelist(methods=["POST"])
def copy_again(export: str) -> None:
    """To the bucket, at once."""
    copies.again(_export(export))


@frappe.whitelist(methods=["POST"])
def give_up_copy(export: str, why: str) -> None:
    """Where the bucket is not there any more, so that the archive can go on its day."""
    copies.give_up(_export(export), str(why))


def _export(name: str) -> Any:
    export = frappe.get_doc("Client Data Export", name)
    export.check_permission("write")
    return export
