"""Accounting dimensions of ERPNext beside cost centre and project: fields that a site makes for itself.

A contract has a field for each of them; where it is empty, the company's default of the dimension goes on the
invoice, as the desk would fill it in. Both lists are ones that ERPNext reads for every posting and keeps.
"""

from erpnext.accounts.doctype.accounting_dimension.accounting_dimension import (
    get_accounting_dimensions,
    get_checks_for_pl_and_bs_accounts,
)


def names() -> list[str]:
    """Field names of the dimensions in use."""
    return get_accounting_dimensions()


def default(fieldname: str, company: str) -> str | None:
    rows = get_checks_for_pl_and_bs_accounts()
    found = [row.default_dimension for row in rows if (row.fieldname, row.company) == (fieldname, company)]
    return next(filter(None, found), None)
