"""An export holds everything a client owns, comes back as it was, and holds nothing of anybody else."""

import csv
import io
import json
from pathlib import Path
from random import Random

import frappe
import pytest
from pypdf import PdfReader

from support_retainer.archive.parts import all_parts
from support_retainer.archive.reader import manifest_of, opened
from support_retainer.archive.restore import compare, load, scratch
from support_retainer.archive.verify import Proof, verify
from support_retainer.exceptions import ExportRefused, WrongCustomer
from support_retainer.offboarding.export import api, job, request
from support_retainer.testing import bill, make_contract, make_issue, make_timesheet
from tests.support.client_site import (
    FILES,
    archive_of,
    checksums,
    copied_site,
    database_of,
    inside,
    manage,
    no_archives_left,  # noqa: F401 - a fixture
    server,
    site_folder,
)
from tests.support.people import make_client
from tests.support.stories import at, on_contract

pytestmark = [pytest.mark.commits, pytest.mark.usefixtures("no_archives_left")]


def export_of(contract, **values):
    """Made in this process, as the worker would."""
    export = request.request(contract.name, **values)
    frappe.db.commit()
    job.run(export.name)
    return export.reload()


def attach(doctype: str, name: str, file_name: str, content: bytes) -> None:
    frappe.get_doc(
        doctype="File",
        file_name=file_name,
        content=content,
        is_private=1,
        attached_to_doctype=doctype,
        attached_to_name=name,
    ).insert()


def told(issue, text: str) -> str:
    """A message on a ticket; returns its name."""
    message = frappe.get_doc(
        doctype="Communication",
        communication_type="Communication",
        communication_medium="Email",
        sent_or_received="Received",
        reference_doctype="Issue",
        reference_name=issue.name,
        sender="kim@client.example",
        subject=issue.subject,
        content=text,
    )
    return message.insert(ignore_permissions=True).name


def client_with_records(mark: str):
    """A contract with a ticket, a conversation, an attachment, time, an invoice; `mark` is in each of them."""
    contract = make_contract("Growth", "2026-08-31")
    issue = make_issue(contract, subject=f"Subject {mark}", description=f"Description {mark}")
    attach("Communication", told(issue, f"Message {mark}"), f"note-{mark}.txt", f"Attached {mark}".encode())
    attach("Issue", issue.name, f"../../shot-{mark}.txt", f"Shot {mark}".encode())
    row = {**on_contract(contract, "2026-09-14 09:00", 60), "description": f"Work {mark}"}
    make_timesheet(row)
    bill("2026-09-30", contract)
    return contract


def whole_text(export) -> bytes:
    """Every name and every byte of the archive, and what its PDF files say, whose bytes are packed."""
    with inside(export) as (archive, _manifest):
        members = {name: archive.read(name) for name in archive.namelist()}
    pages = [PdfReader(io.BytesIO(text)).pages for name, text in members.items() if name.endswith(".pdf")]
    assert pages
    said = "\n".join(page.extract_text() for known in pages for page in known)
    return b"".join(name.encode() + text for name, text in members.items()) + said.encode()


def rows_of(archive, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(path).decode(), newline="")))


@pytest.fixture(scope="module")
def client(connection):
    """A second ERPNext site of the bench, with two DocTypes that no app knows."""
    with copied_site() as name:
        strange_doctypes(database_of(name))
        yield name


@pytest.fixture
def growth():
    at("2026-09-14 19:30")
    return make_contract("Growth", "2026-08-31")


def test_a_restored_dump_is_equal_table_by_table_and_a_difference_is_found(site, client, growth):
    manage(client, growth)
    before = checksums(database_of(client))
    archive = archive_of(export_of(growth))
    proof = Proof("")
    with opened(archive) as packed, scratch(server()) as restored:
        load(packed, "database.sql.gz", server(), restored)
        assert len(before) > 700
        assert checksums(restored) == before
        tables = [row for row in manifest_of(packed).tables if row.dump]
        compare(packed, "database.sql.gz", tables, server(), restored, proof)
        assert proof.problems == []
        assert proof.restored_tables == len([table for table in before if table.startswith("tab")])
        server().ask("UPDATE tabRole SET desk_access = 1 - desk_access WHERE name = 'Customer'", restored)
        compare(packed, "database.sql.gz", tables, server(), restored, proof)
    assert [problem.endswith("other values in: desk_access") for problem in proof.problems] == [True]
    assert not [name for (name,) in server().ask("SHOW DATABASES") if name.startswith(server().prefix)]


