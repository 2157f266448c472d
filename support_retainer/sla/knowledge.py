"""What a solved ticket taught goes into Frappe's knowledge base, whose articles answer the next question."""

import frappe
from frappe import _
from frappe.utils import get_link_to_form, strip_html

from support_retainer.domain import suggestions
from support_retainer.exceptions import NotSolved
from support_retainer.sla import clock

MOST = 5
LOOKED_AT = 20


@frappe.whitelist(methods=["POST"])
def publish(issue: str, category: str, title: str, content: str) -> str:
    """Make a Help Article from a solved Issue and say so on the ticket; returns the article's name.

    `content` is what the user wrote for all clients: nothing of the ticket is taken over unread. Raises NotSolved,
    and frappe.PermissionError without the rights to read the ticket and to create Help Articles.
    """
    ticket = frappe.get_doc("Issue", issue)
    ticket.check_permission("read")
    frappe.has_permission("Help Article", "create", throw=True)
    if ticket.status not in clock.DONE:
        frappe.throw(_("{0} is not solved yet. Resolve it, then publish what solved it.").format(issue), NotSolved)
    values = {"title": title, "category": category, "content": content, "level": "Beginner", "published": 1}
    article = frappe.get_doc(doctype="Help Article", **values).insert()
    ticket.add_comment("Info", _("Published as {0}").format(get_link_to_form("Help Article", article.name)))
    return article.name


@frappe.whitelist(methods=["GET"])
def suggest(question: str) -> list[dict[str, str]]:
    """Published articles that may answer a question, best first: [{title, route}]. For everybody who is logged in."""
    if frappe.session.user == "Guest":
        raise frappe.PermissionError(_("Log in to search the knowledge base."))
    wanted = suggestions.words(question)
    if not wanted:
        return []
    rows = {row.name: row for row in likeliest(wanted)}
    texts = [(row.name, row.title, strip_html(row.content or "")) for row in rows.values()]
    best = suggestions.ranked(question, texts, MOST)
    return [{"title": rows[name].title, "route": rows[name].route} for name in best]


def likeliest(wanted: tuple[str, ...]) -> list[frappe._dict]:
    """Published articles with most of the words, those in the title before others; two indexes of words find them."""
    title, content = (f"match({field}) against (%(words)s in boolean mode)" for field in ("title", "content"))
    return frappe.db.sql(
        f"""select name, title, content, route, {suggestions.TITLE_COUNTS} * {title} + {content} as score
        from `tabHelp Article` where published = 1 and ({title} or {content})
        order by score desc, name limit {LOOKED_AT}""",  # noqa: S608 (our own text)
        {"words": " ".join(f"{word}*" for word in wanted)},
        as_dict=True,
    )
