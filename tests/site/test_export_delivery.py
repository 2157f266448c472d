"""Who may fetch an export, how long, and what is left when it is gone: an archive, a link, a person, a trail."""

from email import message_from_string
from pathlib import Path
from urllib.parse import urlsplit

import frappe
import pytest

from support_retainer.exceptions import ExportRefused
from support_retainer.offboarding.export import deletion, job, links, request
from support_retainer.testing import make_contract
from tests.support.client_site import no_archives_left  # noqa: F401 - a fixture
from tests.support.outbox import make_outbox
from tests.support.people import make_client, make_user
from tests.support.stories import at
from tests.support.web import Web, with_password

pytestmark = [pytest.mark.commits, pytest.mark.usefixtures("no_archives_left")]
REFUSED = "This link is not valid"


def ready(contract):
    export = request.request(contract.name)
    frappe.db.commit()
    job.run(export.name)
    return export.reload()


@pytest.fixture
def growth(site):
    at("2026-09-14 19:30")
    return make_contract("Growth", "2026-08-31")


@pytest.fixture
def kim(growth):
    return make_client(growth, is_admin=1)


@pytest.fixture
def export(growth, kim):
    return ready(growth)


def asked(site: str, user: str | None, token: str, part: int = 1):
    frappe.db.commit()
    web = Web(site, user)
    return web.get(links.PATH.format(token, part))


def trail_of(export) -> list[str]:
    return frappe.get_all("Data Export Event", {"data_export": export.name}, pluck="event", order_by="creation")


def test_a_named_contact_fetches_the_archive_and_the_trail_says_so(site, export, kim):
    token = links.make(export, kim)
    with_password(kim)
    answer = asked(site, kim, token)
    assert answer.status_code == 200
    assert answer.data[:2] == b"PK"
    assert len(answer.data) == round(export.parts[0].size_mb * 1e6)
    assert answer.headers["Content-Disposition"] == f"attachment; filename={export.parts[0].file_name}"
    frappe.db.rollback()
    assert trail_of(export) == ["Requested", "Started", "Ready", "Link Made", "Downloaded"]
    row = export.reload().links[0]
    assert (row.user, row.downloads) == (kim, 1)
    assert token not in frappe.as_json(export.as_dict())


def test_a_guest_is_led_to_the_login_and_finds_the_archive_afterwards(site, growth, export):
    contact = make_client(growth.reload())
    token = links.make(export.reload(), contact)
    with_password(contact)
    assert asked(site, None, token).status_code == 403
    by_mail = urlsplit(links.url_of(token))
    led = Web(site).get(f"{by_mail.path}?{by_mail.query}")
    assert (led.status_code, led.headers["Location"]) == (302, "/login?redirect-to=/support/exports")
    web = Web(site, contact)
    there = web.get(f"{by_mail.path}?{by_mail.query}")
    assert web.get(there.headers["Location"]).data[:2] == b"PK"
    assert export.parts[0].file_name in web.get("/support/exports").text


def test_a_link_of_somebody_else_opens_nothing(site, growth, export, kim):
    colleague = make_client(growth.reload(), is_admin=1)
    stranger = make_client(make_contract("Starter", "2026-08-31"), is_admin=1)
    token = links.make(export.reload(), kim)
    for person in (colleague, stranger):
        with_password(person)
        answer = asked(site, person, token)
        assert (answer.status_code, REFUSED in answer.text) == (403, True)
    frappe.db.rollback()
    assert trail_of(export).count("Refused") == 2
    assert frappe.get_all("Data Export Event", {"event": "Refused"}, pluck="detail") == [f"{kim}: of another user"] * 2


@pytest.mark.parametrize(
    "spoil",
    [
        lambda export, kim, token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda export, kim, token: "",
        lambda export, kim, token: "' or 1=1 --",
        lambda export, kim, token: [export.links[0].db_set("expires_at", "2020-01-01"), token][-1],
        lambda export, kim, token: [links.revoke(export), token][-1],
        lambda export, kim, token: [export.db_set("status", "Running"), token][-1],
        lambda export, kim, token: [deletion.delete_archive(export, "test"), token][-1],
        lambda export, kim, token: [frappe.db.delete("Retainer Contract Contact", {"user": kim}), token][-1],
    ],
    ids=["altered", "empty", "sql", "expired", "revoked", "not whole", "deleted", "no contact any more"],
)
def test_a_bad_link_gets_the_same_answer_whatever_is_wrong(site, export, kim, spoil):
    with_password(kim)
    token = spoil(export, kim, links.make(export, kim))
    answer = asked(site, kim, token)
    assert (answer.status_code, REFUSED in answer.text) == (403, True)


@pytest.mark.parametrize("part", [0, 2, -1, "../../site_config.json"])
def test_a_part_that_is_not_there_is_refused(site, export, kim, part):
    with_password(kim)
    assert asked(site, kim, links.make(export, kim), part).status_code == 403