def test_files_come_with_names_that_any_system_unpacks(site, client, growth):
    manage(client, growth)
    Path(frappe.local.sites_path, client, "private", "files", "link.txt").symlink_to("/etc/passwd")
    export = export_of(growth)
    with inside(export) as (archive, manifest):
        originals = {entry.original or entry.path.removeprefix("files/"): entry.path for entry in manifest.files}
        for path, content in FILES.items():
            kind, _files, name = path.split("/", 2)
            assert archive.read(originals[f"{kind}/{name}"]) == content
        assert max(len(part.encode()) for name in archive.namelist() for part in name.split("/")) <= 200
        assert not [name for name in archive.namelist() if "link.txt" in name]
        assert json.loads(archive.read("site_config.json")).keys() == {"encryption_key"}


def test_the_schema_says_what_columns_mean(site, client, growth):
    manage(client, growth)
    export = export_of(growth)
    with inside(export) as (archive, manifest):
        schema = json.loads(archive.read("csv/schema.json"))["doctypes"]
        wide = rows_of(archive, "csv/Very Wide.csv")
        settings = rows_of(archive, "csv/singles/System Settings.csv")
    fields = {field["fieldname"]: field for field in schema["Issue"]["fields"]}
    assert fields["customer"] == {
        "fieldname": "customer", "label": "Customer", "type": "Link", "required": False, "links_to": "Customer"
    }  # fmt: skip
    assert fields["retainer_contract"]["links_to"] == "Retainer Contract"
    assert schema["Sales Invoice Item"]["kind"] == "child table"
    assert schema["System Settings"]["kind"] == "single"
    assert schema["RQ Job"]["kind"] == "virtual"
    assert len(settings) == 1
    assert settings[0]["time_zone"] == frappe.db.get_single_value("System Settings", "time_zone")
    assert {"parent", "parenttype", "parentfield"} <= set(rows_header(export, "csv/Sales Invoice Item.csv"))
    assert len(wide[0]) == 500
    assert wide[0]["field_499"] == "499"
    assert schema["Very Wide"]["module"] == "No Such App"
    assert [row.rows for row in manifest.tables if row.doctype == "Renamed Thing"] == [1]


def rows_header(export, path: str) -> list[str]:
    with inside(export) as (archive, _manifest):
        return next(csv.reader(io.StringIO(archive.read(path).decode(), newline="")))


def strange_doctypes(database: str) -> None:
    """A DocType of five hundred columns whose controller does not exist, and one that was renamed."""
    columns = ", ".join(f"`field_{n}` int" for n in range(500))
    values = ", ".join(str(n) for n in range(500))
    server().ask(
        f"""CREATE TABLE `tabVery Wide` ({columns}) CHARACTER SET utf8mb4;
        INSERT INTO `tabVery Wide` VALUES ({values});
        INSERT INTO tabDocType (name, module) VALUES ('Very Wide', 'No Such App');
        CREATE TABLE `tabOld Thing` (name varchar(140) primary key);
        INSERT INTO `tabOld Thing` VALUES ('one');
        RENAME TABLE `tabOld Thing` TO `tabRenamed Thing`;
        INSERT INTO tabDocType (name, module) VALUES ('Renamed Thing', 'Core');""",
        database,
    )


def test_our_records_of_two_clients_do_not_mix(site):
    at("2026-09-14 19:30")
    one, other = client_with_records("ALPHA7"), client_with_records("BRAVO9")
    text = whole_text(export_of(one))
    for part in ("Subject", "Description", "Message", "Attached", "Shot", "Work"):
        assert f"{part} ALPHA7".encode() in text
    for stranger in ("BRAVO9", other.name, other.customer):
        assert stranger.encode() not in text


def test_our_records_hold_what_the_client_may_read_and_not_what_it_cost_us(site):
    at("2026-09-14 19:30")
    contract = client_with_records("ALPHA7")
    frappe.get_doc(
        doctype="Comment", comment_type="Comment", reference_doctype="Issue", content="INTERNAL-REMARK",
        reference_name=frappe.db.get_value("Issue", {"retainer_contract": contract.name}),
    ).insert()  # fmt: skip
    export = export_of(contract)
    with inside(export) as (archive, manifest):
        names = archive.namelist()
        invoices = rows_of(archive, "records/Sales Invoice.csv")
        terms = rows_of(archive, "records/Retainer Contract Term.csv")
        time = rows_of(archive, "records/Timesheet Detail.csv")
        assert archive.read(f"records/invoices/{invoices[0]['name']}.pdf").startswith(b"%PDF")
        assert archive.read("documents/handover.pdf").startswith(b"%PDF")
        assert contract.name in archive.read("documents/handover.html").decode()
        assert "HOW TO CHECK IT" in archive.read("documents/README.txt").decode()
    assert json.loads(terms[0]["package_snapshot"])["package_name"] == "Growth"
    assert (time[0]["description"], time[0]["retainer_coverage"]) == ("Work ALPHA7", "Included")
    assert not {"costing_rate", "costing_amount"} & set(time[0])
    assert b"INTERNAL-REMARK" not in whole_text(export)
    assert {"records/SLA Event.csv", "records/Hour Ledger Entry.csv", "records/Retainer Billing Period.csv"} <= set(
        names
    )
    assert manifest.skipped == []


