"""An S3-compatible bucket, the one that Frappe's S3 Backup Settings name, and what lies in it of an archive."""

from pathlib import Path
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from support_retainer.archive.names import safe_part
from support_retainer.exceptions import ExportRefused

SETTINGS = "S3 Backup Settings"


def folder_of(export: Document) -> str:
    return f"exports/{safe_part(export.name)}"


def upload(export: Document) -> str:
    """Every part, streamed; the same once more changes nothing. Returns where. Raises what the bucket answers."""
    client, bucket = connect()
    for row in export.parts:
        path = Path(frappe.get_site_path("private", "files", row.file_name))
        client.upload_file(str(path), bucket, f"{export.s3_folder}/{row.file_name}")
    return f"s3://{bucket}/{export.s3_folder}"


def delete(export: Document) -> None:
    """Every part, whether it got there or not. Raises what the bucket answers."""
    client, bucket = connect()
    for row in export.parts:
        client.delete_object(Bucket=bucket, Key=f"{export.s3_folder}/{row.file_name}")
    if export.copy_attempts > 1:
        abort_half_uploads(client, bucket, f"{export.s3_folder}/")


def abort_half_uploads(client: Any, bucket: str, prefix: str) -> None:
    """What a killed worker had sent of a large part stays in the bucket, and no list of objects shows it."""
    told = client.list_multipart_uploads(Bucket=bucket, Prefix=prefix)
    for row in told.get("Uploads", []):
        client.abort_multipart_upload(Bucket=bucket, Key=row["Key"], UploadId=row["UploadId"])


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
