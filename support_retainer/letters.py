"""What clients are written. A site gets each letter once as an Email Template, which a manager may rewrite; as long as
nobody did, the client reads it in his own language.

Templates are Jinja with the values named beside them. Values are escaped, so that a name is never taken for markup;
one that is markup already comes as `markupsafe.Markup`.
"""

from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _
from frappe.utils.jinja import get_jenv
from jinja2 import TemplateError
from markupsafe import Markup, escape

from support_retainer.speech import speaking


@dataclass(frozen=True, slots=True)
class Letter:
    """`title` names it in the list of Email Templates; `values` says what may stand in braces."""

    title: str
    subject: str
    body: str
    values: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"Retainer: {self.title}"


HOURS_USED = Letter(
    "Hours Used",
    "{{ summary }}",
    "<p>{{ summary }}. {{ afterwards }}</p>",
    ("summary", "afterwards", "customer", "contract", "pool", "percent", "left", "until"),
)
HOURS_NEEDED = Letter(
    "Hours Needed",
    "Please approve {{ hours }} of support beyond your included hours",
    "<p>The included hours of {{ contract }} are used up. We ask for {{ hours }} more, at most {{ amount }} before "
    "taxes. Why: {{ reason }}</p>",
    ("contract", "hours", "amount", "reason"),
)
WARRANTY_DECIDED = Letter(
    "Warranty Decided",
    "Warranty claim {{ claim }}: {{ decision }}",
    "<p>Your claim {{ claim }} was decided: {{ decision }}. Why: {{ reason }}</p>",
    ("claim", "decision", "reason"),
)
WARRANTY_ENDS = Letter(
    "Warranty Ends",
    "The warranty of {{ customer }} ends on {{ ends }}",
    "<p>Until {{ ends }} you can report faults of the implementation, to be repaired free of charge. {{ offer }}</p>",
    ("customer", "ends", "offer"),
)
ESTIMATE = Letter(
    "Estimate",
    "Please approve additional work: {{ estimate }}",
    "<p>We estimate {{ hours }} hours, at most {{ amount }} before taxes. The estimate is valid until "
    "{{ valid_until }}. {% if replaces %}It replaces {{ replaces }}.{% endif %}</p>",
    ("estimate", "hours", "amount", "valid_until", "replaces"),
)
NEW_FEE = Letter(
    "New Fee",
    "Your support contract {{ contract }}: new monthly fee from {{ day }}",
    "<p>From {{ day }} the monthly fee of {{ package }} is {{ fee }}, as agreed in your contract.</p>",
    ("contract", "package", "day", "fee"),
)
RENEWAL = Letter(
    "Renewal",
    "Your support contract {{ contract }} renews soon",
    "<p>Your support contract {{ contract }} renews on {{ day }} for {{ months }} months. Notice to its end can be "
    "given until {{ last_day }}.</p>",
    ("contract", "day", "months", "last_day"),
)
ENDS = Letter(
    "Contract Ends",
    "Your support contract {{ contract }} ends on {{ last_day }}",
    "<p>Your support contract {{ contract }} ends with its term: the last day of service is {{ last_day }}.</p>",
    ("contract", "last_day"),
)
OVERDUE = Letter(
    "Invoice Overdue",
    "An invoice is overdue: {{ contract }}",
    "<p>An invoice has been due since {{ due_since }}. If it is not paid by then, support is on hold from "
    "{{ on_hold_from }}; it goes on as soon as the payment is booked.</p>",
    ("contract", "due_since", "on_hold_from"),
)
ON_HOLD = Letter(
    "Support on Hold",
    "Support is on hold: {{ contract }}",
    "<p>An invoice has been due since {{ due_since }}, so support is on hold and response times do not run. It goes on "
    "as soon as the payment is booked.</p>",
    ("contract", "due_since"),
)
INVOICE = Letter(
    "Invoice",
    "Invoice {{ invoice }} of {{ company }}",
    "<p>Dear {{ customer }},</p><p>Please find attached invoice {{ invoice }} of {{ date }} over {{ total }}, due on "
    "{{ due }}.</p>{% if payment_url %}<p><a href='{{ payment_url }}'>Pay online</a></p>{% endif %}",
    ("invoice", "company", "customer", "date", "total", "due", "payment_url"),
)
TICKET_RECEIVED = Letter(
    "Ticket Received",
    "Re: {{ subject }} (#{{ ticket }})",
    "<p>We have received your message. Its ticket is <b>{{ ticket }}</b>.</p>"
    "{% for promise in promises %}<p>{{ promise }}</p>{% endfor %}"
    "<p>Please keep the number in the subject when you reply.</p>",
    ("ticket", "subject", "promises"),
)
ALL = (
    HOURS_USED,
    HOURS_NEEDED,
    WARRANTY_DECIDED,
    WARRANTY_ENDS,
    ESTIMATE,
    NEW_FEE,
    RENEWAL,
    ENDS,
    OVERDUE,
    ON_HOLD,
    INVOICE,
    TICKET_RECEIVED,
)


def compose(letter: Letter, values: dict[str, Any], language: str | None = None) -> tuple[str, str]:
    """(subject, HTML) in a language (that of the session). A template that can't be rendered is passed over for ours
    and noted in the Error Log: a slip in a letter must not stop what it tells of."""
    with speaking(language or frappe.local.lang or "en"):
        own = _own(letter)
        try:
            return _render(own or letter, letter, values)
        except TemplateError:
            frappe.log_error(title=f"Email Template {letter.name}")
            return _render(letter, letter, values)


def _own(letter: Letter) -> Letter | None:
    """The site's text where somebody has rewritten it."""
    if not frappe.db.exists("Email Template", letter.name, cache=True):
        return None
    template = frappe.get_cached_doc("Email Template", letter.name)
    text = template.response_html if template.use_html else template.response
    if (template.subject, text) == (letter.subject, letter.body):
        return None
    return Letter(letter.title, template.subject, text or "", letter.values)


def _render(text: Letter, shipped: Letter, values: dict[str, Any]) -> tuple[str, str]:
    source = (_(text.subject), _(text.body)) if text is shipped else (text.subject, text.body)
    escaped = {name: _escaped(values.get(name)) for name in shipped.values}
    plain = {name: values.get(name, "") for name in shipped.values}
    environment = get_jenv()  # Frappe's sandbox; its render_template() would make a message for the user of an error
    return environment.from_string(source[0]).render(plain), environment.from_string(source[1]).render(escaped)


def _escaped(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_escaped(one) for one in value]
    return "" if value is None else value if isinstance(value, Markup) else escape(value)


def make_templates() -> None:
    """One Email Template for each letter that the site does not have."""
    for letter in ALL:
        if not frappe.db.exists("Email Template", letter.name):
            frappe.get_doc(
                doctype="Email Template",
                name=letter.name,
                subject=letter.subject,
                use_html=1,
                response_html=letter.body,
            ).insert(ignore_permissions=True)
