"""What ./test counts and compares; a wrong count here would make a red run green."""

import json
from pathlib import Path

import pytest

from tools import outcome
from tools.erpnext_tests import judge
from tools.outcome import Outcome, cases_of, count

PASSING = '<testcase classname="a" name="one"/>'
FAILING = '<testcase classname="a" name="two"><failure message="no"/></testcase>'
BROKEN_TEARDOWN = '<testcase classname="a" name="one"><error message="left a row"/></testcase>'
SKIPPED = '<testcase classname="a" name="three"><skipped message="no browser"/></testcase>'


def junit(folder: Path, *cases: str) -> Path:
    path = folder / "result.xml"
    path.write_text(f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>")
    return path


def test_each_state_is_counted(tmp_path):
    assert count(junit(tmp_path, PASSING, FAILING, SKIPPED), returncode=1) == Outcome(1, 1, 1)


def test_a_test_whose_teardown_fails_has_failed(tmp_path):
    assert cases_of(junit(tmp_path, PASSING, BROKEN_TEARDOWN)) == {"a.one": "failed"}


def test_a_runner_that_found_no_test_is_a_failure(tmp_path):
    assert count(junit(tmp_path), returncode=5) == Outcome(failed=1)


def test_a_runner_that_died_before_writing_its_result_is_a_failure(tmp_path):
    assert count(tmp_path / "never-written.xml", returncode=-9) == Outcome(failed=1)


def test_a_runner_that_broke_after_passing_tests_is_a_failure(tmp_path):
    assert count(junit(tmp_path, PASSING), returncode=3) == Outcome(passed=1, failed=1)


def test_the_last_run_is_kept_tier_by_tier(tmp_path, monkeypatch):
    monkeypatch.setattr(outcome, "LAST", tmp_path / "last.json")

    outcome.write_last({"unit": Outcome(3, 0, 1)})

    written = json.loads((tmp_path / "last.json").read_text())
    assert written["tiers"] == {"unit": {"passed": 3, "failed": 0, "skipped": 1}}
    assert set(written) == {"commit", "dirty", "tiers"}


@pytest.mark.parametrize(
    ("second_commit", "status", "tiers"),
    [("c1", "", {"unit", "site"}), ("c2", "", {"site"}), ("c1", " M file", {"site"})],
)
def test_one_tier_joins_the_others_only_on_the_same_committed_state(
    tmp_path, monkeypatch, second_commit, status, tiers
):
    monkeypatch.setattr(outcome, "LAST", tmp_path / "last.json")
    monkeypatch.setattr(outcome, "git", lambda *words: "c1" if words[0] == "rev-parse" else "")
    outcome.write_last({"unit": Outcome(3)})

    monkeypatch.setattr(outcome, "git", lambda *words: second_commit if words[0] == "rev-parse" else status)
    outcome.write_last({"site": Outcome(2)})

    assert set(json.loads((tmp_path / "last.json").read_text())["tiers"]) == tiers


@pytest.mark.parametrize(
    ("without", "with_app", "expected"),
    [
        ({"a": "passed"}, {"a": "passed"}, Outcome(passed=1)),
        ({"a": "passed"}, {"a": "failed"}, Outcome(failed=1)),
        ({"a": "passed"}, {}, Outcome(failed=1)),
        ({"a": "passed", "b": "failed"}, {"a": "passed", "b": "failed"}, Outcome(passed=1, skipped=1)),
        ({"b": "failed"}, {"b": "failed"}, Outcome(failed=1)),
        ({}, {}, Outcome(failed=1)),
    ],
)
def test_erpnext_may_lose_no_test_to_this_app(without, with_app, expected):
    assert judge(without, with_app) == expected
