"""Loading a catalogue creates, updates and keeps; and it stores all of a file or nothing."""

import json

import frappe
import pytest

from support_retainer.catalogues import CatalogueError, available, read
from support_retainer.catalogues.loader import CatalogueNotLoaded, load

TOUCHED = (
    "Activity Type",
    "Holiday List",
    "Issue Priority",
    "Item",
    "SLA Policy",
    "SLA Policy Target",
    "Support Package",
    "Support Package Coverage",
    "Version",
)


def contents() -> dict[str, list]:
    """Name and time of change of every row a load could touch."""
    return {doctype: frappe.get_all(doctype, fields=["name", "modified"], order_by="name") for doctype in TOUCHED}


def settings() -> dict[str, str]:
    roles = ("fee", "usage", "one_off", "expense")
    return {role: frappe.db.get_single_value("Retainer Settings", f"{role}_item", cache=False) for role in roles}


@pytest.fixture
def edition(tmp_path):
    """Writes a changed edition of catalogue 000 and returns the folder it lies in."""

    def publish(change):
        catalogue = read("000")
        change({row["package_name"]: row for row in catalogue["packages"]}, catalogue)
        (tmp_path / "000.json").write_text(json.dumps(catalogue))
        return tmp_path

    return publish


@pytest.mark.parametrize("name", available())
def test_a_load_creates_every_record_of_the_catalogue(name):
    catalogue = read(name)
    report = load(name)

    for doctype, table, key in (
        ("Issue Priority", "priorities", "name"),
        ("Item", "items", "item_code"),
        ("Holiday List", "holiday_lists", "holiday_list_name"),
        ("SLA Policy", "sla_policies", "policy_name"),
        ("Support Package", "packages", "package_name"),
    ):
        for row in catalogue[table]:
            assert frappe.db.exists(doctype, row[key])
    assert all(frappe.db.exists("Activity Type", work) for work in catalogue["activity_types"])
    assert [line for line in report.created if line.startswith("Support Package")] == [
        f"Support Package {row['package_name']}" for row in catalogue["packages"]
    ]
    assert report.kept == ()


@pytest.mark.parametrize("name", available())
def test_a_second_load_writes_nothing(name):
    load(name)
    before = contents()
    report = load(name)
    assert (report.created, report.updated, report.kept) == ((), (), ())
    assert report.lines() == [f"Catalogue {name}: 0 created, 0 updated, 0 of your edits kept"]
    assert contents() == before


def test_all_catalogues_live_side_by_side():
    for name in available():
        load(name)
    assert [load(name).lines()[0].split(": ")[1] for name in available()] == [
        "0 created, 0 updated, 0 of your edits kept"
    ] * len(available())


def test_a_package_is_stored_with_its_figures():
    load("000")
    growth = frappe.get_doc("Support Package", "Growth")
    assert (growth.monthly_fee, growth.currency, growth.catalogue, growth.enabled) == (450, "AED", "000", 1)
    assert [(pool.pool, pool.hours) for pool in growth.hour_pools] == [("Support Hours", 4)]
    training = next(row for row in growth.coverage if row.activity_type == "Training")
    assert (training.treatment, training.rate) == ("Hourly", 150)
    windows = frappe.get_doc("SLA Policy", "Growth SLA").windows
    assert {str(row.start_time) for row in windows} == {"9:00:00"}


def test_items_are_services_and_fill_the_empty_settings():
    load("000")
    assert settings() == {
        "fee": "Support Retainer Fee",
        "usage": "Support Hours",
        "one_off": "Support One-off Fee",
        "expense": "Support Expenses",
    }
    for item in settings().values():
        group, in_stock = frappe.db.get_value("Item", item, ["item_group", "is_stock_item"])
        assert (frappe.db.get_value("Item Group", group, "is_group"), in_stock) == (0, 0)


def test_a_setting_that_was_chosen_stays():
    load("000")
    frappe.db.set_single_value("Retainer Settings", "fee_item", "Support Hours")
    assert load("000").updated == ()
    assert settings()["fee"] == "Support Hours"


def test_an_emptied_setting_is_filled_again():
    load("000")
    frappe.db.set_single_value("Retainer Settings", "expense_item", None)
    assert load("000").updated == ("Retainer Settings: expense_item",)
    assert settings()["expense"] == "Support Expenses"


def test_items_named_by_a_series_are_found_again():
    frappe.db.set_default("item_naming_by", "Naming Series")
    load("000")
    made = frappe.get_all("Item", {"item_name": "Support Hours"}, pluck="name")
    assert settings()["usage"] == made[0] != "Support Hours"
    assert load("000").created == ()


def test_a_record_of_erpnext_is_never_changed():
    frappe.db.set_value("Issue Priority", "P1 Critical", "description", "mine")
    load("000")
    assert frappe.db.get_value("Issue Priority", "P1 Critical", "description") == "mine"


def test_an_edit_is_kept_and_reported():
    load("000")
    growth = frappe.get_doc("Support Package", "Growth")
    growth.monthly_fee = 475
    next(row for row in growth.coverage if row.activity_type == "Training").rate = 175
    growth.save()

    report = load("000")
    kept = {(entry.record, entry.field): entry for entry in report.kept}
    assert set(kept) == {("Support Package Growth", "monthly_fee"), ("Support Package Growth", "coverage")}
    assert "Kept Support Package Growth, monthly_fee: yours is 475, the catalogue says 450" in report.lines()
    coverage = kept["Support Package Growth", "coverage"]
    assert coverage.yours == "activity_type Training, treatment Hourly, rate 175"
    assert coverage.catalogue == "activity_type Training, treatment Hourly, rate 150"
    assert frappe.db.get_value("Support Package", "Growth", "monthly_fee") == 475


