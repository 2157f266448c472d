"""What happens at a level of a policy's ladder: whom to tell, and what changes on the Issue by itself."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from support_retainer.domain.sla_clock import ClockState, Escalation, TargetKind
from support_retainer.sla import assignment

NOT_PEOPLE = ("Administrator", "Guest")


@dataclass(frozen=True, slots=True)
class Due:
    """The levels of one issue's target that are due, lowest first; only the highest is told of."""

    issue: frappe._dict
    target: TargetKind
    escalations: tuple[Escalation, ...]
    due_by: datetime | None

    @property
    def top(self) -> Escalation:
        return self.escalations[-1]

    def rules(self, fieldname: str, *, top_only: bool = True) -> list[Document]:
        """Rows of the ladder on these levels that say something in `fieldname`, lowest level first."""
        levels = {self.top.level.percent} if top_only else {one.level.percent for one in self.escalations}
        rows = [
            row
            for row in frappe.get_cached_doc("SLA Policy", self.issue.sla_policy).escalations
            if row.target == self.target.value and round(flt(row.at_percent), 3) in levels and row.get(fieldname)
        ]
        return sorted(rows, key=lambda row: flt(row.at_percent))


def due_of(issue: frappe._dict, state: ClockState, moment: datetime) -> list[Due]:
    """What is due for one issue at the moment, by target."""
    due_by = {TargetKind.RESPONSE: state.response_by, TargetKind.RESOLUTION: state.resolution_by}
    found: dict[TargetKind, list[Escalation]] = {}
    for escalation in state.pending:
        if escalation.tell_at <= moment:
            found.setdefault(escalation.level.target, []).append(escalation)
    return [
        Due(issue, target, tuple(sorted(levels, key=lambda one: one.level.percent)), due_by[target])
        for target, levels in found.items()
    ]


def raised_priority(dues: Iterable[Due], current: str | None) -> str | None:
    """The priority that the ladder sets, None where it stays. Levels that were slept through count as well."""
    wanted = [row.raise_priority_to for due in dues for row in due.rules("raise_priority_to", top_only=False)]
    return wanted[-1] if wanted and wanted[-1] != current else None


def reassign(dues: Iterable[Due]) -> None:
    """Hand the ticket to the person of the highest level that names one."""
    for due in dues:
        rows = due.rules("reassign_to", top_only=False)
        if rows and assignment.assignees(due.issue.name) != [rows[-1].reassign_to]:
            assignment.give(due.issue.name, rows[-1].reassign_to, sentence(due))


def sentence(due: Due) -> str:
    """One line that says how things stand, for mails, notifications and assignments."""
    texts = {
        TargetKind.RESPONSE: (_("first response due soon"), _("first response overdue")),
        TargetKind.RESOLUTION: (_("resolution due soon"), _("resolution overdue")),
    }
    before, after = texts[due.target]
    percent = f"{due.top.level.percent:g}"
    return _("{0}: {1} ({2} % of the time)").format(
        due.issue.name, after if due.top.level.percent >= 100 else before, percent
    )


@dataclass(slots=True)
class People:
    """Who has a role and which address they read mail at; each looked up once in a sweep."""

    _roles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _managers: dict[str, str | None] = field(default_factory=dict)
    _addresses: dict[str, str | None] = field(default_factory=dict)

    def to_tell(self, due: Due) -> list[str]:
        """Enabled users, each once, in the order of the ladder's rows."""
        found: dict[str, None] = {}
        for row in due.rules("notify_role"):
            found.update(dict.fromkeys(self.with_role(row.notify_role)))
        found.update(dict.fromkeys(row.notify_user for row in due.rules("notify_user")))
        if due.rules("notify_account_manager") and (manager := self.manager_of(due.issue.retainer_contract)):
            found[manager] = None
        return [user for user in found if self.address(user)]

    def with_role(self, role: str) -> tuple[str, ...]:
        if role not in self._roles:
            users = frappe.get_all("Has Role", {"role": role, "parenttype": "User"}, pluck="parent", distinct=True)
            self._roles[role] = tuple(sorted(set(users) - set(NOT_PEOPLE)))
        return self._roles[role]

    def manager_of(self, contract: str | None) -> str | None:
        if contract not in self._managers:
            self._managers[contract] = frappe.db.get_value("Retainer Contract", contract, "account_manager")
        return self._managers[contract]

    def address(self, user: str) -> str | None:
        """None for somebody who left: a mail to them would reach nobody."""
        if user not in self._addresses:
            row = frappe.db.get_value("User", user, ["email", "enabled", "user_type"], as_dict=True)
            reads = row and row.enabled and row.user_type == "System User"
            self._addresses[user] = row.email if reads else None
        return self._addresses[user]
