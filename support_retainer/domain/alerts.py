"""Alerts as monitoring tools send them, read into one shape.

Alertmanager and Grafana: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config and Grafana's webhook
contact point. Uptime Kuma: its webhook notification (heartbeat, monitor, msg). Datadog: the default payload of its
webhooks integration, or one with the alert variables. Nagios and Icinga have no webhook of their own: their
notification commands send the macros, with or without NAGIOS_ before the names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from support_retainer.domain.errors import DomainError

MOST_ALERTS = 1000
Payload = Mapping[str, Any]


class UnknownAlertFormat(DomainError):
    """The payload is of none of the tools that are known here."""

    code = "unknown_alert_format"


class State(str, Enum):
    FIRING = "Firing"
    OVER = "Over"
    NEWS = "News"  # an acknowledgement or a reminder: nothing starts and nothing ends


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert. `key` says what it is about; `episode` tells one occurrence from the next, "" if the tool does not.

    `hints` are names and addresses of the site it may be about, the surest first.
    """

    key: str
    state: State
    title: str
    text: str = ""
    hints: tuple[str, ...] = ()
    severity: str = ""
    episode: str = ""


PRIORITIES = {
    **dict.fromkeys(("critical", "page", "emergency", "disaster", "p1", "down"), "P1 Critical"),
    **dict.fromkeys(("error", "high", "major", "p2", "unknown", "unreachable"), "P2 High"),
    **dict.fromkeys(("warning", "warn", "medium", "minor", "average", "p3"), "P3 Medium"),
    **dict.fromkeys(("info", "information", "low", "p4", "p5", "none"), "P4 Low"),
}


def priority_of(severity: str) -> str:
    """What nobody has graded is urgent: an alert is an alert."""
    return PRIORITIES.get(severity.strip().lower(), "P2 High")


def read(payload: object) -> tuple[Alert, ...]:
    """The alerts of one request; raises UnknownAlertFormat."""
    if isinstance(payload, Mapping):
        for looks_like, reader in READERS:
            if looks_like(payload):
                return reader(payload)[:MOST_ALERTS]
    raise UnknownAlertFormat("none of Alertmanager, Grafana, Uptime Kuma, Datadog, Nagios, Icinga or plain JSON")


def _words(value: object) -> str:
    return str(value).strip() if value not in (None, "") and not isinstance(value, Mapping | list) else ""


def _hints(*values: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(_words, values))))


def _mapping(value: object) -> Payload:
    return value if isinstance(value, Mapping) else {}


def _rows(value: object) -> list[Payload]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, Sequence) else []


def _is_alertmanager(payload: Payload) -> bool:
    return isinstance(payload.get("alerts"), list) and ("groupKey" in payload or "receiver" in payload)


def _alertmanager(payload: Payload) -> tuple[Alert, ...]:
    """Grafana sends the same shape, with a fingerprint too."""
    return tuple(_one_of_alertmanager(row) for row in _rows(payload["alerts"]))


def _one_of_alertmanager(row: Payload) -> Alert:
    labels, notes = _mapping(row.get("labels")), _mapping(row.get("annotations"))
    # Where a query of Grafana has no data or fails, its alert has another name, and the rule's own stands beside it.
    name = _words(labels.get("rulename") or labels.get("alertname")) or "Alert"
    key = _words(row.get("fingerprint")) or ",".join(f"{label}={labels[label]}" for label in sorted(labels))
    return Alert(
        key=key,
        state=State.OVER if row.get("status") == "resolved" else State.FIRING,
        title=_words(notes.get("summary")) or name,
        text=_words(notes.get("description")) or _words(notes.get("message")),
        hints=_hints(*(labels.get(one) for one in ("managed_site", "site", "instance", "target", "host", "url"))),
        severity=_words(labels.get("severity") or labels.get("priority")),
        episode=_words(row.get("startsAt")),
    )


def _is_old_grafana(payload: Payload) -> bool:
    return bool(_words(payload.get("ruleId")) and _words(payload.get("ruleName")) and _words(payload.get("state")))


