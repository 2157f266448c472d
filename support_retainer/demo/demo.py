"""What telling the story gave."""

from dataclasses import dataclass, field

from frappe import _


@dataclass(frozen=True, slots=True)
class Login:
    """A person of the story; the password is known only to the call that created the user."""

    user: str
    role: str
    where: str
    password: str = ""

    def as_dict(self) -> dict[str, str]:
        login = {"user": self.user, "role": self.role, "where": self.where}
        return login | ({"password": self.password} if self.password else {})

    def line(self) -> str:
        password = self.password or _("password as before")
        return f"  {self.role:<18} {self.user:<36} {password:<20} {self.where}"


@dataclass(frozen=True, slots=True)
class Demo:
    """`contracts` maps each client to its Retainer Contract; the counts are those of the story's clients."""

    contracts: dict[str, str]
    issues: int
    timesheets: int
    invoices: int
    users: tuple[Login, ...] = field(default=())

    def as_dict(self) -> dict[str, object]:
        return {
            "contracts": self.contracts,
            "issues": self.issues,
            "timesheets": self.timesheets,
            "invoices": self.invoices,
            "users": [login.as_dict() for login in self.users],
        }

    def lines(self) -> list[str]:
        contracts = [f"  {client:<26} {contract}" for client, contract in self.contracts.items()]
        counts = _("{0} issues, {1} timesheets, {2} invoices").format(self.issues, self.timesheets, self.invoices)
        return [_("Contracts:"), *contracts, counts, _("Logins:"), *(login.line() for login in self.users)]
