"""What the next operator has to know of a site: apps, customisations, integrations; names only, never a secret."""

from typing import Any
from urllib.parse import urlsplit

import pymysql

from support_retainer.offboarding.export.site_shape import rows

# What -> (table, what it is about, whether it is switched on, which rows)
TABLES = {
    "custom_doctypes": ("DocType", "module", "1", "custom = 1"),
    "client_scripts": ("Client Script", "dt", "enabled", "1"),
    "server_scripts": ("Server Script", "script_type", "disabled = 0", "1"),
    "workflows": ("Workflow", "document_type", "is_active", "1"),
    "print_formats": ("Print Format", "doc_type", "disabled = 0", "standard = 'No'"),
    "reports": ("Report", "ref_doctype", "disabled = 0", "is_standard = 'No'"),
    "email_accounts": ("Email Account", "email_id", "enable_incoming or enable_outgoing", "email_id > ''"),
    "webhooks": ("Webhook", "request_url", "enabled", "1"),
    "social_logins": ("Social Login Key", "provider_name", "enable_social_login", "1"),
    "connected_apps": ("Connected App", "provider_name", "1", "1"),
    "payment_gateways": ("Payment Gateway", "gateway_settings", "1", "1"),
    "companies": ("Company", "default_currency", "1", "1"),
}
LISTS = {
    what: f"select name, {about} as about, {enabled} as enabled from `tab{table}` where {rows} order by name"  # noqa: S608
    for what, (table, about, enabled, rows) in TABLES.items()
}
COUNTS = {
    "custom_fields": "select dt as name, count(*) as count from `tabCustom Field` group by dt order by dt",
    "users": "select user_type as name, count(*) as count from tabUser where enabled = 1 group by user_type",
}


def read(database: Any) -> dict[str, list[dict[str, Any]]]:
    """{what: rows}; a table that the site lacks gives no rows."""
    return {name: tolerant(database, query) for name, query in (LISTS | COUNTS).items()}


def tolerant(database: Any, query: str) -> list[dict[str, Any]]:
    try:
        return [{key: without_secrets(key, value) for key, value in row.items()} for row in rows(database, query)]
    except (pymysql.err.ProgrammingError, pymysql.err.OperationalError):
        return []


def without_secrets(key: str, value: Any) -> Any:
    """A webhook's address often carries a key in its query."""
    if key == "about" and isinstance(value, str) and "://" in value:
        parts = urlsplit(value)
        return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
    return value