_OLD_GRAFANA = {"alerting": State.FIRING, "no_data": State.FIRING, "ok": State.OVER}


def _old_grafana(payload: Payload) -> tuple[Alert, ...]:
    """Dashboard alerts, before Grafana 9: one rule at a time, and no start of its own."""
    tags = _mapping(payload.get("tags"))
    return (
        Alert(
            key=f"grafana rule {_words(payload['ruleId'])} {_words(payload.get('orgId'))}".strip(),
            state=_OLD_GRAFANA.get(_words(payload["state"]), State.NEWS),
            title=_words(payload["ruleName"]),
            text=_words(payload.get("message")),
            hints=_hints(*(tags.get(one) for one in ("managed_site", "site", "instance", "host", "url"))),
            severity=_words(tags.get("severity") or tags.get("priority")),
        ),
    )


def _is_kuma(payload: Payload) -> bool:
    return "heartbeat" in payload and "monitor" in payload and "msg" in payload


def _kuma(payload: Payload) -> tuple[Alert, ...]:
    """Both are null in the test that the tool sends and where a certificate expires, which only the text tells; status
    0 is down, 1 up, 2 pending, 3 maintenance."""
    beat, monitor = _mapping(payload["heartbeat"]), _mapping(payload["monitor"])
    if not beat:
        return _kuma_certificate(_words(payload["msg"]))
    states = {0: State.FIRING, 1: State.OVER}
    return (
        Alert(
            key=f"kuma {_words(beat.get('monitorID') or monitor.get('id') or monitor.get('name'))}",
            state=states.get(beat.get("status"), State.NEWS),  # type: ignore[arg-type]
            title=_words(monitor.get("name")) or _words(payload["msg"]),
            text=_words(beat.get("msg")) or _words(payload["msg"]),
            hints=_hints(monitor.get("url"), monitor.get("hostname"), monitor.get("name")),
            severity="critical",
        ),
    )


_KUMA_CERTIFICATE = re.compile(r"\[(?P<name>[^\]]*)\]\[(?P<url>[^\]]*)\] (?P<what>.*certificate.*) in -?\d+ days", re.I)


def _kuma_certificate(text: str) -> tuple[Alert, ...]:
    """The tool says it again some days later, and never that it is over."""
    found = _KUMA_CERTIFICATE.match(text)
    if not found:
        return ()
    key, hints = f"kuma certificate {found['url'] or found['name']}", _hints(found["url"], found["name"])
    return (Alert(key, State.FIRING, f"{found['name']}: {found['what']}", text, hints, "warning"),)


# "[P2] [Re-Triggered on {host:erp.client.example}] CPU is high": a priority and a scope where the monitor has them.
_TRANSITION = re.compile(r"^(?:\[P\d\]\s*)?\[(?P<word>[A-Za-z][A-Za-z -]*?)(?: on \{?(?P<scope>[^\]}]*)\}?)?\]\s*")
_PRIORITY = re.compile(r"^\[(P\d)\]")
_OVER = ("recovered", "warn recovered", "ok")


def _is_datadog(payload: Payload) -> bool:
    """Custom payloads name their fields as they like; `transition` beside a title is how most of them call it."""
    names = set(payload)
    return "alert_transition" in names or {"transition", "title"} <= names or {"event_type", "title", "org"} <= names


def _datadog(payload: Payload) -> tuple[Alert, ...]:
    """The id of the default payload is that of the event, not of the alert: there the title tells which it is."""
    title = _words(payload.get("title") or payload.get("alert_title"))
    begins = _TRANSITION.match(title)
    word = _words(payload.get("alert_transition") or payload.get("transition")) or (begins["word"] if begins else "")
    bare = _TRANSITION.sub("", title)
    # One monitor watches many hosts: its alerts are told apart by what they are about.
    own = (begins["scope"] or "") if begins else ""
    scope = _words(payload.get("alert_scope") or payload.get("scope") or payload.get("hostname")) or own
    graded = _PRIORITY.match(title)
    number = _words(payload.get("alert_id"))
    cycle = _words(payload.get("alert_cycle_key"))
    news = word.lower().startswith(("renotify", "no data recovered")) or "acknowledged" in word.lower()
    state = State.OVER if word.lower() in _OVER else State.NEWS if news else State.FIRING
    return (
        Alert(
            key=cycle or (f"{number} {scope}".strip() if number else f"{bare} {scope}".strip()),
            state=state,
            title=bare or "Datadog",
            text=_words(payload.get("body") or payload.get("text_only_msg")),
            hints=_hints(
                payload.get("managed_site"), payload.get("url"), payload.get("hostname"), *_tags(payload, own)
            ),
            severity=_words(payload.get("alert_priority")) or (graded[1] if graded else _datadog_severity(payload)),
            episode=cycle,
        ),
    )


