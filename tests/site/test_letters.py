"""Letters to clients, as shipped, as a manager rewrote them, and with a slip in them."""

import frappe
import pytest
from markupsafe import Markup

from support_retainer import letters
from support_retainer.letters import compose

VALUES = {"claim": "WC-1", "decision": "Covered", "reason": "The cause is <ours> & was reported in time"}


def template(letter=letters.WARRANTY_DECIDED):
    return frappe.get_doc("Email Template", letter.name)


@pytest.mark.parametrize("letter", letters.ALL, ids=lambda letter: letter.title)
def test_every_letter_is_there_to_be_edited_and_uses_only_the_values_it_names(site, letter):
    assert frappe.db.exists("Email Template", letter.name)
    values = {name: [f"<{name}>"] if name == "promises" else f"<{name}>" for name in letter.values}
    subject, body = compose(letter, values)
    assert subject
    assert "{{" not in body
    assert "<p>" in body


def test_values_are_no_markup(site):
    subject, body = compose(letters.WARRANTY_DECIDED, VALUES)
    assert subject == "Warranty claim WC-1: Covered"
    assert "&lt;ours&gt; &amp; was" in body


def test_markup_of_our_own_stays(site):
    _, body = compose(letters.WARRANTY_DECIDED, {**VALUES, "reason": Markup("<b>because</b>")})
    assert "<b>because</b>" in body


def test_what_a_manager_wrote_is_sent(site):
    doc = template()
    doc.update({"subject": "About {{ claim }}", "response_html": "<p>Good news: {{ decision }}</p>"})
    doc.save()
    assert compose(letters.WARRANTY_DECIDED, VALUES) == ("About WC-1", "<p>Good news: Covered</p>")


@pytest.mark.parametrize("slip", ["{{ reason.nothing.at_all }}", "{{ claim | no_such_filter }}", "{% if %}"])
def test_a_slip_sends_the_letter_as_it_was_shipped(site, slip):
    frappe.db.set_value("Email Template", letters.WARRANTY_DECIDED.name, "response_html", slip)
    frappe.clear_document_cache("Email Template", letters.WARRANTY_DECIDED.name)
    _, body = compose(letters.WARRANTY_DECIDED, VALUES)
    assert "was decided: Covered" in body


def test_a_letter_that_was_deleted_is_sent_as_it_was_shipped(site):
    template().delete()
    assert compose(letters.WARRANTY_DECIDED, VALUES)[0] == "Warranty claim WC-1: Covered"


def test_a_second_start_keeps_what_was_edited(site):
    template().update({"subject": "Ours"}).save()
    letters.make_templates()
    assert template().subject == "Ours"
