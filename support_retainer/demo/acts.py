"""The vocabulary of the demo story: what people do, and when, with nothing about how it is written down.

`At` is (month, day, time): the month counts from 0 at the go-live; the day counts the client's working days in
that month from 1, or from its end with -1; the time is that of the client's own clock, so night is night for them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

At = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Message:
    """A public reply on a ticket, by staff or by the client; `then` is the status that staff leaves it in."""

    at: At
    text: str
    by_client: bool = False
    then: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A new status, priority or cause of a ticket, by the agent."""

    at: At
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """A warranty claim on a ticket, decided by the manager."""

    at: At
    cause: str
    decision: str
    reason: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Approval:
    """The agent asks for time beyond the pool, and the client agrees at once."""

    at: At
    minutes: int
    reason: str
    note: str


@dataclass(frozen=True, slots=True)
class Ticket:
    at: At
    subject: str
    text: str
    channel: str
    priority: str
    follow_up: tuple[Message | Change | Claim | Approval, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """A row of a timesheet; without a ticket it goes on the contract itself."""

    at: At
    minutes: int
    activity_type: str
    text: str
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A submitted timesheet; `mistaken` rows were submitted first, cancelled and entered again as `rows`."""

    rows: tuple[Work, ...]
    mistaken: tuple[Work, ...] = ()


Act = Ticket | Message | Change | Claim | Approval | Sheet


@dataclass(frozen=True, slots=True)
class Client:
    """One client of the story; `days_earlier` moves its go-live before the others'."""

    name: str
    package: str
    user: str
    first_name: str
    last_name: str
    days_earlier: int
    pays_after_days: int
    tickets: tuple[Ticket, ...]
    sheets: tuple[Sheet, ...]
    quantity: float | None = None
    terms: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scene:
    """One act of one client, at its time; `number` counts the acts of that client."""

    at: datetime
    number: int
    client: Client
    contract: str
    act: Act
    subject: str


@dataclass(frozen=True, slots=True)
class Person:
    email: str
    first_name: str
    last_name: str
    role: str
    roles: tuple[str, ...]


def replied(at: At, text: str) -> Message:
    """Staff answers and waits for the client: the clock stands still."""
    return Message(at, text, then="Replied")


def answered(at: At, text: str) -> Message:
    return Message(at, text)


def wrote(at: At, text: str) -> Message:
    return Message(at, text, by_client=True)


def resolved(at: At, details: str, cause: str) -> Change:
    return Change(at, (("status", "Resolved"), ("resolution_details", details), ("retainer_cause", cause)))


def closed(at: At) -> Change:
    return Change(at, (("status", "Closed"),))


def raised_to(at: At, priority: str) -> Change:
    return Change(at, (("priority", priority),))


def acts_of(client: Client) -> Iterator[tuple[At, Act, str]]:
    """Everything that happens to a client as (when, what, subject of the ticket)."""
    for ticket in client.tickets:
        yield ticket.at, ticket, ticket.subject
        for act in ticket.follow_up:
            yield act.at, act, ticket.subject
    for sheet in client.sheets:
        yield sheet.rows[-1].at, sheet, ""
