"""A Frappe site elsewhere, asked politely: slowly, again after a pause when it stumbles, and never led elsewhere."""

import json
import socket
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from frappe import _

from support_retainer.domain.addresses import is_public
from support_retainer.site_time import utc_now

PAGE = 500
BETWEEN = 0.1  # seconds between two requests: ten a second at most
PATIENCE = (10.0, 120.0)  # to connect, and between two bytes
ATTEMPTS = 6
LONGEST_PAUSE = 120.0
PASSING = (429, 500, 502, 503, 504)


class SiteAway(OSError):
    """The site does not answer, or not sensibly; what was fetched is kept for the next attempt."""


class SiteRefuses(OSError):
    """The key of the Managed Site is not accepted, or may not read this."""


class RemoteApi:
    """GET requests with the site's API key. `allow_private` is for sites in our own network."""

    def __init__(self, url: str, key: str, secret: str, allow_private: bool = False) -> None:
        self.url = url.rstrip("/")
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"token {key}:{secret}"
        self.next_at, self.pauses = 0.0, (1, 2, 4, 8, 16)
        if not allow_private:
            refuse_private(self.url)

    def json(self, path: str, **parameters: Any) -> Any:
        """The answer's JSON; an answer that breaks off is asked for again. Raises SiteAway or SiteRefuses."""
        encoded = {
            key: json.dumps(value) if isinstance(value, list | dict) else value for key, value in parameters.items()
        }
        for attempt in range(ATTEMPTS):
            answer = self.answer(path, encoded, attempt)
            if answer is not None:
                try:
                    return answer.json()
                except (ValueError, requests.RequestException) as error:
                    self.wait(attempt, str(error))
        raise SiteAway(_("{0} answers with half a page. Choose Retry when it is well again.").format(self.url))

    def answer(self, path: str, parameters: dict[str, Any], attempt: int, **options: Any) -> requests.Response | None:
        """None after a pause where it is worth another try."""
        time.sleep(max(self.next_at - time.monotonic(), 0))
        self.next_at = time.monotonic() + BETWEEN
        try:
            answer = self.session.get(
                self.url + path, params=parameters, timeout=PATIENCE, allow_redirects=False, **options
            )
        except requests.RequestException as error:
            return self.wait(attempt, str(error))
        if answer.status_code == 500 and attempt == ATTEMPTS - 1 and self.is_well():
            raise SiteRefuses(_("{0} answers 500 to {1}, each time, and is well otherwise.").format(self.url, path))
        if answer.status_code in PASSING:
            return self.wait(attempt, str(answer.status_code), answer.headers.get("Retry-After"))
        if answer.status_code != 200:
            raise SiteRefuses(_("{0} answers {1} to {2}.").format(self.url, answer.status_code, path))
        return answer

    def is_well(self) -> bool:
        """Whether an error is one of a single page: a DocType that is broken there must not stop the whole export."""
        try:
            return self.session.get(self.url + "/api/method/ping", timeout=PATIENCE, allow_redirects=False).ok
        except requests.RequestException:
            return False

    def wait(self, attempt: int, reason: str, asked: str | None = None) -> None:
        """Longer each time, or as long as the site asks for. Raises SiteAway when patience is over."""
        if attempt >= ATTEMPTS - 1:
            text = _("{0} went away ({1}). What was fetched is kept; choose Retry when it is back.")
            raise SiteAway(text.format(self.url, reason[:200]))
        time.sleep(min(seconds_asked(asked) or self.pauses[attempt], LONGEST_PAUSE))

    def rows(
        self, doctype: str, after: str = "", parent: str = "", alone: bool = True
    ) -> Iterator[list[dict[str, Any]]]:
        """Pages of whole rows in the order of their names, from the first one after `after`.

        An empty page is the end, and a short one is not: a site may cap its pages below what it is asked for.
        A child table is asked for by way of a parent DocType; where no other has it, `alone`, also its rows that belong
        to no document, like the defaults of the site. Raises SiteRefuses where the same page comes again.
        """
        while True:
            filters = [["name", ">", after]] if after != "" else []
            if parent and not alone:
                filters.append(["parenttype", "=", parent])
            page = self.json(
                f"/api/resource/{quote(doctype, safe='')}",
                fields=["*"],
                filters=filters,
                order_by="name asc",
                limit_page_length=PAGE,
                **({"parent": parent} if parent else {}),
            )["data"]
            if not page:
                return
            if page[-1]["name"] == after:
                raise SiteRefuses(_("{0} gives the same page of {1} again.").format(self.url, doctype))
            yield page
            after = page[-1]["name"]

    def download(self, path: str, target: Any) -> int:
        """A file, streamed into `target` from where it begins again after each stumble; returns its size."""
        start = target.tell()
        for attempt in range(ATTEMPTS):
            answer = self.answer(quote(path, safe="/?=&"), {}, attempt, stream=True)
            if answer is None:
                continue
            target.seek(start)
            target.truncate()
            try:
                size = 0
                for block in answer.iter_content(1 << 20):
                    target.write(block)
                    size += len(block)
            except requests.RequestException as error:
                self.wait(attempt, str(error))
                continue
            if whole(answer, size):
                return size
            self.wait(attempt, _("half a file"))
        raise SiteAway(_("{0}: {1} can't be fetched whole.").format(self.url, path))


def whole(answer: requests.Response, size: int) -> bool:
    """Packed answers have the length of the packed bytes, so nothing can be said of them."""
    said = answer.headers.get("Content-Length")
    return not said or bool(answer.headers.get("Content-Encoding")) or int(said) == size


def seconds_asked(retry_after: str | None) -> float:
    """Retry-After is a number of seconds or a date."""
    if not retry_after:
        return 0
    try:
        return float(retry_after)
    except ValueError:
        pass
    try:
        return max((parsedate_to_datetime(retry_after) - utc_now()).total_seconds(), 1)
    except (TypeError, ValueError):
        return 0


def refuse_private(url: str) -> None:
    """An address inside our network would let a record in the desk reach our own services."""
    parts = urlsplit(url)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise SiteAway(_("{0} has no address: {1}").format(url, error)) from error
    if any(not is_public(row[4][0]) for row in found):
        raise SiteRefuses(
            _("{0} leads to a private address. Tick Internal on the Managed Site if that is right.").format(url)
        )
