"""One request to a site, which has a result whatever happens and takes no more bytes or seconds than agreed."""

import ssl
from dataclasses import dataclass
from datetime import datetime, timezone
from time import monotonic, sleep
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError

from support_retainer.domain.site_health import Reason
from support_retainer.monitoring.connection import AddressRefused, Client, NoAddress, Visit

TOTAL_SECONDS = 15.0
READ_SECONDS = 10.0
MOST_BYTES = 1024 * 1024
MOST_REDIRECTS = 5
CHUNK = 16 * 1024
# Another try after so many seconds, while there is time: what fails by chance is not told of.
PAUSES = (0.5, 1.5)
WORTH_ANOTHER_TRY = frozenset({Reason.REFUSED, Reason.BROKEN})
REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Answer:
    """`detail` is safe to show: it never holds a header, a credential or a page."""

    reason: Reason
    status: int | None = None
    body: bytes = b""
    milliseconds: int | None = None
    certificate_expires_at: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """What to fetch and within which bounds. `headers` go to the first host alone: such a request is not redirected."""

    url: str
    allow_private: bool = False
    headers: dict[str, str] | None = None
    seconds: float = TOTAL_SECONDS
    most_bytes: int = MOST_BYTES


def fetch(client: Client, ask: Ask) -> Answer:
    """One try."""
    with client.visit(ask.seconds, ask.allow_private) as visit:
        try:
            return _follow(client, ask, visit)
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            return _failure(error, visit)


def fetch_patiently(client: Client, ask: Ask) -> Answer:
    """As `fetch`, but what may have been chance is tried again, with a pause, within the same time in all."""
    end = monotonic() + ask.seconds
    answer = fetch(client, ask)
    for pause in PAUSES:
        left = end - monotonic() - pause
        if left <= 1 or not _worth_another_try(answer):
            break
        sleep(pause)
        answer = fetch(client, Ask(ask.url, ask.allow_private, ask.headers, left, ask.most_bytes))
    return answer


def _worth_another_try(answer: Answer) -> bool:
    return answer.reason in WORTH_ANOTHER_TRY or (answer.status or 0) >= 500


def _follow(client: Client, ask: Ask, visit: Visit) -> Answer:
    url = ask.url
    for _step in range(MOST_REDIRECTS + 1):
        if urlsplit(url).scheme not in ("http", "https"):
            return Answer(Reason.SCHEME_REFUSED, detail=urlsplit(url).scheme[:20])
        began = monotonic()
        response = client.session(ask.allow_private).get(
            url,
            headers=ask.headers,
            timeout=(READ_SECONDS, min(READ_SECONDS, visit.seconds_left)),
            allow_redirects=False,
            stream=True,
        )
        with response:
            target = response.headers.get("Location")
            if ask.headers or response.status_code not in REDIRECTS or not target:
                return _read(response, began, ask.most_bytes, visit)
            url = urljoin(url, target)
    return Answer(Reason.TOO_MANY_REDIRECTS, detail=str(MOST_REDIRECTS))


def _read(response: requests.Response, began: float, most_bytes: int, visit: Visit) -> Answer:
    milliseconds = round((monotonic() - began) * 1000)
    expires = _certificate(response)
    body = bytearray()
    # Undecoded: a few packed bytes may unpack to gigabytes.
    while chunk := response.raw.read(CHUNK, decode_content=False):
        body += chunk
        if len(body) > most_bytes:
            return Answer(Reason.TOO_LONG, response.status_code, b"", milliseconds, expires, str(most_bytes))
    if visit.was_cut:
        return Answer(Reason.TIMEOUT, response.status_code)
    bad = response.status_code >= 400
    reason, detail = (Reason.BAD_STATUS, f"HTTP {response.status_code}") if bad else (Reason.FINE, "")
    return Answer(reason, response.status_code, bytes(body), milliseconds, expires, detail)


def _certificate(response: requests.Response) -> datetime | None:
    """When the certificate ends that this very answer came under; None without TLS."""
    connection = getattr(response.raw, "connection", None) or getattr(response.raw, "_connection", None)
    sock = getattr(connection, "sock", None)
    if not isinstance(sock, ssl.SSLSocket):
        return None
    ends = (sock.getpeercert() or {}).get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), timezone.utc) if ends else None


def _failure(error: Exception, visit: Visit) -> Answer:
    causes = list(_causes(error))
    if visit.was_cut or any(isinstance(cause, requests.Timeout | TimeoutError) for cause in causes):
        return Answer(Reason.TIMEOUT)
    for kind, reason in ((AddressRefused, Reason.ADDRESS_REFUSED), (NoAddress, Reason.NO_ADDRESS)):
        if any(isinstance(cause, kind) for cause in causes):
            return Answer(reason)
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return Answer(Reason.BAD_TLS, detail=getattr(cause, "verify_message", "") or (cause.reason or "")[:100])
    refused = any(isinstance(cause, ConnectionRefusedError) for cause in causes)
    return Answer(Reason.REFUSED if refused else Reason.BROKEN, detail=type(causes[-1]).__name__)


def _causes(error: BaseException | None):
    """The error and what it was made of; urllib3 and requests wrap one another in several ways."""
    seen: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop(0)
        if not isinstance(one, BaseException) or one in seen:
            continue
        seen.append(one)
        waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return seen
