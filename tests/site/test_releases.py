"""How far a version lags behind: by what is listed, what feeds publish and what sites here run; and by which it is."""

import json

import frappe
import pytest

from support_retainer.exceptions import InvalidTerms
from support_retainer.monitoring import connection, releases, report_sections
from support_retainer.testing.sites import make_site
from tests.support.web_servers import web_server

pytestmark = pytest.mark.commits


@pytest.fixture
def feed(site, monkeypatch):
    """A project's page of releases, on loopback and allowed."""
    monkeypatch.setattr(connection, "is_public", lambda address: True)
    with web_server() as server:
        server.json = json.dumps([{"tag_name": "v14.80.0"}, {"tag_name": "v14.81.0-beta", "prerelease": True}])
        settle(release_feeds=f"erpnext {server.url('/json')}")
        yield server


def settle(**values):
    frappe.get_doc("Retainer Settings").update(values).save()
    frappe.db.commit()


def settings():
    return frappe.get_doc("Retainer Settings")


def rows(version="erpnext 14.70.0"):
    name = make_site(versions=version).name
    found = report_sections.versions([frappe.get_doc("Managed Site", name)])
    return found["rows"][0][1:], found["note"]


def test_without_a_list_the_page_says_that_there_may_be_newer_ones(site):
    make_site(versions="erpnext 14.75.0")
    assert rows() == (
        ["ERPNext 14.70.0", "14.75.0", "5"],
        "Newest is what some site in our care runs; there may be newer releases.",
    )


def test_a_release_that_is_listed_counts_though_no_site_runs_it(site):
    settle(known_releases="erpnext 14.80.0\nerpnext 15.2.0")
    found, note = rows()
    assert found == ["ERPNext 14.70.0", "14.80.0", "10"]
    assert "as we list them" in note
    watched = frappe.get_doc("Managed Site", frappe.get_all("Managed Site", pluck="name")[0])
    watched.run_method("onload")
    assert watched.get_onload().newest_releases == "erpnext 14.70.0, newest release 14.80.0"


def test_a_site_that_is_ahead_of_the_list_counts_too(site):
    settle(known_releases="erpnext 14.60.0")
    make_site(versions="erpnext 14.75.0")
    assert rows()[0] == ["ERPNext 14.70.0", "14.75.0", "5"]
    assert "newest that a site here runs 14.75.0" in releases.told("erpnext 14.70.0")


@pytest.mark.parametrize("values", [{"known_releases": "erpnext"}, {"release_feeds": "erpnext ftp://x.example"}])
def test_a_line_that_cannot_be_read_is_refused_with_an_example(site, values):
    with pytest.raises(InvalidTerms, match="for example: erpnext"):
        settle(**values)


def test_a_feed_is_read_and_kept_when_it_fails_later(feed):
    releases.read_feeds()
    assert (settings().releases_read, settings().feed_problems) == ("erpnext 14.80.0", "")
    found, note = rows()
    assert found == ["ERPNext 14.70.0", "14.80.0", "10"]
    assert note.startswith("Newest releases as published up to")
    read_at = settings().releases_read_at
    feed.json = "<html>rate limit</html>"
    releases.read_feeds()
    assert settings().feed_problems == "erpnext: the answer is no list of releases."
    feed.json = json.dumps(["14.79.0"])  # an older page of the list takes nothing back
    releases.read_feeds()
    assert settings().releases_read == "erpnext 14.80.0"
    assert settings().releases_read_at >= read_at


@pytest.mark.parametrize(("path", "why"), [("/endless", "does not end"), ("/error", "answers with an error")])
def test_a_feed_that_never_ends_or_fails_is_a_problem_that_is_told(feed, path, why):
    settle(release_feeds=f"erpnext {feed.url(path)}")
    releases.read_feeds()
    assert why in settings().feed_problems
    assert not settings().releases_read


def test_a_feed_inside_our_network_is_not_asked(site):
    with web_server() as server:
        settle(release_feeds=f"erpnext {server.url('/json')}")
        releases.read_feeds()
        assert "private network" in settings().feed_problems
        assert server.asked == []