def test_only_contacts_of_the_contract_get_a_link_and_only_to_a_whole_archive(site, growth, export, kim):
    for person in (make_user("Customer", user_type="Website User"), make_client(growth.reload(), tickets="Own")):
        with pytest.raises(ExportRefused, match="no contact"):
            links.make(export, person)
    export.db_set("status", "Failed")
    with pytest.raises(ExportRefused, match="no archive"):
        links.make(export, kim)


def test_the_mail_has_a_link_for_each_part_and_not_the_passphrase(site, export, kim, monkeypatch):
    monkeypatch.setitem(frappe.local.conf, "mute_emails", 0)
    make_outbox()
    links.send(export, kim)
    mail = frappe.get_last_doc("Email Queue", {"reference_name": export.name}).message
    parts = [part for part in message_from_string(mail).walk() if part.get_content_type() == "text/html"]
    text = parts[0].get_payload(decode=True).decode()
    assert "/support/exports?token=" in text
    assert export.parts[0].file_name in text


def test_the_mail_says_how_parts_and_an_encrypted_archive_are_opened(site, export, kim, monkeypatch):
    """README.txt lies inside, where nobody reads it before."""
    monkeypatch.setitem(frappe.local.conf, "mute_emails", 0)
    make_outbox()
    first = export.parts[0].file_name
    export.parts[0].file_name = f"{first}.gpg.001"
    export.append("parts", {"file_name": f"{first}.gpg.002", "size_mb": 1})
    export.encrypted = 1
    links.send(export, kim)
    mail = frappe.get_last_doc("Email Queue", {"reference_name": export.name}).message
    parts = [part for part in message_from_string(mail).walk() if part.get_content_type() == "text/html"]
    text = parts[0].get_payload(decode=True).decode()
    assert f"cat {first}.gpg.* &gt; {first}.gpg<" in text
    assert f"gpg --decrypt {first}.gpg &gt; {first}<" in text


def test_the_archive_goes_on_its_day_and_leaves_a_certificate(site, export, kim):
    links.make(export, kim)
    path = frappe.get_site_path("private", "files", export.parts[0].file_name)
    assert deletion.delete_expired() == []
    export.db_set("expires_on", "2026-09-14")
    assert deletion.delete_expired() == [export.name]
    export.reload()
    assert export.status == "Deleted"
    assert not frappe.db.exists("File", {"file_name": export.parts[0].file_name})
    assert not Path(path).exists()
    certificate = frappe.get_site_path(export.certificate.lstrip("/"))
    with open(certificate, "rb") as file:
        assert file.read(4) == b"%PDF"
    assert export.links[0].revoked_at
    assert trail_of(export)[-2:] == ["Revoked", "Deleted"]
    left = frappe.get_all("File", {"attached_to_name": export.name}, pluck="file_url")
    assert sorted(left) == sorted([export.manifest, export.certificate])


def test_the_retention_is_the_settings(site, growth, kim):
    frappe.db.set_single_value("Retainer Settings", "export_kept_days", 7)
    export = ready(growth)
    assert str(export.expires_on) == frappe.utils.add_days(frappe.utils.nowdate(), 7)


def test_an_export_is_never_deleted_as_a_record(site, export):
    with pytest.raises(frappe.ValidationError, match="audit trail"):
        frappe.delete_doc("Client Data Export", export.name)
    with pytest.raises(frappe.ValidationError, match="cannot be changed"):
        frappe.get_last_doc("Data Export Event").save()


def test_a_client_admin_asks_for_an_export_and_fetches_it_from_the_portal(site, growth, kim):
    with_password(kim)
    frappe.db.commit()
    web = Web(site, kim)
    assert "There is no export yet" in web.get("/support/exports").text
    assert web.call("support_retainer.portal.exports.ask", contract=growth.name).status_code == 200
    frappe.db.rollback()
    name = frappe.get_last_doc("Client Data Export", {"contract": growth.name}).name
    assert "last 24 hours" in web.call("support_retainer.portal.exports.ask", contract=growth.name).text
    job.run(name)
    frappe.db.commit()
    page = web.get("/support/exports").text
    assert "Download" in page
    path = web.call("support_retainer.portal.exports.fetch", export=name, part=1).json["message"]
    assert web.get(path).data[:2] == b"PK"


def test_another_contact_and_another_client_see_no_export(site, growth, export):
    contact = make_client(growth.reload())
    stranger = make_client(make_contract("Starter", "2026-08-31"), is_admin=1)
    for person in (contact, stranger):
        with_password(person)
        frappe.db.commit()
        web = Web(site, person)
        assert export.name not in web.get("/support/exports").text
        assert web.call("support_retainer.portal.exports.fetch", export=export.name).status_code == 404
        assert web.call("support_retainer.portal.exports.ask", contract=growth.name).status_code == 404
