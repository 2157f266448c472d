"""Files of clients: taken in by kind and size, kept private, given out only beside a ticket that the client may see.

What staff attach to the ticket itself stays inside; what they send with a message is the client's to read.
"""

from collections.abc import Iterable, Sequence
from pathlib import PurePath

import frappe
from frappe import bold
from frappe.core.doctype.file.utils import get_content_hash
from frappe.utils import cint
from frappe.utils.file_manager import get_max_file_size
from werkzeug.datastructures import FileStorage

from support_retainer.exceptions import RetainerError
from support_retainer.portal import access, conversation
from support_retainer.speech import _

MOST = 10
# What a browser may run when it opens it is not here: html, svg, xml, scripts.
TAKEN = (
    "png jpg jpeg gif webp bmp tif tiff heic pdf txt log csv tsv json md rtf eml msg zip gz tgz 7z rar sql "
    "doc docx xls xlsx ppt pptx odt ods odp mp4 mov webm m4a mp3 wav har"
)
KINDS = frozenset(TAKEN.split())
MARKUP = (b"<!doctype", b"<html", b"<svg", b"<script", b"<?xml", b"<iframe", b"<body", b"<head")
LOOKED_AT = 1024


class RefusedFile(RetainerError):
    """A file that the portal does not take."""


def sent() -> list[FileStorage]:
    """The files of this request that have a name."""
    request = getattr(frappe.local, "request", None)
    return [file for file in request.files.getlist("files") if file.filename] if request else []


def attach(files: Sequence[FileStorage], doctype: str, name: str) -> list[str]:
    """Keep files as private ones of a record the caller may write; returns their names. Raises RefusedFile."""
    if len(files) > MOST:
        frappe.throw(_("Send at most {0} files at once.").format(MOST), RefusedFile)
    return [_keep(file, doctype, name) for file in files]


def _keep(file: FileStorage, doctype: str, name: str) -> str:
    file_name = clean_name(file.filename or "")
    content = file.stream.read(get_max_file_size() + 1)
    _refuse(file_name, content)
    record = frappe.get_doc(
        doctype="File",
        file_name=file_name,
        attached_to_doctype=doctype,
        attached_to_name=name,
        is_private=1,
        content=content,
        content_hash=get_content_hash(content),
    )
    return record.insert(ignore_permissions=True).name


def clean_name(file_name: str) -> str:
    """The last part of a path, without what could mean something in a page, a header or a shell."""
    name = PurePath(file_name.replace("\\", "/")).name
    kept = "".join(letter if letter.isalnum() or letter in " ._-()+" else "_" for letter in name)
    return kept.strip(" .")[-120:] or "file"


def _refuse(file_name: str, content: bytes) -> None:
    kind = PurePath(file_name).suffix.lower().lstrip(".")
    if kind not in KINDS or looks_like_markup(content):
        frappe.throw(
            _("{0}: files of this kind are not taken. Send it in a zip archive.").format(bold(file_name)), RefusedFile
        )
    if len(content) > get_max_file_size():
        frappe.throw(
            _("{0} is larger than {1} MB. Send it in parts, or ask us where to put it.").format(
                bold(file_name), cint(get_max_file_size() / 1048576)
            ),
            RefusedFile,
        )


def looks_like_markup(content: bytes) -> bool:
    start = content[:LOOKED_AT].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").replace(b"\0", b"").lower()
    return start.startswith(MARKUP)


@frappe.whitelist(methods=["GET"])
def download(file: str) -> None:
    """A file beside a ticket of the client's. Raises frappe.DoesNotExistError for every other."""
    row = frappe.db.get_value("File", file, ["attached_to_doctype", "attached_to_name"], as_dict=True)
    issue = row and _ticket_of(row)
    if not issue or file not in {one.name for one in of_ticket(access.ticket(issue))}:
        raise access.NotFound(_("There is no such file."))
    record = frappe.get_doc("File", file)
    send(record.get_content(), record.file_name)


def _ticket_of(row: frappe._dict) -> str | None:
    if row.attached_to_doctype == "Issue":
        return row.attached_to_name
    if row.attached_to_doctype == "Communication":
        found = {"name": row.attached_to_name, "reference_doctype": "Issue"}
        return frappe.db.get_value("Communication", found, "reference_name")
    return None


def of_ticket(ticket: frappe._dict) -> list[frappe._dict]:
    """Files of a ticket that the client may see, with `message` where they came with one. Two or three queries."""
    return visible(ticket, [message.name for message in conversation.messages(ticket)])


def visible(ticket: frappe._dict, messages: Iterable[str]) -> list[frappe._dict]:
    """{name, file_name, file_size, message}: those of public messages, and of the ticket where no staff put them."""
    return frappe.db.sql(
        """select file.name, file.file_name, file.file_size,
            if(file.attached_to_doctype = 'Communication', file.attached_to_name, null) as message
        from `tabFile` file left join `tabUser` user on user.name = file.owner
        where file.is_folder = 0 and (
            (file.attached_to_doctype = 'Communication' and file.attached_to_name in %(messages)s)
            or (file.attached_to_doctype = 'Issue' and file.attached_to_name = %(ticket)s
                and user.user_type = 'Website User'))
        order by file.creation, file.name""",
        {"messages": (*messages, ticket.get("first_message") or ""), "ticket": ticket.name},
        as_dict=True,
    )


def send(content: bytes | str, file_name: str) -> None:
    """Answer the request with a download that no browser opens by itself."""
    frappe.local.response.update(
        type="download", filecontent=content, filename=clean_name(file_name), display_content_as="attachment"
    )
