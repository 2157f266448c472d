"""A solved ticket becomes an article that answers the next client's question."""

import frappe
import pytest

from support_retainer.exceptions import NotSolved
from support_retainer.sla.knowledge import publish, suggest
from support_retainer.testing import make_contract, make_issue
from tests.support.people import acting_as, make_user
from tests.support.stories import at

# The index of words holds what is committed.
pytestmark = pytest.mark.commits


def ask(question):
    frappe.db.commit()
    return suggest(question)


@pytest.fixture
def category(site):
    at("2026-09-14 10:00")
    return frappe.get_doc(doctype="Help Category", category_name="Printing", published=1).insert().name


@pytest.fixture
def issue(category):
    issue = make_issue(make_contract("Growth", "2026-08-31"))
    issue.status = "Resolved"
    return issue.save()


def published(issue, category, title="Invoices print empty pages"):
    return publish(issue.name, category, title, "<p>Choose another letterhead.</p>")


def test_an_article_is_found_by_the_next_question(issue, category):
    article = frappe.get_doc("Help Article", published(issue, category))

    with acting_as(make_user(user_type="Website User")):
        [found] = ask("Why are my invoices empty?")
    assert found == {"title": article.title, "route": article.route}
    assert frappe.db.exists("Comment", {"reference_name": issue.name, "content": ["like", f"%{article.name}%"]})


def test_an_agent_publishes_with_no_other_role(issue, category):
    with acting_as(make_user("Retainer Agent")):
        article = published(issue, category)

    assert frappe.db.get_value("Help Article", article, "published")
    assert frappe.db.get_value("Help Category", category, "help_articles") == 1


def test_an_article_that_is_not_published_is_not_suggested(issue, category):
    frappe.db.set_value("Help Article", published(issue, category), "published", 0)

    assert ask("invoices") == []


def test_an_open_ticket_teaches_nothing_yet(category):
    with pytest.raises(NotSolved):
        published(make_issue(make_contract("Growth", "2026-08-31")), category)


def test_strangers_publish_nothing(issue, category):
    users = (
        make_user(),
        make_user("Support Team"),
        make_user("Knowledge Base Editor"),
        make_user(user_type="Website User"),
    )
    for user in (*users, "Guest"):
        with acting_as(user), pytest.raises(frappe.PermissionError):
            published(issue, category)


def test_guests_search_nothing(site):
    with acting_as("Guest"), pytest.raises(frappe.PermissionError):
        suggest("invoices")


def test_the_best_of_many_articles_comes_first(category):
    for number in range(30):
        values = {"title": f"About printers {number}", "content": "<p>Printers print.</p>", "published": 1}
        frappe.get_doc(doctype="Help Article", category=category, **values).insert()
    best = {"title": "Printers print empty invoices", "content": "<p>Another letterhead.</p>", "published": 1}
    frappe.get_doc(doctype="Help Article", category=category, **best).insert()

    found = ask("Printers make empty invoices, 100 % of them")
    assert found[0]["title"] == "Printers print empty invoices"
    assert len(found) == 5


@pytest.mark.parametrize("question", ["", "a an", '+-*"()~<>@', "%_%_ ____", "Рахунок порожній", "🖨️🖨️"])
def test_no_question_is_an_error(category, question):
    assert ask(question) == []
