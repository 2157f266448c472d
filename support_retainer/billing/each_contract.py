"""Daily work on many contracts: each in a transaction of its own, so that what is wrong with one holds up no other."""

from collections.abc import Callable, Iterable

import frappe
from frappe.model.document import Document


def changed(names: Iterable[str], work: Callable[[Document], bool], title: str) -> list[str]:
    """Do the work on each contract, locked; returns those that it changed. `title` is that of the log of a failure."""
    return [name for name in names if _alone(name, work, title)]


def _alone(name: str, work: Callable[[Document], bool], title: str) -> bool:
    frappe.db.commit()  # what is read behind the lock is then at least as new as the lock
    try:
        done = work(frappe.get_doc("Retainer Contract", name, for_update=True))
    except Exception:
        frappe.db.rollback()
        frappe.log_error(title=title, reference_doctype="Retainer Contract", reference_name=name)
        done = False
    frappe.db.commit()
    return done
