"""What a contract that is priced by quantity counts by itself."""

import json

import frappe
from frappe import _, bold
from frappe.model.document import Document

from support_retainer.exceptions import InvalidTerms
from support_retainer.retainer.rows import place


def validate(contract: Document) -> None:
    if not contract.counted_doctype:
        return
    if contract.offer().pricing_model != "Metered":
        frappe.throw(
            _("{0}: {1} has a flat fee, so there is nothing to count. Leave it empty.").format(
                place(contract, "counted_doctype"), bold(contract.package)
            ),
            InvalidTerms,
        )
    if not is_filters(contract.counted_filters):
        frappe.throw(
            _("{0}: enter field names and values as JSON, for example {1}.").format(
                place(contract, "counted_filters"), '{"enabled": 1}'
            ),
            InvalidTerms,
        )


def is_filters(text: str | None) -> bool:
    try:
        return isinstance(json.loads(text or "{}"), dict | list)
    except ValueError:
        return False
