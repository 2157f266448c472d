"""Tell the story: every act in the order of time, in a transaction of its own, and each only once."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import frappe
from dateutil.relativedelta import relativedelta
from frappe.utils import cint, getdate

from support_retainer.billing import run
from support_retainer.demo import books, payments, people, records, sites
from support_retainer.demo.acts import Act, Client, Scene, Sheet, acts_of
from support_retainer.demo.clients.falcon import FALCON
from support_retainer.demo.clock import at_time, instant
from support_retainer.demo.demo import Demo, Login
from support_retainer.demo.story import AGENT, CLIENTS, MANAGER
from support_retainer.domain.working_calendar import WorkingCalendar
from support_retainer.hours import allotment
from support_retainer.site_time import site_date, to_utc
from support_retainer.testing.factories import load_catalogue_of

MONTHS = 3
BILLED_AT = timedelta(hours=2)
PROGRESS = "retainer_demo_acts_told"


def tell() -> Demo:
    """Make the people and contracts, then everything that happened; what was told before stays as it is.

    Commits after every act, so a story that was interrupted goes on where it stopped.
    """
    muted, frappe.flags.mute_emails = frappe.flags.mute_emails, True
    try:
        _make_staff()
        contracts = {client.name: _make_client(client) for client in CLIENTS}
        _play(contracts)
        sites.add(contracts[FALCON.name])
        logins = _logins()
        frappe.db.commit()
    finally:
        frappe.flags.mute_emails = muted
    return _told(contracts, logins)


def _make_staff() -> None:
    for person in (MANAGER, AGENT):
        people.make_user(person.email, person.first_name, person.last_name, person.roles, "System User")
    people.make_employee(AGENT)
    frappe.db.commit()


def _make_client(client: Client) -> str:
    """The client's customer, portal user and active contract; returns the contract."""
    load_catalogue_of(client.package)
    go_live = getdate() - relativedelta(months=MONTHS) - timedelta(days=client.days_earlier)
    currency = frappe.get_cached_value("Support Package", client.package, "currency")
    books.prepare(currency, go_live)
    customer = people.make_customer(client, currency, books.receivable_account(currency))
    people.make_user(client.user, client.first_name, client.last_name, ("Customer",), "Website User")
    people.admit_to_portal(client, customer)
    known = frappe.db.get_value("Retainer Contract", {"customer": customer, "docstatus": 1})
    contract = known or records.make_contract(client, customer, go_live)
    frappe.db.commit()
    return contract


def _logins() -> tuple[Login, ...]:
    staff = [(person.email, person.role, "/app") for person in (MANAGER, AGENT)]
    clients = [(client.user, "Customer", "/support") for client in CLIENTS]
    return tuple(Login(*login, people.give_password(login[0])) for login in staff + clients)


def _play(contracts: dict[str, str]) -> None:
    """Bill each contract as its days come, between the acts."""
    for scene in sorted(_scenes(contracts), key=lambda scene: (scene.at, scene.number)):
        _bill_and_collect(contracts, scene.at)
        _play_once(scene)
    _bill_and_collect(contracts, to_utc(frappe.utils.now_datetime()))


def _scenes(contracts: dict[str, str]) -> Iterator[Scene]:
    for client in CLIENTS:
        contract = frappe.get_doc("Retainer Contract", contracts[client.name])
        calendar = contract.terms_on(contract.start_date).calendar
        timed = [
            (_at(act, at, getdate(contract.start_date), calendar), act, subject) for at, act, subject in acts_of(client)
        ]
        timed.sort(key=lambda row: row[0])
        for number, (at, act, subject) in enumerate(timed, start=1):
            yield Scene(at, number, client, contract.name, act, subject)


def _at(act: Act, at: tuple[int, int, str], go_live: date, calendar: WorkingCalendar) -> datetime:
    """A sheet is handed in when its last row is done."""
    minutes = act.rows[-1].minutes if isinstance(act, Sheet) else 0
    return instant(at, go_live, calendar) + timedelta(minutes=minutes)


def _play_once(scene: Scene) -> None:
    """The act and the note that it was told are one transaction."""
    if scene.number > cint(frappe.db.get_value("DefaultValue", _note(scene), "defvalue")):
        records.write(scene)
        _note_down(scene)
        frappe.db.commit()


def _note_down(scene: Scene) -> None:
    """Past `frappe.db.set_default`, which empties every cache of the site at each call."""
    frappe.db.delete("DefaultValue", _note(scene))
    frappe.get_doc(doctype="DefaultValue", defvalue=scene.number, **_note(scene)).db_insert()


def _note(scene: Scene) -> dict[str, str]:
    return {"parent": scene.contract, "parenttype": "Retainer Contract", "defkey": PROGRESS}


def _bill_and_collect(contracts: dict[str, str], until: datetime) -> None:
    _bill(contracts, until)
    for client in CLIENTS:
        payments.collect(contracts[client.name], client.pays_after_days, site_date(until))


def _bill(contracts: dict[str, str], until: datetime) -> None:
    """The story's own contracts only: what else the site has to bill is not ours to send."""
    due = frappe.get_all(
        "Retainer Billing Period",
        filters={"contract": ["in", list(contracts.values())], "status": "Due", "bill_on": ["<=", site_date(until)]},
        fields=["contract", "bill_on"],
        order_by="bill_on, contract",
    )
    for period in due:
        with at_time(to_utc(str(period.bill_on)) + BILLED_AT):
            allotment.roll_forward(frappe.get_doc("Retainer Contract", period.contract), period.bill_on)
            run.bill(period.bill_on, period.contract)
    if due:
        _bill(contracts, until)


def _told(contracts: dict[str, str], logins: tuple[Login, ...]) -> Demo:
    ours = ["in", list(contracts.values())]
    return Demo(
        contracts=contracts,
        issues=frappe.db.count("Issue", {"retainer_contract": ours}),
        timesheets=frappe.db.count("Timesheet", {"customer": ["in", _customers(contracts)], "docstatus": 1}),
        invoices=frappe.db.count("Sales Invoice", {"retainer_contract": ours, "docstatus": 1}),
        users=logins,
    )


def _customers(contracts: dict[str, str]) -> list[str]:
    return frappe.get_all("Retainer Contract", filters={"name": ["in", list(contracts.values())]}, pluck="customer")
