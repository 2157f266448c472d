"""All reports that are due drafted at a manager's word, with how far it is, and stopped between two of them."""

import frappe
import pytest

from support_retainer.exceptions import NothingToDo
from support_retainer.reporting import batch, drafts
from support_retainer.testing import make_contract
from tests.support.people import acting_as, make_user
from tests.support.stories import at

pytestmark = pytest.mark.commits


@pytest.fixture
def due(site):
    """Two clients of Professional whose first month has ended."""
    frappe.cache.delete_value(batch.KEY)
    at("2026-01-31 09:00")
    contracts = [make_contract("Professional", "2026-01-31") for _client in range(2)]
    at("2026-03-01 09:00")
    yield [contract.name for contract in contracts]
    frappe.cache.delete_value(batch.KEY)


def drafted(contracts) -> int:
    return frappe.db.count("Support Report", {"contract": ["in", contracts]})


def wanted(contracts):
    return [one for one in drafts.due(frappe.utils.getdate("2026-03-01")) if one[0] in contracts]


def test_a_batch_drafts_all_and_says_how_far_it_is(due, monkeypatch):
    monkeypatch.setattr(frappe, "enqueue", lambda *_arguments, **_values: None)
    with acting_as(make_user("Retainer Manager")):
        assert batch.start()["status"] == "Running"
        batch.run(wanted(due))
        assert batch.state() == {"planned": 2, "done": 2, "status": "Done"}
    assert drafted(due) == 2


def test_it_ends_after_the_report_it_is_at(due, monkeypatch):
    make_batch = drafts.make_batch

    def stopped_meanwhile(one):
        make_batch(one)
        batch.stop()

    monkeypatch.setattr(frappe, "enqueue", lambda *_arguments, **_values: None)
    monkeypatch.setattr(drafts, "make_batch", stopped_meanwhile)
    batch.start()
    batch.run(wanted(due))
    assert (batch.state()["status"], drafted(due)) == ("Stopped", 1)


def test_a_second_start_goes_on_with_the_rest_and_then_there_is_nothing_to_do(due, monkeypatch):
    drafts.make_batch(wanted(due)[:1])
    handed = []
    monkeypatch.setattr(frappe, "enqueue", lambda *_arguments, **values: handed.extend(values["wanted"]))
    batch.start()
    assert len([one for one in handed if one[0] in due]) == 1
    drafts.make_batch(handed)
    with pytest.raises(NothingToDo):
        batch.start()


def test_an_agent_starts_and_stops_nothing(due):
    with acting_as(make_user("Retainer Agent")):
        for act in (batch.start, batch.state, batch.stop):
            with pytest.raises(frappe.PermissionError):
                act()
