"""Stores a catalogue on a site: creates what is missing, updates what nobody touched, keeps what somebody did.

Nothing is committed here; the caller's transaction holds all of it or, after an error, nothing. Who may load is asked
where it is called (the bench, `api`): an offer has priorities and items, which those roles could not make one by one.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from support_retainer.catalogues import FOLDER, merge, read, schema
from support_retainer.exceptions import RetainerError

SAVEPOINT = "retainer_catalogue"
Row = Mapping[str, Any]


class CatalogueNotLoaded(RetainerError):
    """A record of the catalogue was refused by the site; nothing of the catalogue is stored."""


@dataclass(frozen=True)
class Kept:
    """A field that the user changed (or made) himself and that therefore stays, though the catalogue differs."""

    record: str
    field: str
    yours: str
    catalogue: str


@dataclass(frozen=True)
class LoadReport:
    """What one load did. `created` and `updated` are lines naming records; all empty means nothing was written."""

    catalogue: str
    created: tuple[str, ...]
    updated: tuple[str, ...]
    kept: tuple[Kept, ...]

    def lines(self) -> list[str]:
        """The report for a person, one fact a line."""
        lines = [_("Created {0}").format(record) for record in self.created]
        lines += [_("Updated {0}").format(record) for record in self.updated]
        lines += [
            _("Kept {0}, {1}: yours is {2}, the catalogue says {3}").format(
                kept.record, kept.field, kept.yours, kept.catalogue
            )
            for kept in self.kept
        ]
        summary = _("Catalogue {0}: {1} created, {2} updated, {3} of your edits kept").format(
            self.catalogue, len(self.created), len(self.updated), len(self.kept)
        )
        return [*lines, summary]


@dataclass
class _Loading:
    """The report while it is being written."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)


def load(name: str, folder: Path = FOLDER) -> LoadReport:
    """Create or update the records of a catalogue; a second load writes nothing.

    Raises CatalogueError for a file that is wrong and CatalogueNotLoaded, naming the record, for one that the
    site refuses. Either way nothing of it is stored.
    """
    catalogue = read(name, folder)
    loading = _Loading()
    with _all_or_nothing():
        _load_masters(catalogue, loading)
        for policy in catalogue["sla_policies"]:
            _merge("SLA Policy", policy["policy_name"], policy, schema.SLA_POLICY, loading)
        for package in catalogue["packages"]:
            first = {"catalogue": catalogue["catalogue"], "enabled": 1}
            _merge("Support Package", package["package_name"], package, schema.PACKAGE, loading, first)
        for activity in catalogue["maintenance"]:
            first = {"catalogue": catalogue["catalogue"], "enabled": 1}
            _merge("Maintenance Activity", activity["activity_name"], activity, schema.MAINTENANCE, loading, first)
    return LoadReport(name, tuple(loading.created), tuple(loading.updated), tuple(loading.kept))


def load_items(name: str) -> None:
    """Only the items of a catalogue, and the empty settings that name them. Raises CatalogueNotLoaded."""
    with _all_or_nothing():
        _load_items(read(name), _Loading())


def _load_masters(catalogue: Row, loading: _Loading) -> None:
    """ERPNext's own records are made where they are missing and never changed."""
    for row in catalogue["priorities"]:
        _create_missing("Issue Priority", row["name"], row, loading)
    for name in catalogue["activity_types"]:
        _create_missing("Activity Type", name, {"activity_type": name}, loading)
    for row in catalogue["holiday_lists"]:
        _create_missing("Holiday List", row["holiday_list_name"], row, loading)
    _load_items(catalogue, loading)


def _load_items(catalogue: Row, loading: _Loading) -> None:
    items = {row["role"]: _item(row, loading) for row in catalogue["items"]}
    with _named("Retainer Settings"):
        _fill_settings(items, loading)


def _create_missing(doctype: str, name: str, values: Row, loading: _Loading) -> None:
    if frappe.db.exists(doctype, name):
        return
    _insert(doctype, name, values, loading)


def _insert(doctype: str, name: str, values: Row, loading: _Loading) -> Document:
    with _named(f"{doctype} {name}"):
        doc = frappe.get_doc({"doctype": doctype, **values}).insert(ignore_permissions=True)
    loading.created.append(f"{doctype} {name}")
    return doc