def test_a_new_edition_updates_what_nobody_touched(edition):
    load("000")

    def dearer(packages, catalogue):
        packages["Growth"]["monthly_fee"] = "495.00"
        packages["Growth"]["hour_pools"][0]["hours"] = 5

    report = load("000", edition(dearer))
    assert report.updated == ("Support Package Growth: monthly_fee, hour_pools",)
    growth = frappe.get_doc("Support Package", "Growth")
    assert (growth.monthly_fee, growth.hour_pools[0].hours) == (495, 5)


def test_a_new_edition_updates_around_an_edit_and_keeps_it_for_good(edition):
    load("000")
    frappe.get_doc("Support Package", "Growth").update({"monthly_fee": 475}).save()

    def dearer(packages, catalogue):
        packages["Growth"]["monthly_fee"] = "495.00"
        packages["Growth"]["warranty_days"] = 120

    folder = edition(dearer)
    first, second = load("000", folder), load("000", folder)
    assert first.updated == ("Support Package Growth: warranty_days",)
    assert second.updated == ()
    assert [entry.yours for entry in (*first.kept, *second.kept)] == ["475", "475"]
    assert frappe.db.get_value("Support Package", "Growth", ["monthly_fee", "warranty_days"]) == (475, 120)


def test_an_edit_that_is_taken_back_follows_the_catalogue_again(edition):
    load("000")
    frappe.get_doc("Support Package", "Growth").update({"monthly_fee": 475}).save()
    load("000")
    frappe.get_doc("Support Package", "Growth").update({"monthly_fee": 450}).save()

    def dearer(packages, catalogue):
        packages["Growth"]["monthly_fee"] = "495.00"

    assert load("000", edition(dearer)).updated == ("Support Package Growth: monthly_fee",)


def test_support_hours_that_were_edited_stay():
    load("000")
    policy = frappe.get_doc("SLA Policy", "Starter SLA")
    policy.windows[0].end_time = "17:30:00"
    policy.save()
    (kept,) = load("000").kept
    assert (kept.record, kept.field) == ("SLA Policy Starter SLA", "windows")
    assert kept.yours == "day Sunday, start_time 09:00, end_time 17:30"


def test_a_package_that_was_disabled_stays_disabled():
    load("000")
    frappe.get_doc("Support Package", "Starter").update({"enabled": 0}).save()
    assert load("000").updated == ()
    assert frappe.db.get_value("Support Package", "Starter", "enabled") == 0


def test_a_package_of_the_users_own_is_left_alone(edition):
    load("000")
    frappe.db.set_value("Support Package", "Growth", {"monthly_fee": 999, "catalogue_source": None, "catalogue": None})
    modified = frappe.db.get_value("Support Package", "Growth", "modified")

    def dearer(packages, catalogue):
        packages["Growth"]["warranty_days"] = 120

    report = load("000", edition(dearer))
    assert {(entry.record, entry.field) for entry in report.kept} == {
        ("Support Package Growth", "monthly_fee"),
        ("Support Package Growth", "warranty_days"),
    }
    assert frappe.db.get_value("Support Package", "Growth", "modified") == modified


def test_a_file_with_a_wrong_type_stores_nothing(edition):
    def wrong(packages, catalogue):
        packages["Extreme"]["hour_pools"][0]["hours"] = "forty"

    folder, before = edition(wrong), contents()
    with pytest.raises(
        CatalogueError, match=r'packages\[4\]\.hour_pools\[0\]\.hours: expected a number, found "forty"'
    ):
        load("000", folder)
    assert contents() == before


def unknown_time_zone(packages, catalogue):
    catalogue["sla_policies"][3]["time_zone"] = "Asia/Nowhere"


def overlapping_windows(packages, catalogue):
    evening = {"day": "Sunday", "start_time": "17:00", "end_time": "20:00"}
    catalogue["sla_policies"][2]["windows"].append(evening)


def unknown_unit(packages, catalogue):
    catalogue["items"][0]["stock_uom"] = "Sack of Nothing"


@pytest.mark.parametrize(
    ("change", "record"),
    [
        (unknown_time_zone, "SLA Policy Enterprise SLA"),
        (overlapping_windows, "SLA Policy Professional SLA"),
        (unknown_unit, "Item Support Retainer Fee"),
    ],
)
def test_a_record_the_site_refuses_is_named_and_undoes_all(edition, change, record):
    folder, before, chosen = edition(change), contents(), settings()
    with pytest.raises(CatalogueNotLoaded, match=f"^{record} could not be stored, so nothing was: "):
        load("000", folder)
    assert (contents(), settings()) == (before, chosen)


def test_after_a_refusal_the_right_file_loads_in_the_same_transaction(edition):
    with pytest.raises(CatalogueNotLoaded):
        load("000", edition(unknown_time_zone))
    assert len([line for line in load("000").created if line.startswith("Support Package")]) == 5


def test_a_refused_update_leaves_the_loaded_catalogue_as_it_was(edition):
    load("000")

    def half_wrong(packages, catalogue):
        packages["Starter"]["monthly_fee"] = "175.00"
        unknown_time_zone(packages, catalogue)

    before = contents()
    with pytest.raises(CatalogueNotLoaded, match="SLA Policy Enterprise SLA"):
        load("000", edition(half_wrong))
    assert contents() == before
