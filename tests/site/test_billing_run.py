"""The record of a run: what it planned and did, how fast, whom it told, and that it can be stopped."""

import frappe
import pytest

from support_retainer.billing import api, run, run_record
from support_retainer.exceptions import NothingToRetry
from support_retainer.testing import bill, make_contract
from tests.support.stories import at, period_statuses

pytestmark = pytest.mark.commits
ON = "2026-09-01"


@pytest.fixture
def three():
    at("2026-09-14 09:00")
    return [make_contract("Growth", ON) for _ in range(3)]


@pytest.fixture
def told(monkeypatch):
    """Every state of the bar that an open desk was shown."""
    seen = []

    def note(event, figures, **to):
        if event == run_record.PROGRESS:
            seen.append((figures.done, figures.planned))

    monkeypatch.setattr(run, "REPORT_EVERY", 0)
    monkeypatch.setattr(frappe, "publish_realtime", note)
    return seen


def test_a_run_says_what_it_planned_and_how_fast_it_was(three):
    done = bill(ON)
    assert (done.planned, done.done, done.invoices, done.failed, done.skipped) == (3, 3, 3, 0, 0)
    assert done.invoices_per_second == pytest.approx(3 / done.duration, rel=0.01)


def test_who_has_the_run_open_sees_it_move(three, told):
    bill(ON)
    assert told[:3] == [(1, 3), (2, 3), (3, 3)]


def test_a_month_that_billing_opened_is_added_to_the_plan(three, told):
    done = bill("2026-10-01")
    assert (done.planned, done.done) == (6, 6)
    assert told[2] == (3, 3)


def test_a_run_that_is_stopped_ends_after_the_period_it_is_at_and_the_rest_stays_due(three, monkeypatch):
    monkeypatch.setattr(run, "REPORT_EVERY", 0)
    settle = run.settle_together

    def settle_then_stop(group, day, outcome):
        settle(group, day, outcome)
        api.stop(frappe.get_all("Retainer Billing Run", {"status": "Running"}, pluck="name")[0])

    monkeypatch.setattr(run, "settle_together", settle_then_stop)
    stopped = bill(ON)
    assert (stopped.status, stopped.done, stopped.planned) == ("Stopped", 1, 3)
    monkeypatch.setattr(run, "settle_together", settle)
    bill(ON)
    assert [period_statuses(contract)[0][1] for contract in three] == ["Invoiced"] * 3


def test_a_run_that_has_ended_cannot_be_stopped(three):
    with pytest.raises(NothingToRetry, match="Done"):
        api.stop(bill(ON).name)


def test_batches_of_workers_add_up_and_the_last_one_closes_the_run(three):
    settings = frappe.get_doc("Retainer Settings")
    settings.batch_size = 2
    settings.save()
    record = run_record.start(frappe.utils.getdate(ON), planned=3, batches=2)
    names = [contract.name for contract in three]
    run.bill_batch(record.name, names[:2], ON)
    assert frappe.db.get_value("Retainer Billing Run", record.name, ["done", "status"]) == (2, "Running")
    run.bill_batch(record.name, names[2:], ON)
    assert frappe.db.get_value("Retainer Billing Run", record.name, ["done", "status"]) == (3, "Done")


def test_billing_remembers_when_it_last_did_all_there_was(three):
    bill(ON)
    assert str(run_record.last_looked())[:16] == "2026-09-14 09:00"