def _datadog_severity(payload: Payload) -> str:
    """An event's `priority` is "normal" or "low" and says nothing of the alert."""
    return _words(payload.get("alert_type") or payload.get("type") or payload.get("priority"))


def _tags(payload: Payload, scope: str) -> list[str]:
    """The values of tags such as "host:erp.client.example", also of those in the title."""
    tags = f"{_words(payload.get('tags') or payload.get('alert_scope'))},{scope}".split(",")
    places = ("host:", "url:", "site:", "instance:")
    return [tag.split(":", 1)[1].strip() for tag in tags if tag.strip().startswith(places)]


_PREFIX = re.compile("^(nagios|icinga)")


def _macros(payload: Payload) -> dict[str, str]:
    """Names without case, underscores, $ and NAGIOS_ or ICINGA_: NAGIOS_HOSTNAME, $HOSTNAME$ and host_name alike."""
    return {_PREFIX.sub("", re.sub("[^a-z]", "", str(name).lower())): _words(value) for name, value in payload.items()}


def _is_nagios(payload: Payload) -> bool:
    macros = _macros(payload)
    return bool(macros.get("notificationtype") and macros.get("hostname"))


_NAGIOS = {"PROBLEM": State.FIRING, "RECOVERY": State.OVER, "FLAPPINGSTART": State.FIRING}


def _nagios(payload: Payload) -> tuple[Alert, ...]:
    macros = _macros(payload)
    host, service = macros["hostname"], macros.get("servicedesc") or macros.get("servicename") or ""
    state = macros.get("servicestate") if service else macros.get("hoststate")
    return (
        Alert(
            key=f"{host}!{service}" if service else host,
            state=_NAGIOS.get(macros["notificationtype"].upper(), State.NEWS),
            title=f"{host}: {service or state or 'host'}",
            text=macros.get("serviceoutput") or macros.get("hostoutput") or "",
            hints=_hints(macros.get("managedsite"), host, macros.get("hostalias"), macros.get("hostaddress")),
            severity=state or "",
        ),
    )


_PLAIN_OVER = ("resolved", "ok", "up", "over", "closed", "recovered", "recovery")


def _is_plain(payload: Payload) -> bool:
    return bool(_words(payload.get("id")) and _words(payload.get("title")) and _plain_state(payload))


def _plain_state(payload: Payload) -> str:
    return (_words(payload.get("state")) or _words(payload.get("status"))).lower()


def _plain(payload: Payload) -> tuple[Alert, ...]:
    return (
        Alert(
            key=_words(payload["id"]),
            state=State.OVER if _plain_state(payload) in _PLAIN_OVER else State.FIRING,
            title=_words(payload["title"]),
            text=_words(payload.get("text") or payload.get("message") or payload.get("description")),
            hints=_hints(payload.get("site"), payload.get("url"), payload.get("host")),
            severity=_words(payload.get("severity") or payload.get("priority")),
            episode=_words(payload.get("episode")),
        ),
    )


READERS: tuple[tuple[Callable[[Payload], bool], Callable[[Payload], tuple[Alert, ...]]], ...] = (
    (_is_alertmanager, _alertmanager),
    (_is_old_grafana, _old_grafana),
    (_is_kuma, _kuma),
    (_is_datadog, _datadog),
    (_is_nagios, _nagios),
    (_is_plain, _plain),
)
