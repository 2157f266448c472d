"""A slip in a name or a date on the command line is an error, and not a run in which nothing was due."""

import click
import frappe
import pytest

from support_retainer import commands


@pytest.mark.parametrize("value", ["", "tomorrow", "2026-13-45", "01/02/2026", "1e300"])
def test_a_day_is_year_month_and_day(value):
    with pytest.raises(click.BadParameter, match="YYYY-MM-DD"):
        commands.DAY.convert(value, None, None)


def test_a_day_that_is_right_is_taken():
    assert commands.DAY.convert("2028-02-29", None, None) == "2028-02-29"


@pytest.mark.parametrize("doctype", ["Retainer Contract", "Managed Site"])
def test_an_unknown_name_is_refused(doctype):
    with pytest.raises(frappe.DoesNotExistError, match=f"no {doctype}"):
        commands.refuse_unknown(doctype, "NOPE")


def test_no_name_means_all():
    commands.refuse_unknown("Retainer Contract", None)


@pytest.mark.parametrize(("command", "option"), [("bill", "on"), ("audit", "on")])
def test_the_commands_take_such_a_day(command, option):
    (found,) = (param for param in commands.retainer.commands[command].params if param.name == option)
    assert found.type is commands.DAY


def test_a_key_file_has_to_exist():
    (found,) = (param for param in commands.retainer.commands["verify-backup"].params if param.name == "key_file")
    assert found.type.exists
