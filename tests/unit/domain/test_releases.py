"""Releases as people list them and as project pages publish them."""

import pytest

from support_retainer.domain.releases import InvalidReleases, feeds, listed, published
from support_retainer.domain.versions import newest_of

GITHUB = [
    {"tag_name": "v16.0.0-beta.1", "prerelease": True, "draft": False, "name": "Release v16.0.0-beta.1"},
    {"tag_name": "v15.72.0", "prerelease": False, "draft": True, "name": "not out yet"},
    {"tag_name": "v15.71.1", "prerelease": False, "draft": False, "name": "Release v15.71.1"},
    {"tag_name": "v14.80.0", "prerelease": False, "draft": False, "name": "Release v14.80.0"},
]
TAGS = [{"name": "v15.71.1", "commit": {"sha": "0"}}, {"name": "v15.72.0-rc1"}, {"name": "nightly"}]


def test_lines_are_read_and_the_best_of_each_line_counts():
    known = listed("erpnext 15.70.0\n\n ERPNext v15.71.1 \nfrappe 14.90.2")
    assert newest_of(known) == {"erpnext 15": "15.71.1", "frappe 14": "14.90.2"}
    assert listed(None) == ()


@pytest.mark.parametrize("line", ["erpnext", "erpnext soon", "erpnext 15", "erpnext 15.0.0-beta"])
def test_a_line_that_is_none_is_named(line):
    with pytest.raises(InvalidReleases) as caught:
        listed(f"frappe 15.72.4\n{line}")
    assert caught.value.details == {"line": line}


def test_feeds_have_an_app_and_an_address():
    assert feeds("erpnext https://releases.example/list") == (("erpnext", "https://releases.example/list"),)
    with pytest.raises(InvalidReleases):
        feeds("erpnext file:///etc/passwd")


@pytest.mark.parametrize(
    ("payload", "versions"),
    [
        (GITHUB, ("15.71.1", "14.80.0")),
        (TAGS, ("15.71.1",)),
        (["15.71.1", "v15.70", "16.0.0-beta.1", None, 7], ("15.71.1", "15.70")),
        ({"releases": [{"version": "15.71.1"}]}, ("15.71.1",)),
        ([{"tag_name": "v17.1.0", "upcoming_release": True}, {"tag_name": "v17.0.0"}], ("17.0.0",)),
    ],
)
def test_trial_versions_and_drafts_are_no_releases(payload, versions):
    assert published(payload) == versions


@pytest.mark.parametrize("payload", [None, "15.71.1", {}, [], {"message": "rate limit"}, [{"tag_name": "latest"}], 15])
def test_what_is_no_list_of_releases_is_refused(payload):
    with pytest.raises(InvalidReleases):
        published(payload)
