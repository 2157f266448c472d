"""The CSV files of an export go back in by Frappe's own Data Import, for ten DocTypes, and give equal documents."""

import csv
import io

import frappe
import pytest
from frappe.core.doctype.data_import.importer import Importer

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


def values(doctype: str, name: str) -> dict[str, object]:
    """Every stored value of a document, child tables included."""
    doc = frappe.get_doc(doctype, name).as_dict(no_private_properties=True)
    return {key: value for key, value in doc.items() if key not in NOT_COMPARED}


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


def test_ten_doctypes_go_back_in_by_data_import_and_are_equal(site):
    at("2026-09-14 19:30")
    contract = make_contract("Growth", "2026-08-31")
    made = {doctype: frappe.get_doc(doctype=doctype, **fields).insert().name for doctype, fields in TEN.items()}
    before = {doctype: values(doctype, name) for doctype, name in made.items()}
    frappe.db.commit()
    with copied_site() as client:
        manage(client, contract)
        export = request.request(contract.name)
        frappe.db.commit()
        job.run(export.name)
    with inside(export.reload()) as (archive, _manifest):
        texts = {doctype: archive.read(f"csv/{doctype}.csv").decode() for doctype in TEN}
    for doctype, name in made.items():
        frappe.delete_doc(doctype, name, force=True)
        import_csv(doctype, only(name, texts[doctype]))
        again = frappe.get_all(doctype, key_of(doctype), pluck="name")
        assert len(again) == 1, doctype
        assert {**values(doctype, again[0]), "name": name} == before[doctype]


def key_of(doctype: str) -> dict[str, object]:
    """The first field of the document, which no other document of the site has."""
    return dict([next(iter(TEN[doctype].items()))])
