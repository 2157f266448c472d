"""From notice to the last proof: duties, exports on their days, transition, deletion, and a client who comes back."""

import frappe
import pytest
from frappe.utils import add_days

from support_retainer.exceptions import InvalidOffboarding
from support_retainer.offboarding import after_end, checklist, daily, erased_texts, notice
from support_retainer.offboarding.export import job
from support_retainer.testing import bill, make_contract, make_issue
from tests.support.client_site import no_archives_left  # noqa: F401 - a fixture
from tests.support.outbox import make_outbox
from tests.support.people import make_client, make_user
from tests.support.stories import at
from tests.support.web import Web, with_password

pytestmark = [pytest.mark.commits, pytest.mark.usefixtures("no_archives_left")]
START, NOTICE, END = "2026-08-31", "2026-09-14", "2026-10-14"


@pytest.fixture
def growth(site):
    at("2026-09-14 19:30")
    manager = make_user("Retainer Manager")
    return make_contract("Growth", START, account_manager=manager)


@pytest.fixture
def kim(growth):
    return make_client(growth, is_admin=1)


@pytest.fixture
def ending(growth, kim):
    growth.reload()
    assert str(notice.give(growth, NOTICE)) == END
    return checklist.running(growth.name)


def tasks(doc) -> dict[str, bool]:
    return {row.key: bool(row.done) for row in doc.reload().tasks}


def exports(contract) -> list[str]:
    return frappe.get_all("Client Data Export", {"contract": contract.name}, pluck="name", order_by="creation")


def passed(contract) -> None:
    """The last day is over: the scheduler's daily task."""
    notice.end_contracts(add_days(END, 1))
    contract.reload()


def test_notice_opens_the_checklist_with_owners_and_days(growth, kim, ending):
    assert (ending.status, str(ending.end_date), str(ending.transition_end)) == ("Open", END, "2026-11-13")
    owners = {row.duty_of: row.owner_user for row in ending.tasks}
    assert owners == {"Us": growth.account_manager, "Client": kim}
    assert ending.progress == 0


def test_a_contract_without_an_end_goes_on(growth, ending):
    open_ended = make_contract("Starter", START)
    assert notice.end_contracts("2099-01-01") == [growth.name]
    assert open_ended.reload().status == "Active"


def test_withdrawing_notice_closes_it_and_a_second_notice_opens_a_new_one(growth, ending):
    notice.withdraw(growth.reload())
    assert ending.reload().status == "Withdrawn"
    notice.give(growth.reload(), "2026-09-20")
    assert checklist.running(growth.name).name != ending.name


def test_a_tick_says_who_and_when_and_moves_the_progress(ending):
    ending.tasks[0].done = 1
    ending.save()
    assert ending.tasks[0].done_by == frappe.session.user
    assert ending.progress == round(100 / 7, 1)
    ending.tasks[0].done = 0
    ending.save()
    assert ending.tasks[0].done_on is None


def test_exports_are_asked_for_on_their_days_and_a_missed_day_by_one(growth, ending):
    daily.follow_all("2026-09-29")
    assert exports(growth) == []
    daily.follow_all("2026-09-30")
    daily.follow_all("2026-10-01")
    assert len(exports(growth)) == 1
    frappe.db.set_value("Client Data Export", exports(growth)[0], "creation", "2026-09-30 03:00:00")
    frappe.db.commit()
    daily.follow_all("2026-10-13")
    daily.follow_all("2026-10-13")
    assert len(exports(growth)) == 2


def test_an_unpaid_invoice_is_shown_and_stops_nothing(site, growth, ending, kim):
    bill("2026-08-31", growth)
    (unpaid,) = checklist.outstanding(growth.name)
    daily.follow_all("2026-09-30")
    (export,) = exports(growth)
    job.run(export)
    assert frappe.db.get_value("Client Data Export", export, "status") == "Ready"
    with_password(kim)
    frappe.db.commit()
    page = Web(site, kim).get("/support/exports").text
    assert unpaid.name in page
    assert "hold your data back" in page.replace("&#39;", "'")
    assert "Download" in page


def test_reminders_go_to_each_owner_once_in_three_days(growth, kim, ending, monkeypatch):
    monkeypatch.setitem(frappe.local.conf, "mute_emails", 0)  # queued as on a real site; nothing is sent from here
    make_outbox()

    def mails() -> list[str]:
        return frappe.get_all(
            "Email Queue Recipient", {"parent": ["in", sent_about(ending)]}, pluck="recipient", order_by="recipient"
        )

    daily.follow_all("2026-10-04")
    assert mails() == sorted([kim, growth.account_manager])
    daily.follow_all("2026-10-05")
    assert len(mails()) == 2
    daily.follow_all("2026-10-08")
    assert len(mails()) == 4


def sent_about(doc) -> list[str]:
    return frappe.get_all("Email Queue", {"reference_name": doc.name}, pluck="name") or [""]


def managed(contract):
    site = frappe.get_doc(
        doctype="Managed Site", site_name="Client ERP", url="https://client.example", contract=contract.name
    )
    site.update({"api_key": "key-1", "api_secret": "secret-1", "enabled": 1})
    return site.insert()


