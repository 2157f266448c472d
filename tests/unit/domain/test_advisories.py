"""Which versions an advisory is about."""

import pytest

from support_retainer.domain.advisories import is_affected

FIXES = ["15.72.5", "14.90.1"]


@pytest.mark.parametrize("version", ["15.72.4", "15.9.0", "14.90.0", "13.58.2", "v15.0.0-dev"])
def test_a_version_before_the_fix_of_its_line_has_the_hole(version):
    assert is_affected(version, FIXES)


@pytest.mark.parametrize("version", ["15.72.5", "15.100.0", "14.90.1", "16.0.0", "", "develop"])
def test_a_fixed_or_later_or_unknown_version_has_not(version):
    assert not is_affected(version, FIXES)


def test_an_advisory_without_a_fix_names_nobody():
    assert not is_affected("15.72.4", [])
