"""A Frappe site elsewhere as a source: each DocType page by page through its REST API, files, newest backup."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from frappe import _
from frappe.model.document import Document

from support_retainer.archive.manifest import TableEntry
from support_retainer.archive.names import Names, safe_part
from support_retainer.archive.staging import Staging
from support_retainer.archive.writer import ArchiveWriter
from support_retainer.offboarding.export import site_shape
from support_retainer.offboarding.export.progress import Progress
from support_retainer.offboarding.export.remote_api import RemoteApi, SiteAway, SiteRefuses

HEALTH = "/api/resource/System%20Health%20Report/System%20Health%20Report"
BACKUPS = "/api/method/frappe.utils.backups.fetch_latest_backups"

MB = 1_000_000


class RemoteSite:
    """Reading by pages sees no single instant; the manifest says so by naming no dump."""

    def __init__(self, name: str, api: RemoteApi, prefix: str = "", include_files: bool = True) -> None:
        self.name, self.api, self.prefix, self.include_files = name, api, prefix, include_files
        self.singles: set[str] = set()
        self.shared: set[str] = set()  # child tables of several DocTypes

    @classmethod
    def of(cls, site: Document, prefix: str, include_files: bool) -> "RemoteSite":
        api = RemoteApi(site.url, site.get_password("api_key"), site.get_password("api_secret"), bool(site.internal))
        return cls(site.site_name, api, prefix, include_files)

    def size(self) -> tuple[int, int] | None:
        """As the site tells in its health report; None where it is of a version without one, or the key too weak."""
        try:
            report = self.api.json(HEALTH)["data"]
        except (SiteRefuses, SiteAway, KeyError):
            return None
        if not report.get("db_storage_usage"):
            return None
        kinds = ("private_files_size", "public_files_size", "backups_size")
        files = sum(float(report.get(kind) or 0) for kind in kinds) if self.include_files else 0
        # Files are staged before they are packed. Old backups stay there, so this errs on the safe side.
        return int(float(report["db_storage_usage"]) * MB), int(2 * files * MB)

    def unstaged(self) -> int:
        """Nothing is packed from the site itself."""
        return 0

    def stage(self, staging: Staging, progress: Progress) -> None:
        shape = self.shape(staging, progress)
        tables = list(self.tables(shape))
        self.singles = {name for name, doctype in shape["doctypes"].items() if doctype["kind"] == "single"}
        asked = Counter(doctype for doctype, _parent in tables)
        self.shared = {doctype for doctype, times in asked.items() if times > 1}
        for number, (doctype, parent) in enumerate(tables):
            progress.tell(0.1 + 0.7 * number / max(len(tables), 1), f"{self.name}: {doctype}")
            self.fetch_table(staging, doctype, parent)
        self.name_unreachable(staging, shape, set(asked))
        if self.include_files:
            self.fetch_files(staging, progress)
            self.fetch_backup(staging)

    def shape(self, staging: Staging, progress: Progress) -> dict[str, Any]:
        """As site_shape.read gives it, from what the site tells about each DocType."""
        path = staging.path(self.prefix, "csv", "schema.json")
        if self.step("shape") in staging.done:
            return json.loads(path.read_text())
        doctypes = {row["name"]: site_shape.doctype(row) for row in self.listed("DocType")}
        progress.tell(0.05, f"{self.name}: DocType")
        site_shape.fill(doctypes, self.listed("DocField", "DocType"), self.customised("Custom Field"), self.setters())
        shape = {"apps": self.apps(), "doctypes": doctypes}
        path.write_text(json.dumps(shape, indent=1, ensure_ascii=False))
        staging.record(self.step("shape"), versions=shape["apps"])
        return shape

    def listed(self, doctype: str, parent: str = "") -> list[dict[str, Any]]:
        return [row for page in self.api.rows(doctype, parent=parent) for row in page]

    def customised(self, doctype: str) -> list[dict[str, Any]]:
        """What was changed on the site; a key that may not read that gives the DocTypes as they were shipped."""
        try:
            return [{**row, "parent": row.get("dt")} for row in self.listed(doctype)]
        except SiteRefuses:
            return []

    def setters(self) -> list[dict[str, Any]]:
        return [row for row in self.customised("Property Setter") if row.get("doctype_or_field") == "DocField"]

    def apps(self) -> dict[str, str]:
        try:
            told = self.api.json("/api/method/frappe.utils.change_log.get_versions")["message"]
        except (SiteRefuses, KeyError):
            return {}
        return {app: known.get("version", "") for app, known in told.items()}

    def tables(self, shape: dict[str, Any]) -> list[tuple[str, str]]:
        """(DocType, parent DocType or nothing): a child table is asked for through each DocType that has it."""
        found = []
        for name, doctype in shape["doctypes"].items():
            if doctype["kind"] in ("table", "single"):
                found.append((name, ""))
                found += [(row["links_to"], name) for row in doctype["fields"] if row["type"].startswith("Table")]
        return list(dict.fromkeys(found))

    def name_unreachable(self, staging: Staging, shape: dict[str, Any], known: set[str]) -> None:
        """The API gives rows of a child table only by way of a DocType that has it and that the key may read."""
        for name, doctype in shape["doctypes"].items():
            if doctype["kind"] == "child table" and name not in known:
                reason = _("No DocType that the key may read has this child table.")
                staging.record(self.step(f"/{name}"), refused=reason, path=f"{self.prefix}csv/{safe_part(name)}.csv")

    def fetch_table(self, staging: Staging, doctype: str, parent: str) -> None:
        """Goes on after the last page that is on the disk."""
        step = self.step(f"{parent}/{doctype}")
        if staging.done.get(step, {}).get("whole"):
            return
        table = PagedCsv(staging, step, f"{self.prefix}csv/", f"{doctype} of {parent}" if parent else doctype)
        try:
            for page in self.pages(doctype, table.last, parent):
                table.add(page)
        except SiteRefuses as error:
            table.refused = str(error)
        table.finish(doctype)

    def pages(self, doctype: str, after: str, parent: str) -> Iterator[list[dict[str, Any]]]:
        """A Single is one document, which can't be listed."""
        if doctype not in self.singles:
            yield from self.api.rows(doctype, after, parent, alone=doctype not in self.shared)
        elif not after:
            name = quote(doctype, safe="")
            told = self.api.json(f"/api/resource/{name}/{name}")["data"]
            yield [{key: value for key, value in told.items() if not isinstance(value, list)}]

    def fetch_files(self, staging: Staging, progress: Progress) -> None:
        listed = [row for page in self.api.rows("File") for row in page]
        for number, row in enumerate(listed):
            url, step = row.get("file_url") or "", self.step(f"file:{row['name']}")
            if row.get("is_folder") or step in staging.done or not url.startswith(("/files/", "/private/files/")):
                continue
            progress.tell(0.8 + 0.2 * number / len(listed), f"{self.name}: {row.get('file_name')}")
            self.fetch(staging, step, url, f"{self.prefix}fetched/{number:08d}")

    def fetch_backup(self, staging: Staging) -> None:
        """The newest backup files, where the key belongs to a System Manager."""
        try:
            latest = self.api.json(BACKUPS)["message"]
        except (SiteRefuses, KeyError) as error:
            staging.record(self.step("backup"), refused=str(error), url="/backups/")
            return
        for kind, path in latest.items():
            step = self.step(f"backup:{kind}")
            if path and step not in staging.done:
                name = path.rsplit("/", 1)[-1]
                self.fetch(staging, step, f"/backups/{name}", f"{self.prefix}fetched/backup-{kind}")

    def fetch(self, staging: Staging, step: str, url: str, file: str) -> None:
        try:
            with staging.path(file).open("wb") as target:
                self.api.download(url, target)
        except SiteRefuses as error:
            staging.record(step, refused=str(error), url=url)
        else:
            staging.record(step, file=file, url=url)

    def pack(self, staging: Staging, archive: ArchiveWriter) -> None:
        archive.add_file(staging.path(self.prefix, "csv", "schema.json"), *f"{self.prefix}csv/schema.json".split("/"))
        for step, row in staging.done.items():
            if not step.startswith(self.step("")):
                continue
            if row.get("refused"):
                archive.skip(row.get("path") or "/".join(self.member(row["url"])), row["refused"])
            elif "rows" in row:
                archive.add_file(staging.path(row["path"]), *row["path"].split("/"))
                archive.manifest.tables.append(
                    TableEntry(row["path"], row["rows"], len(row["columns"]), doctype=row["doctype"])
                )
            elif "file" in row:
                archive.add_file(staging.path(row["file"]), *self.member(row["url"]), original=row["url"])

    def member(self, url: str) -> list[str]:
        """/files/a.png -> files/public/a.png, as for a site of this bench."""
        folders = {"/files/": ["files", "public"], "/private/files/": ["files", "private"], "/backups/": ["backups"]}
        start = next(start for start in folders if url.startswith(start))
        return [*filter(None, self.prefix.split("/")), *folders[start], *url.removeprefix(start).split("/")]

    def step(self, name: str) -> str:
        return f"{self.prefix}remote:{name}"

    def about(self, staging: Staging) -> dict[str, Any]:
        return {"site": self.name, "kind": "remote", "apps": staging.done[self.step("shape")]["versions"]}


