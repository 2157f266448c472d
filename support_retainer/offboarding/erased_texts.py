"""Which texts about a client are blanked and which rows go, by the way that leads from each to the contract."""

import frappe

from support_retainer.offboarding.export.own_records_plan import OF_TICKETS, SITES, TICKETS

GONE = "[deleted on the client's request]"


def those(table: str, where: str) -> str:
    return f"in (select name from `{table}` where {where})"  # noqa: S608 - conditions of this module


OF_CONTRACT, OF_SITES = "contract = %(contract)s", f"site {SITES}"
ON_CONTRACT = "retainer_contract = %(contract)s"
ON_TICKETS = f"reference_doctype = 'Issue' and reference_name {OF_TICKETS}"
OF_MESSAGES = those("tabCommunication", ON_TICKETS)
JOBS = f"({OF_CONTRACT} or {OF_SITES})"
OF_JOBS = those("tabMaintenance Job", JOBS)
OF_REPORTS = those("tabSupport Report", OF_CONTRACT)
LINKED = f"parenttype = 'Call Log' and link_doctype = 'Issue' and link_name {OF_TICKETS}"
CALLS = f"name in (select parent from `tabDynamic Link` where {LINKED})"  # noqa: S608
OF_ESTIMATES = those("tabQuotation", ON_CONTRACT)

SAID_OF_TICKETS = "retainer_channel_note retainer_rating_note retainer_vendor"
SAID_OF_CLAIMS = "description resolution_details retainer_dispute contact_display address_display service_address"
ADDRESSES = "sender sender_full_name recipients cc bcc"

# What -> (table, which rows, which columns; none where the rows go altogether). Number, dates, amounts and promises
# stay: they prove how the contract was kept.
PLAN: dict[str, tuple[tuple[str, str, str], ...]] = {
    "messages": (("Communication", ON_TICKETS, f"content text_content subject {ADDRESSES} _comments"),),
    "tickets": (
        ("Issue", TICKETS, f"subject description resolution_details {SAID_OF_TICKETS} _comments"),
        ("Retainer Timer", f"issue {OF_TICKETS}", ""),
    ),
    "records": (
        ("Warranty Claim", ON_CONTRACT, f"complaint evidence {SAID_OF_CLAIMS} _comments"),
        ("Quotation Item", f"parenttype = 'Quotation' and parent {OF_ESTIMATES}", "description"),
        ("Call Log", CALLS, "summary retainer_note _comments"),
        ("Support Report Recommendation", f"parenttype = 'Support Report' and parent {OF_REPORTS}", ""),
        ("Support Report Reading", f"parenttype = 'Support Report' and parent {OF_REPORTS}", ""),
        ("Support Report", OF_CONTRACT, ""),
        ("Maintenance Evidence", f"parenttype = 'Maintenance Job' and parent {OF_JOBS}", ""),
        ("Maintenance Job", JOBS, "title note staging_note rollback_plan verification _comments"),
        ("Site Incident", OF_SITES, "title reason sites _comments"),
        ("Restore Test", OF_SITES, "reason differences _comments"),
    ),
    "sites": (
        ("Managed Site", OF_CONTRACT, "recovery_notes figures last_error versions standings _comments"),
        ("Offboarding", OF_CONTRACT, "runbook _comments"),
    ),
    "checks": (("Site Check", OF_SITES, ""), ("Site Check Rollup", OF_SITES, "")),
}
# Read by programs, which take nothing for nothing.
EMPTIED = ("_comments", "figures", "versions", "standings")
ATTACHED = {
    "Issue": OF_TICKETS,
    "Communication": OF_MESSAGES,
    "Maintenance Job": OF_JOBS,
    "Support Report": OF_REPORTS,
    "Call Log": those("tabCall Log", CALLS),
    "Warranty Claim": those("tabWarranty Claim", ON_CONTRACT),
    "Restore Test": those("tabRestore Test", OF_SITES),
    "Site Incident": those("tabSite Incident", OF_SITES),
    "Managed Site": SITES,
    "Offboarding": those("tabOffboarding", OF_CONTRACT),
}
# Where Frappe keeps what was said of a record, and what the record said: (table, column of the DocType, of the name).
COMMENTS = ("Comment", "reference_doctype", "reference_name")
COPIES = (
    ("Version", "ref_doctype", "docname"),
    ("Email Queue", "reference_doctype", "reference_name"),
    ("Notification Log", "document_type", "document_name"),
    ("ToDo", "reference_type", "reference_name"),
    ("__global_search", "doctype", "name"),
)


def erase(what: str, contract: str) -> int:
    """Returns how many rows were changed or deleted; the same call again changes none."""
    return sum(blank(*row, contract) if row[2] else drop(row[0], row[1], contract) for row in PLAN[what])


def blank(doctype: str, where: str, columns: str, contract: str) -> int:
    names = columns.split()
    new = ", ".join(f"`{name}` = {_new(name)}" for name in names)
    told = " or ".join(f"coalesce(`{name}`, '') not in ('', %(gone)s)" for name in names)
    return _changed(f"update `tab{doctype}` set {new} where ({where}) and ({told})", contract)  # noqa: S608


def _new(name: str) -> str:
    return "null" if name in EMPTIED else f"if(coalesce(`{name}`, '') = '', `{name}`, %(gone)s)"


def drop(doctype: str, where: str, contract: str) -> int:
    return _changed(f"delete from `tab{doctype}` where {where}", contract)  # noqa: S608


def drop_copies(contract: str) -> int:
    """What the comments, the mail queue, the history of changes, the search and the bells of staff say of all these
    records. To be called while the records still lead to the contract."""
    count = 0
    for doctype, names in ATTACHED.items():
        count += sum(drop_from(*place, doctype, names, contract) for place in (COMMENTS, *COPIES))
    return count + sum(drop_from(*place, "Retainer Contract", "= %(contract)s", contract) for place in COPIES)


def drop_from(table: str, doctype_column: str, name_column: str, doctype: str, names: str, contract: str) -> int:
    known = table if table.startswith("__") else f"tab{table}"
    which = f"`{doctype_column}` = '{doctype}' and `{name_column}` {names}"
    if table == "Email Queue":
        inner = f"select name from `tabEmail Queue` where {which}"  # noqa: S608
        _changed(f"delete from `tabEmail Queue Recipient` where parent in ({inner})", contract)  # noqa: S608
    return _changed(f"delete from `{known}` where {which}", contract)  # noqa: S608


def files_of(contract: str) -> list[tuple[str, str]]:
    """(name, url) of every file that hangs on a record of the client."""
    found: list[tuple[str, str]] = []
    for doctype, names in ATTACHED.items():
        if doctype == "Offboarding":  # its file is the certificate
            continue
        found += frappe.db.sql(
            f"""select name, file_url from tabFile
            where attached_to_doctype = '{doctype}' and attached_to_name {names}""",  # noqa: S608
            {"contract": contract},
        )
    return found


def _changed(statement: str, contract: str) -> int:
    frappe.db.sql(statement, {"contract": contract, "gone": GONE})
    return int(frappe.db._cursor.rowcount)