def test_after_the_end_monitoring_stops_and_our_keys_go_once_the_last_export_is_made(growth, ending):
    site = managed(growth)
    passed(growth)
    assert growth.status == "Ended"
    assert ending.reload().status == "Transition"
    assert frappe.db.get_value("Managed Site", site.name, "enabled") == 0
    daily.follow_all(add_days(END, 2))
    assert site.reload().get_password("api_secret", raise_exception=False) == "secret-1"
    final = frappe.get_doc("Client Data Export", exports(growth)[-1])
    final.db_set({"status": "Ready", "creation": add_days(END, 2)})
    daily.follow_all(add_days(END, 3))
    assert site.reload().get_password("api_secret", raise_exception=False) is None
    assert tasks(ending)["credentials"]
    assert tasks(ending)["export"]


def test_the_keys_go_with_the_transition_even_without_an_export(growth, ending):
    site = managed(growth)
    passed(growth)
    daily.follow_all("2026-11-13")
    assert not site.reload().get_password("api_secret", raise_exception=False)
    daily.follow_all("2026-11-14")
    assert ending.reload().status == "Closed"
    assert tasks(ending)["transition"]


def test_the_portal_narrows_to_history_and_exports_and_tickets_stay_for_thirty_days(site, growth, kim, ending):
    issue = make_issue(growth)
    with_password(kim)
    passed(growth)
    growth.db_set("end_date", frappe.utils.add_days(frappe.utils.nowdate(), -5))
    frappe.db.commit()
    web = Web(site, kim)
    menu = web.get("/support").text
    assert "/support/exports" in menu
    assert 'href="/support/estimates"' not in menu
    assert "Hours left this period" not in menu
    assert web.get("/support/hours").status_code == 200
    assert web.get(f"/support/tickets/{issue.name}").status_code == 200
    assert web.get("/support/tickets/new").status_code == 200
    for closed in ("/support/estimates", "/support/sites"):
        assert web.get(closed).status_code == 404
    new = {"subject": "Where is the key?", "description": "For the new host", "priority": "P3 Medium"}
    assert web.call("support_retainer.portal.new_ticket.create", **new).status_code == 200
    growth.db_set("end_date", frappe.utils.add_days(frappe.utils.nowdate(), -31))
    frappe.db.commit()
    assert web.get("/support/tickets/new").status_code == 404
    assert "transition have ended" in web.call("support_retainer.portal.new_ticket.create", **new).text
    assert web.get("/support/exports").status_code == 200


def test_data_is_deleted_on_request_with_proof_and_only_this_clients(site, growth, kim, ending):
    other = make_contract("Starter", START)
    kept = make_issue(other, subject="Stays", description="Stays")
    gone = make_issue(growth, subject="Confidential", description="Confidential")
    attachment = {"attached_to_doctype": "Issue", "attached_to_name": gone.name}
    frappe.get_doc(doctype="File", file_name="secret.txt", content=b"secret", is_private=1, **attachment).insert()
    with pytest.raises(InvalidOffboarding, match="not ended"):
        after_end.ask_for_deletion(ending, kim)
    passed(growth)
    with pytest.raises(InvalidOffboarding, match="nobody has asked"):
        after_end.delete_data(ending.reload())
    with_password(kim)
    frappe.db.commit()
    asked = Web(site, kim).call("support_retainer.portal.exports.ask_for_deletion", offboarding=ending.name)
    assert asked.status_code == 200
    frappe.db.rollback()
    after_end.delete_data(ending.reload())
    assert frappe.db.get_value("Issue", gone.name, "subject") == erased_texts.GONE
    assert frappe.db.get_value("Issue", kept.name, "subject") == "Stays"
    assert not frappe.db.exists("File", attachment)
    assert (ending.status, bool(ending.deleted_at), ending.deletion_requested_by) == ("Closed", True, kim)
    with open(frappe.get_site_path(ending.deletion_certificate.lstrip("/")), "rb") as file:
        assert file.read(4) == b"%PDF"
    with pytest.raises(InvalidOffboarding):
        after_end.delete_data(ending.reload())


def test_a_client_who_comes_back_gets_a_new_contract_and_the_old_one_stays_settled(growth, ending):
    with pytest.raises(InvalidOffboarding, match="withdraw"):
        after_end.reactivate(ending)
    passed(growth)
    draft = after_end.reactivate(ending.reload())
    assert (draft.docstatus, draft.status, draft.customer) == (0, "Draft", growth.customer)
    assert str(draft.start_date) > END
    assert ending.status == "Reactivated"
    assert growth.reload().status == "Ended"
    draft.submit()


def test_a_client_ticks_its_own_duties_and_no_other(site, growth, kim, ending):
    other = make_contract("Starter", START)
    stranger = make_client(other, is_admin=1)
    of = {row.duty_of: row.name for row in ending.tasks}
    for person in (kim, stranger):
        with_password(person)
    frappe.db.commit()
    done = "support_retainer.portal.exports.done"
    assert Web(site, kim).call(done, task=of["Client"]).status_code == 200
    assert Web(site, kim).call(done, task=of["Us"]).status_code == 404
    assert Web(site, stranger).call(done, task=of["Client"], is_done=0).status_code == 404
    frappe.db.rollback()
    assert [bool(row.done) for row in ending.reload().tasks if row.name in of.values()].count(True) == 1


def test_export_days_have_to_be_days(ending):
    ending.export_days = "soon"
    with pytest.raises(InvalidOffboarding, match="14, 3, 0"):
        ending.save()
