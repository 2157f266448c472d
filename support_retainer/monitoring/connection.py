"""Connections for checks: led only to addresses that were looked at, and cut off when their time is over.

A name is resolved once, when the connection is opened, and the connection goes to the address that was judged; so
neither a redirect nor a name server that changes its answer leads elsewhere. Time-outs of `requests` begin anew with
each byte, so a visit also has an end: a watchman then shuts its sockets, whatever they are doing.
"""

import heapq
import os
import socket
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from contextlib import contextmanager, suppress
from http.cookiejar import DefaultCookiePolicy
from time import monotonic
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from support_retainer.domain.addresses import is_public

CONNECT_SECONDS = 5.0


class AddressRefused(requests.RequestException):
    """The name leads to an address inside our own network."""


class NoAddress(requests.RequestException):
    """The name has no address."""


class Visit:
    """What one exchange may do: until when, and whether into private networks. `was_cut` says that time was up."""

    def __init__(self, client: "Client", seconds: float, allow_private: bool) -> None:
        self.client, self.allow_private = client, allow_private
        self.deadline = monotonic() + seconds
        self.was_cut = False
        self._cords: list[socket.socket] = []
        self._guard = threading.Lock()

    @property
    def seconds_left(self) -> float:
        return max(self.deadline - monotonic(), 0.01)

    def hold(self, sock: socket.socket) -> None:
        """Keep a second handle on the socket, which works while TLS or a reader has the first one."""
        with self._guard:
            self._cords.append(socket.socket(fileno=os.dup(sock.fileno())))

    def cut(self) -> None:
        with self._guard:
            self.was_cut = True
            for cord in self._cords:
                with suppress(OSError):
                    cord.shutdown(socket.SHUT_RDWR)

    def let_go(self) -> None:
        with self._guard:
            for cord in self._cords:
                cord.close()
            self._cords.clear()


_now = threading.local()


def current_visit() -> Visit:
    return _now.visit


class Watchman(threading.Thread):
    """Cuts every visit that has outlived its time; one thread for all of them."""

    def __init__(self) -> None:
        super().__init__(daemon=True, name="retainer-watchman")
        self._due: list[tuple[float, int, Visit]] = []
        self._wake = threading.Condition()
        self._over = False

    def watch(self, visit: Visit) -> None:
        with self._wake:
            heapq.heappush(self._due, (visit.deadline, id(visit), visit))
            self._wake.notify()

    def stop(self) -> None:
        with self._wake:
            self._over = True
            self._wake.notify()

    def run(self) -> None:
        while True:
            with self._wake:
                if self._over:
                    return
                if not self._due or self._due[0][0] > monotonic():
                    self._wake.wait(self._due[0][0] - monotonic() if self._due else None)
                    continue
                visit = heapq.heappop(self._due)[2]
            visit.cut()


def open_socket(host: str, port: int) -> socket.socket:
    """Connect to one of the addresses of the host, all of which have to be allowed."""
    visit = current_visit()
    found = visit.client.addresses(host, port, visit.seconds_left)
    refused = [address for address in found if not (visit.allow_private or is_public(address))]
    if refused:
        raise AddressRefused(f"{host} leads to a private address")
    error: OSError | None = None
    for address in found:
        try:
            sock = socket.create_connection((address, port), min(CONNECT_SECONDS, visit.seconds_left))
        except OSError as problem:
            error = problem
            continue
        visit.hold(sock)
        return sock
    raise error or NoAddress(f"{host} has no address")


class _Guarded:
    """What both kinds of connection do alike; `_dns_host` is urllib3's name of the host, without a last dot."""

    def _new_conn(self) -> socket.socket:
        return open_socket(self._dns_host, self.port)

    def request(self, *arguments: Any, **keywords: Any) -> None:
        if self.sock is not None:  # kept from an earlier exchange, which had its own end
            current_visit().hold(self.sock)
        super().request(*arguments, **keywords)


class GuardedConnection(_Guarded, HTTPConnection):
    pass


class GuardedTLSConnection(_Guarded, HTTPSConnection):
    pass


class GuardedPool(HTTPConnectionPool):
    ConnectionCls = GuardedConnection


class GuardedTLSPool(HTTPSConnectionPool):
    ConnectionCls = GuardedTLSConnection


class GuardedAdapter(HTTPAdapter):
    def init_poolmanager(self, *arguments: Any, **keywords: Any) -> None:
        super().init_poolmanager(*arguments, **keywords)
        self.poolmanager.pool_classes_by_scheme = {"http": GuardedPool, "https": GuardedTLSPool}


class Client:
    """The connections of one pass: pooled, without cookies, proxies or passwords of the machine's own."""

    def __init__(self, workers: int = 8, ca_bundle: str | None = None) -> None:
        self.workers = workers
        # Private and public sites never share a pool, or one might ride on the other's connection.
        self._sessions = {flag: self._session(ca_bundle) for flag in (False, True)}
        self._resolvers = ThreadPoolExecutor(workers, thread_name_prefix="retainer-resolve")
        self._watchman = Watchman()
        self._watchman.start()

    def _session(self, ca_bundle: str | None) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.verify = ca_bundle or True
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        session.adapters.clear()
        for scheme in ("https://", "http://"):
            session.mount(scheme, GuardedAdapter(pool_connections=2 * self.workers, pool_maxsize=2))
        session.headers.update({"User-Agent": "SupportRetainer-Monitor/1", "Accept-Encoding": "identity"})
        return session

    def session(self, allow_private: bool) -> requests.Session:
        return self._sessions[allow_private]

    def addresses(self, host: str, port: int, seconds: float) -> list[str]:
        """Asked in a thread of its own, because the system's resolver cannot be cut off."""
        asked: Future = self._resolvers.submit(socket.getaddrinfo, host, port, 0, socket.SOCK_STREAM)
        try:
            return list(dict.fromkeys(row[4][0] for row in asked.result(seconds)))
        except TooLate:
            raise requests.ConnectTimeout(f"{host}: the name server did not answer") from None
        except (OSError, UnicodeError):
            raise NoAddress(f"{host} has no address") from None

    @contextmanager
    def visit(self, seconds: float, allow_private: bool):
        """The exchange of this thread; its sockets are cut after `seconds`."""
        visit = _now.visit = Visit(self, seconds, allow_private)
        self._watchman.watch(visit)
        try:
            yield visit
        finally:
            visit.let_go()

    def close(self) -> None:
        self._watchman.stop()
        self._resolvers.shutdown(wait=False, cancel_futures=True)
        for session in self._sessions.values():
            session.close()
