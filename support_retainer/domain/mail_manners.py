"""When a message may be acknowledged by a machine, and what its sender's domain tells (RFC 3834, RFC 5230)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import Enum

MOST_AN_HOUR = 5

# Everybody has an address there, so it names no company.
PUBLIC_PROVIDERS = frozenset(
    (
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "ymail.com"),
        *("icloud.com", "me.com", "mac.com", "aol.com", "proton.me", "protonmail.com", "gmx.com", "gmx.de", "gmx.net"),
        *("web.de", "mail.com", "mail.ru", "yandex.com", "yandex.ru", "zoho.com", "fastmail.com", "hey.com", "qq.com"),
        *("163.com", "126.com", "t-online.de", "orange.fr", "free.fr", "libero.it", "emirates.net.ae", "eim.ae"),
    )
)
# Mailboxes that nobody reads; a bounce also has a null sender, which some servers drop on the way.
BOUNCERS = ("mailer-daemon", "postmaster", "bounce", "bounces")
MACHINES = (*BOUNCERS, "noreply", "no-reply", "donotreply", "do-not-reply")


class Silence(str, Enum):
    """Why a message gets no automatic answer."""

    NO_SENDER = "No Sender"
    OWN_ADDRESS = "Own Address"
    MACHINE = "Machine"
    AUTOMATIC = "Automatic"
    BULK = "Bulk"
    ASKED_NOT_TO = "Asked Not To"
    BOUNCE = "Bounce"
    TOO_MANY = "Too Many"


def domain_of(address: str) -> str | None:
    """The mail domain that stands for a company; None for a public provider or no address."""
    _box, at, domain = address.strip().casefold().rpartition("@")
    return domain if at and domain and domain not in PUBLIC_PROVIDERS else None


def silence(
    headers: Mapping[str, str], sender: str, own_addresses: Collection[str], answered_last_hour: int
) -> Silence | None:
    """Why not to answer; None where an answer is welcome.

    `headers` are those of the message with lower-case names. `answered_last_hour` counts what this sender was sent,
    which ends a loop with a machine that shows none of the signs.
    """
    return (
        _of_sender(sender.strip().casefold(), own_addresses)
        or _of_headers({name: value.strip().casefold() for name, value in headers.items()})
        or (Silence.TOO_MANY if answered_last_hour >= MOST_AN_HOUR else None)
    )


def is_automatic(headers: Mapping[str, str], sender: str) -> bool:
    """Whether a machine answered: a bounce, a notice of absence, a receipt. Not every mail that wants no answer is one.

    `headers` as in `silence`.
    """
    plain = {name: value.strip().casefold() for name, value in headers.items()}
    by_machine = sender.strip().casefold().partition("@")[0].partition("+")[0] in BOUNCERS
    return (
        by_machine
        or plain.get("precedence") == "auto_reply"
        or _of_headers(plain) in (Silence.BOUNCE, Silence.AUTOMATIC)
    )


def _of_sender(sender: str, own_addresses: Collection[str]) -> Silence | None:
    if "@" not in sender:
        return Silence.NO_SENDER
    if sender in {address.casefold() for address in own_addresses}:
        return Silence.OWN_ADDRESS
    return Silence.MACHINE if sender.partition("@")[0].partition("+")[0] in MACHINES else None


def _of_headers(headers: Mapping[str, str]) -> Silence | None:
    if headers.get("return-path") == "<>" or headers.get("content-type", "").startswith("multipart/report"):
        return Silence.BOUNCE
    if headers.get("auto-submitted", "no").partition(";")[0].strip() != "no" or "x-autoreply" in headers:
        return Silence.AUTOMATIC
    if headers.get("precedence") in ("bulk", "list", "junk", "auto_reply") or "list-id" in headers:
        return Silence.BULK
    suppressed = {word.strip() for word in headers.get("x-auto-response-suppress", "none").split(",")}
    return Silence.ASKED_NOT_TO if suppressed & {"all", "autoreply", "oof"} else None
