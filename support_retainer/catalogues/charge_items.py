"""The items that invoices are made of, on a site whose packages were typed and not loaded with a catalogue."""

import frappe

from support_retainer.catalogues import available, loader

FIELDS = ("fee_item", "usage_item", "one_off_item", "expense_item")


def make_if_none() -> None:
    """Make them and name them in the settings where none of them is chosen; a site that chose some is left alone.

    Where they can't be made, for want of an item group, billing says which setting is empty.
    """
    settings = frappe.get_cached_doc("Retainer Settings")
    if any(settings.get(fieldname) for fieldname in FIELDS):
        return
    try:
        loader.load_items(available()[0])
    except loader.CatalogueNotLoaded:
        frappe.clear_last_message()