def test_an_export_without_a_site_holds_our_records(site, growth):
    export = export_of(growth)
    with inside(export) as (archive, _manifest):
        assert "database.sql.gz" not in archive.namelist()
    assert verify(archive_of(export)).problems == []


def test_two_sites_have_a_folder_each(site, client, growth):
    with site_folder(database_of(client)) as second:
        names = [manage(client, growth).site_name, manage(second, growth).site_name]
        export = export_of(growth)
    with inside(export) as (archive, _manifest):
        for name in names:
            assert archive.read(f"sites/{name}/files/private/contract.pdf") == FILES["private/files/contract.pdf"]
            assert f"sites/{name}/csv/User.csv" in archive.namelist()
        assert "HOW TO RESTORE" in archive.read("documents/README.txt").decode()
    assert verify(archive_of(export)).problems == []


def test_a_passphrase_encrypts_and_is_forgotten(site, growth):
    export = export_of(growth, passphrase="correct horse battery")
    path = archive_of(export)
    assert path.name.endswith(".zip.gpg")
    assert verify(path, "correct horse battery").problems == []
    assert not verify(path, "wrong").is_whole
    assert export.get_password("passphrase", raise_exception=False) is None
    assert not frappe.db.exists("__Auth", {"doctype": "Client Data Export", "name": export.name})


def test_a_large_archive_is_split(site, client, growth):
    manage(client, growth)
    noise = Path(frappe.local.sites_path, client, "private", "files", "noise.bin")
    noise.write_bytes(Random(2026).randbytes(25_000_000))
    export = export_of(growth, part_size_mb=10)
    noise.unlink()
    parts = all_parts(archive_of(export))
    assert [part.name for part in parts] == [row.file_name for row in export.parts]
    assert len(parts) == 3
    assert verify(parts[0]).problems == []


def test_our_own_site_and_another_clients_site_are_refused(site, client, growth):
    ours = manage(site, growth)
    export = export_of(growth)
    assert (export.status, "records of all clients" in export.error) == ("Failed", True)
    other = make_contract("Starter", "2026-08-31")
    with pytest.raises(WrongCustomer, match="Managed Site"):
        request.request(other.name, managed_site=ours.name)
    ours.db_set("local_site", client)
    manage(client, other)
    assert "another customer" in export_of(growth).error


@pytest.mark.parametrize(
    ("values", "words"), [({"part_size_mb": 5}, "10 to 2000"), ({"passphrase": "short"}, "8 characters")]
)
def test_a_request_that_makes_no_sense_is_refused(site, growth, values, words):
    with pytest.raises(ExportRefused, match=words):
        request.request(growth.name, **values)


def test_the_commands_make_and_prove_an_export(site, bench):
    contract = make_contract("Growth", "2026-08-31")
    make_client(contract, is_admin=1)
    frappe.db.commit()
    done = bench("retainer", "export", contract.name, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    made = json.loads(done.stdout[done.stdout.index("{") :])
    proven = bench("retainer", "verify-export", made["files"][0])
    assert proven.returncode == 0, proven.stdout + proven.stderr
    assert "the archive is whole" in proven.stdout
    with open(made["files"][0], "r+b") as file:
        file.truncate(1_000)
    assert bench("retainer", "verify-export", made["files"][0]).returncode == 1


def test_an_export_is_stopped_while_it_is_made_and_goes_on_after_a_retry(site, monkeypatch):
    contract = make_contract("Growth", frappe.utils.today())
    export = request.request(contract.name)
    frappe.db.commit()
    stage = job.handover.stage

    def stopped_meanwhile(*arguments):
        api.stop(export.name)
        frappe.db.commit()
        stage(*arguments)

    monkeypatch.setattr(job.handover, "stage", stopped_meanwhile)
    job.run(export.name)
    export.reload()
    assert (export.status, "Stopped" in export.error) == ("Failed", True)
    with pytest.raises(ExportRefused):
        api.stop(export.name)
    monkeypatch.setattr(job.handover, "stage", stage)
    api.retry(export.name)
    frappe.db.commit()
    job.run(export.name)
    assert export.reload().status == "Ready"
