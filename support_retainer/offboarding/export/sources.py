"""Where a client's data comes from: each site of the contract, of this bench or elsewhere."""

from typing import Any, Protocol

import frappe
from frappe import _
from frappe.model.document import Document

from support_retainer.archive.names import safe_part
from support_retainer.archive.staging import Staging
from support_retainer.archive.writer import ArchiveWriter
from support_retainer.exceptions import ExportRefused
from support_retainer.offboarding.export.local_site import LocalSite
from support_retainer.offboarding.export.progress import Progress
from support_retainer.offboarding.export.remote_site import RemoteSite


class Source(Protocol):
    """A site that can be staged step by step, and packed from what was staged.

    `size` is (bytes of its database, bytes of files that need room of their own), None where nobody knows beforehand;
    `unstaged` the bytes that go into the archive without being staged.
    """

    name: str

    def size(self) -> tuple[int, int] | None: ...
    def unstaged(self) -> int: ...
    def stage(self, staging: Staging, progress: Progress) -> None: ...
    def pack(self, staging: Staging, archive: ArchiveWriter) -> None: ...
    def about(self, staging: Staging) -> dict[str, Any]: ...


def sources_of(export: Document) -> list[Source]:
    """The sites of an export; none where the contract has no site that we can reach."""
    reached = [site for site in sites_of(export) if can_reach(site)]
    return [source_of(site, export, prefix_of(site, len(reached))) for site in reached]


def out_of_reach(export: Document) -> list[tuple[str, str]]:
    """(folder, why) of each site that is not in the archive: nobody shall find out years later."""
    why = _("We have no key to this site, so only what we keep about it ourselves is here.")
    return [(f"sites/{site.site_name}", why) for site in sites_of(export) if not can_reach(site)]


def sites_of(export: Document) -> list[Document]:
    filters = {"contract": export.contract, "customer": export.customer}
    if export.managed_site:
        filters["name"] = export.managed_site
    names = frappe.get_all("Managed Site", filters, pluck="name", order_by="site_name")
    return [frappe.get_doc("Managed Site", name) for name in names]


def can_reach(site: Document) -> bool:
    return bool(site.local_site) or has_key(site)


def prefix_of(site: Document, count: int) -> str:
    return f"sites/{safe_part(site.site_name)}/" if count > 1 else ""


def source_of(site: Document, export: Document, prefix: str) -> Source:
    if site.local_site:
        refuse_shared(site)
        return LocalSite(site.local_site, prefix, bool(export.include_files))
    return RemoteSite.of(site, prefix, bool(export.include_files))


def has_key(site: Document) -> bool:
    return bool(site.api_key and site.get_password("api_secret", raise_exception=False))


def refuse_shared(site: Document) -> None:
    """One site of the bench recorded for two customers: somebody chose wrongly, and a whole database is at stake."""
    others = frappe.get_all(
        "Managed Site", {"local_site": site.local_site, "customer": ["!=", site.customer]}, pluck="name"
    )
    if others:
        frappe.throw(
            _("{0} is also the site of another customer ({1}). Correct the Managed Site that is wrong.").format(
                site.local_site, ", ".join(others)
            ),
            ExportRefused,
        )