def _item(row: Row, loading: _Loading) -> str:
    """The name of the item, which a naming series may have made different from its code."""
    code = row["item_code"]
    found = frappe.db.exists("Item", code) or frappe.db.get_value("Item", {"item_name": row["item_name"]})
    if found:
        return found
    values = {key: value for key, value in row.items() if key != "role"}
    values |= {"item_group": _leaf_group(row["item_group"]), "is_stock_item": 0, "include_item_in_manufacturing": 0}
    return _insert("Item", code, values, loading).name


def _leaf_group(wanted: str) -> str:
    """The wanted item group, or where the site has none of that name its first group that can hold items."""
    if frappe.db.get_value("Item Group", wanted, "is_group") == 0:
        return wanted
    leaf = frappe.db.get_value("Item Group", {"is_group": 0}, order_by="lft")
    if not leaf:
        frappe.throw(
            _("There is no Item Group that can hold items. Create one, for example {0}, and load again.").format(
                wanted
            ),
            CatalogueNotLoaded,
        )
    return leaf


def _fill_settings(items: Mapping[str, str], loading: _Loading) -> None:
    settings = frappe.get_doc("Retainer Settings")
    empty = [role for role in items if not settings.get(f"{role}_item")]
    if not empty:
        return
    settings.update({f"{role}_item": items[role] for role in empty})
    settings.save(ignore_permissions=True)
    loading.updated.append(_changed("Retainer Settings", [f"{role}_item" for role in empty]))


def _merge(
    doctype: str, name: str, entry: Row, shape: schema.Shape, loading: _Loading, first: Row | None = None
) -> None:
    """Bring one record of ours up to the catalogue; `first` are values that only a new record gets."""
    source = merge.plain(entry, shape)
    if not frappe.db.exists(doctype, name):
        _insert(doctype, name, {**entry, **(first or {}), "catalogue_source": _dumped(source)}, loading)
        return
    doc = frappe.get_doc(doctype, name)
    with _named(f"{doctype} {name}"):
        changed = _update(doc, entry, source, shape, loading)
    if changed:
        loading.updated.append(_changed(f"{doctype} {name}", changed))


def _update(
    doc: Document, entry: Row, source: dict[str, merge.Plain], shape: schema.Shape, loading: _Loading
) -> list[str]:
    """Write the fields nobody touched, report the others; returns the names of those written."""
    last_loaded = json.loads(doc.catalogue_source) if doc.catalogue_source else None
    stored = merge.plain(doc.as_dict(), shape)
    changed = []
    for key, fate in merge.fates(source, last_loaded, stored, shape):
        if fate is merge.Fate.UPDATE:
            doc.set(key, entry[key])
            changed.append(key)
        elif fate is merge.Fate.KEEP:
            loading.kept.append(_kept(doc, key, stored[key], source[key]))
    # The user's own record of the same name stays his: it gets no source and so is never updated.
    if last_loaded is not None and (changed or last_loaded != source):
        doc.catalogue_source = _dumped(source)
        doc.save(ignore_permissions=True)
    return changed


def _kept(doc: Document, key: str, yours: merge.Plain, catalogue: merge.Plain) -> Kept:
    return Kept(f"{doc.doctype} {doc.name}", key, merge.shown(yours, catalogue), merge.shown(catalogue, yours))


def _changed(record: str, fields: list[str]) -> str:
    return f"{record}: {', '.join(fields)}"


def _dumped(source: dict[str, merge.Plain]) -> str:
    return json.dumps(source, sort_keys=True, ensure_ascii=False)


@contextmanager
def _all_or_nothing() -> Iterator[None]:
    frappe.db.savepoint(SAVEPOINT)
    try:
        yield
    except Exception:
        frappe.db.rollback(save_point=SAVEPOINT)
        # Link checks remember names for the length of a transaction; those just undone must not be found again.
        frappe.db.value_cache.clear()
        frappe.clear_document_cache("Retainer Settings", "Retainer Settings")
        raise
    frappe.db.release_savepoint(SAVEPOINT)


@contextmanager
def _named(record: str) -> Iterator[None]:
    """Says which record of the catalogue the site refused, whatever the reason."""
    try:
        yield
    except CatalogueNotLoaded:
        raise
    except Exception as error:
        reason = str(error) or type(error).__name__
        raise CatalogueNotLoaded(_("{0} could not be stored, so nothing was: {1}").format(record, reason)) from error
