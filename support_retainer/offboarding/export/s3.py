"""A copy of an archive in an S3-compatible bucket: the one that Frappe's S3 Backup Settings name."""

from pathlib import Path
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from support_retainer.archive.names import safe_part
from support_retainer.exceptions import ExportRefused
from support_retainer.offboarding.export import trail

SETTINGS = "S3 Backup Settings"


def copy(export: Document) -> None:
    """Upload every part, streamed. A bucket that does not answer is told on the trail; the export is ready anyway."""
    folder = f"exports/{safe_part(export.name)}"
    try:
        client, bucket = connect()
        for row in export.parts:
            path = Path(frappe.get_site_path("private", "files", row.file_name))
            client.upload_file(str(path), bucket, f"{folder}/{row.file_name}")
    except Exception as error:
        frappe.log_error(title=f"S3 {export.name}", reference_doctype=export.doctype, reference_name=export.name)
        trail.note(export.name, "Failed", _("Copy to the bucket: {0}").format(str(error)[:200]))
        return
    export.db_set("s3_folder", folder)
    trail.note(export.name, "Copied", f"s3://{bucket}/{folder}")


def delete(export: Document) -> None:
    """Delete the copy. Raises what the bucket answers: an archive is not called deleted while a copy is left."""
    if export.s3_folder:
        client, bucket = connect()
        for row in export.parts:
            client.delete_object(Bucket=bucket, Key=f"{export.s3_folder}/{row.file_name}")


def connect() -> tuple[Any, str]:
    """Raises ExportRefused where the settings are empty."""
    import boto3

    settings = frappe.get_cached_doc(SETTINGS)
    if not (settings.bucket and settings.access_key_id):
        frappe.throw(_("Fill in bucket and access key in the {0} first.").format(_(SETTINGS)), ExportRefused)
    client = boto3.client(
        "s3",
        aws_access_key_id=settings.access_key_id,
        aws_secret_access_key=settings.get_password("secret_access_key"),
        endpoint_url=settings.endpoint_url or None,
    )
    return client, settings.bucket