class PagedCsv:
    """A CSV file that grows by pages; the journal knows its length after each, so half a page is cut off again."""

    def __init__(self, staging: Staging, step: str, folder: str, title: str) -> None:
        self.staging, self.step = staging, step
        known = staging.done.get(step, {})
        self.last, self.count, self.columns = known.get("last", ""), known.get("rows", 0), known.get("columns", [])
        self.path, self.refused = known.get("path") or folder + Names().member(f"{title}.csv"), ""
        self.target = staging.path(self.path).open("ab")
        self.target.truncate(known.get("size", 0))

    def add(self, page: list[dict[str, Any]]) -> None:
        text = io.StringIO(newline="")
        if not self.columns:
            self.columns = list(page[0])
            csv.writer(text).writerow(self.columns)
        csv.writer(text).writerows([row.get(column) for column in self.columns] for row in page)
        self.target.write(text.getvalue().encode())
        self.target.flush()
        self.count, self.last = self.count + len(page), page[-1]["name"]
        self.record("", whole=False)

    def finish(self, doctype: str) -> None:
        if not self.columns:
            self.columns = ["name"]
            self.target.write(b"name\r\n")
        self.target.flush()
        self.record(doctype, whole=True)
        self.target.close()

    def record(self, doctype: str, whole: bool) -> None:
        facts = {"rows": self.count, "columns": self.columns, "last": self.last, "path": self.path, "doctype": doctype}
        size = self.target.tell()
        self.staging.record(self.step, whole=whole, size=size, refused=self.refused, **facts)
