"""What a site's tables mean: DocTypes, fields, types and links, read from its own tables.

Nothing of the site's code is loaded, so a broken controller, an app that is not installed here or a DocType of five
hundred columns makes no difference.
"""

import csv
from pathlib import Path
from typing import Any

import pymysql

from support_retainer.archive.names import Names

LAYOUT = ("Section Break", "Column Break", "Tab Break", "HTML", "Heading", "Button", "Fold", "Image")
LINKS = ("Link", "Table", "Table MultiSelect")
DOCTYPES = "select name, module, issingle, istable, custom, is_virtual, autoname from tabDocType order by name"
FIELDS = "select parent, fieldname, fieldtype, options, label, reqd, idx from tabDocField where parenttype = 'DocType'"
CUSTOM = "select dt as parent, fieldname, fieldtype, options, label, reqd, idx from `tabCustom Field`"
SETTERS = "select doc_type, field_name, property, value from `tabProperty Setter` where doctype_or_field = 'DocField'"
CHANGED = ("fieldtype", "options", "label", "reqd")
csv.field_size_limit(1 << 30)


def read(database: Any) -> dict[str, Any]:
    """{"doctypes": {name: {kind, module, table, fields: [...]}}, "apps": {app: version}}."""
    doctypes = {row["name"]: doctype(row) for row in rows(database, DOCTYPES)}
    fill(doctypes, rows(database, FIELDS), rows(database, CUSTOM), rows(database, SETTERS))
    apps = {row["app_name"]: row["app_version"] for row in rows(database, "select * from `tabInstalled Application`")}
    return {"apps": apps, "doctypes": doctypes}


def fill(
    doctypes: dict[str, Any],
    fields: list[dict[str, Any]],
    custom: list[dict[str, Any]],
    setters: list[dict[str, Any]],
) -> None:
    """Give each DocType its fields, as the site has changed them; rows of DocField, Custom Field, Property Setter."""
    for row in sorted([*fields, *custom], key=lambda row: row.get("idx") or 0):
        if row["parent"] in doctypes and row["fieldtype"] not in LAYOUT:
            doctypes[row["parent"]]["fields"].append(field(row))
    for row in setters:
        if row["property"] in CHANGED and row["doc_type"] in doctypes:
            customize(doctypes[row["doc_type"]]["fields"], row)


def rows(database: Any, query: str) -> list[dict[str, Any]]:
    with database.cursor(pymysql.cursors.DictCursor) as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def doctype(row: dict[str, Any]) -> dict[str, Any]:
    kinds = {"is_virtual": "virtual", "issingle": "single", "istable": "child table"}
    kind = next((kinds[flag] for flag in kinds if row.get(flag)), "table")
    table = f"tab{row['name']}" if kind in ("table", "child table") else None
    return {
        "kind": kind,
        "module": row.get("module"),
        "custom": bool(row.get("custom")),
        "naming": row.get("autoname"),
        "table": table,
        "fields": [],
    }


def field(row: dict[str, Any]) -> dict[str, Any]:
    made = {
        "fieldname": row["fieldname"],
        "label": row.get("label"),
        "type": row["fieldtype"],
        "required": bool(row.get("reqd")),
    }
    if row["fieldtype"] in LINKS:
        made["links_to"] = row.get("options")
    elif row["fieldtype"] == "Dynamic Link":
        made["links_to_the_doctype_in"] = row.get("options")
    elif row.get("options"):
        made["options"] = row["options"]
    return made


def customize(fields: list[dict[str, Any]], setter: dict[str, Any]) -> None:
    names = {"fieldtype": "type", "reqd": "required", "label": "label", "options": "options"}
    for known in fields:
        if known["fieldname"] == setter["field_name"]:
            value = setter["value"]
            known[names[setter["property"]]] = value == "1" if setter["property"] == "reqd" else value


def write_singles(singles: Path, shape: dict[str, Any]) -> list[dict[str, Any]]:
    """Each Single as a CSV file of one row, from the CSV of the table that holds them all."""
    values: dict[str, dict[str, str]] = {}
    if singles.exists():
        with singles.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                values.setdefault(row["doctype"], {})[row["field"]] = row["value"]
    names, written = Names(), []
    for name in sorted(values):
        if shape["doctypes"].get(name, {}).get("kind") == "single":
            written.append({"doctype": name, **write_single(singles.parent, name, values[name], names)})
    return written


def write_single(folder: Path, name: str, values: dict[str, str], names: Names) -> dict[str, Any]:
    file = names.member("singles", f"{name}.csv")
    path = folder / file
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as target:
        writer = csv.writer(target)
        writer.writerow(values)
        writer.writerow(values.values())
    return {"file": file, "columns": len(values)}
