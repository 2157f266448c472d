"""The CSV files of an export go back in by Frappe's own Data Import and give equal documents: ten DocTypes as they lie
in the archive, and those with child tables by way of `data-import`."""

import csv
import io
from collections.abc import Iterator

import frappe
import pytest
from frappe.core.doctype.data_import.importer import Importer

from support_retainer.archive import data_import
from support_retainer.offboarding.export import job, request
from support_retainer.testing import make_contract
from tests.support.client_site import (
    copied_site,
    inside,
    manage,
    no_archives_left,  # noqa: F401 - a fixture
)
from tests.support.stories import at

pytestmark = [pytest.mark.commits, pytest.mark.usefixtures("no_archives_left")]
TRICKY = 'Said "it\'s, 50 % off"; \\path\\new; NULL,\nعربي 🙂'
# What is different in any new document, or counted anew by a tree.
NOT_COMPARED = ("creation", "modified", "modified_by", "owner", "idx", "lft", "rgt", "old_parent")
TEN = {
    "ToDo": {"description": TRICKY, "priority": "High", "date": "2026-09-14", "status": "Open"},
    "Note": {"title": "Round trip", "content": TRICKY, "public": 1},
    "Brand": {"brand": "Round, \"trip\"", "description": TRICKY},
    "UOM": {"uom_name": "Round trip", "must_be_whole_number": 1},
    "Designation": {"designation_name": "Round trip", "description": TRICKY},
    "Territory": {"territory_name": "Round trip", "parent_territory": "All Territories"},
    "Customer Group": {"customer_group_name": "Round trip", "parent_customer_group": "All Customer Groups"},
    "Supplier Group": {"supplier_group_name": "Round trip", "parent_supplier_group": "All Supplier Groups"},
    "Item Group": {"item_group_name": "Round trip", "parent_item_group": "All Item Groups"},
    "Letter Head": {"letter_head_name": "Round trip", "source": "HTML", "content": f"<p>{TRICKY}</p>"},
}  # fmt: skip

# Data Import takes the default of a field for nothing; ERPNext wrote nothing there.
DEFAULTED = {"Sales Invoice": {"payment_schedule.0.discount_type": ("Percentage", None)}}
# Each with several child tables, and rows of which some say nothing in a column.
CHILDREN = (
    (
        "Contact",
        {
            "first_name": 'Kim, "the" Lee',
            "email_ids": [{"email_id": "kim@one.example", "is_primary": 1}, {"email_id": "kim@two.example"}],
            "phone_nos": [{"phone": "+971 50 1"}, {"phone": "+971 50 2", "is_primary_phone": 1}, {"phone": "+1 3"}],
            "links": [{"link_doctype": "Company", "link_name": "Retainer Demo LLC"}],
        },
    ),
    (
        "Item",
        {
            "item_code": "ROUND-TRIP",
            "item_name": "Round trip",
            "item_group": "All Item Groups",
            "stock_uom": "Nos",
            "is_stock_item": 0,
            "description": TRICKY,
            "uoms": [{"uom": "Nos", "conversion_factor": 1}, {"uom": "Box", "conversion_factor": 12.5}],
            "barcodes": [{"barcode": "A-1"}, {"barcode": "A-2", "uom": "Nos"}],
            "supplier_items": [],
        },
    ),
    (
        "Sales Invoice",
        {
            "customer": "",
            "company": "Retainer Demo LLC",
            "posting_date": "2026-09-14",
            "posting_time": "10:30:00",
            "set_posting_time": 1,
            "due_date": "2026-10-14",
            "remarks": TRICKY,
            "items": [
                {"item_code": "Support Hours", "qty": 2.5, "rate": 150, "description": TRICKY},
                {"item_code": "Support Hours", "qty": 1, "rate": 99.99},
            ],
            "taxes": [],
        },
    ),
)


def values(doctype: str, name: str) -> dict[str, object]:
    """Every stored value of a document, child tables included; the names of child rows are given anew."""
    return stored(frappe.get_doc(doctype, name).as_dict(no_private_properties=True))


def stored(row: dict[str, object]) -> dict[str, object]:
    kept = {key: value for key, value in row.items() if key not in NOT_COMPARED}
    return {key: [children(one) for one in value] if isinstance(value, list) else value for key, value in kept.items()}


def children(row: dict[str, object]) -> dict[str, object]:
    return {"idx": row["idx"], **{key: value for key, value in stored(row).items() if key != "name"}}


def only(name: str, text: str) -> str:
    """The header and the row of one document; the other rows are there already, as in any site."""
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    kept = io.StringIO(newline="")
    csv.writer(kept).writerows([header, *[row for row in rows if row[header.index("name")] == name]])
    return kept.getvalue()


def import_csv(doctype: str, text: str) -> None:
    file = frappe.get_doc(doctype="File", file_name=f"{doctype}.csv", content=text.encode(), is_private=1).insert()
    data_import = frappe.get_doc(
        doctype="Data Import",
        reference_doctype=doctype,
        import_type="Insert New Records",
        import_file=file.file_url,
        mute_emails=1,
    ).insert()
    Importer(doctype, data_import=data_import).import_data()
    log = frappe.get_all("Data Import Log", {"data_import": data_import.name}, ["success", "messages", "exception"])
    assert [row.success for row in log] == [1], log


def test_ten_doctypes_and_three_with_child_tables_go_back_in_by_data_import_and_are_equal(site):
    at("2026-09-14 19:30")
    contract = make_contract("Growth", "2026-08-31")
    made = {doctype: frappe.get_doc(doctype=doctype, **fields).insert().name for doctype, fields in TEN.items()}
    with_children = {doctype: make(doctype, contract, **fields) for doctype, fields in CHILDREN}
    before = {doctype: values(doctype, name) for doctype, name in (made | with_children).items()}
    frappe.db.commit()
    with copied_site() as client:
        manage(client, contract)
        export = request.request(contract.name)
        frappe.db.commit()
        job.run(export.name)
    with inside(export.reload()) as (archive, _manifest):
        texts = {doctype: only(made[doctype], archive.read(f"csv/{doctype}.csv").decode()) for doctype in TEN}
        texts |= {doctype: joined(archive, doctype, name) for doctype, name in with_children.items()}
    for doctype, name in reversed((made | with_children).items()):
        frappe.delete_doc(doctype, name, force=True)
        import_csv(doctype, texts[doctype])
        assert differences(values(doctype, name), before[doctype]) == DEFAULTED.get(doctype, {}), doctype


def make(doctype: str, contract, **fields: object) -> str:
    if "customer" in fields:
        fields["customer"] = contract.customer
    return frappe.get_doc(doctype=doctype, **fields).insert().name


def joined(archive, doctype: str, name: str) -> str:
    """What `data-import` prints of one document."""
    kept = io.StringIO(newline="")
    csv.writer(kept).writerows(data_import.lines(data_import.site_in(archive, None), doctype, [name]))
    return kept.getvalue()


def differences(left: dict[str, object], right: dict[str, object]) -> dict[str, tuple[object, object]]:
    """By the way to each value, such as `items.0.rate`."""
    flat_left, flat_right = dict(flat(left)), dict(flat(right))
    keys = flat_left.keys() | flat_right.keys()
    return {key: (flat_left.get(key), flat_right.get(key)) for key in keys if flat_left.get(key) != flat_right.get(key)}


def flat(value: object, way: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from flat(inner, f"{way}.{key}" if way else str(key))
    else:
        yield way, value
