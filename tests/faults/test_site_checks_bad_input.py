"""Sites that lie, hang, never end or lead inside: each visit has a clear result in its time, and nothing leaks."""

import socket
import time

import pytest

from support_retainer.domain.site_health import Measured, Reason
from support_retainer.monitoring.connection import Client
from support_retainer.monitoring.fetch import Ask, fetch
from support_retainer.monitoring.inside import Site, ping
from support_retainer.monitoring.probe import Probe, visit
from tests.support.web_servers import refusing_port, silent_port, web_server

PUBLIC = "93.184.215.14"


@pytest.fixture
def client():
    opened = Client(workers=4)
    yield opened
    opened.close()


@pytest.fixture
def server():
    with web_server() as running:
        yield running


def reason(client, url, *, inside=False, seconds=2.0, **more):
    return fetch(client, Ask(url, inside, seconds=seconds, **more)).reason


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "10.1.2.3", "192.168.0.1", "169.254.169.254", "[fe80::1]", "0",
     "2130706433", "0x7f000001", "[::ffff:127.0.0.1]", "127.1"],
)  # fmt: skip
def test_an_address_inside_our_network_is_refused_however_it_is_written(client, server, host):
    url = f"http://{host}:{server.server_address[1]}/"
    assert reason(client, url) is Reason.ADDRESS_REFUSED
    assert server.asked == []


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://93.184.215.14/", "gopher://x/", "//x/", "javascript:1"])
def test_another_scheme_is_refused_also_for_internal_sites(client, url):
    assert reason(client, url) is Reason.SCHEME_REFUSED
    assert reason(client, url, inside=True) is Reason.SCHEME_REFUSED


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://client.example/", "gopher://127.0.0.1:6379/_FLUSHALL"])
def test_a_redirect_to_another_scheme_is_refused(client, server, target):
    assert reason(client, server.url(f"/redirect?to={target}"), inside=True) is Reason.SCHEME_REFUSED


def leads_to(monkeypatch, *answers):
    """Name servers as we want them: each question is answered with the next address, the last one for ever."""
    left, real, connect = list(answers), socket.getaddrinfo, socket.create_connection
    opened = []

    def resolve(host, port, *rest):
        if host not in ("public.example", "moving.example"):
            return real(host, port, *rest)
        address = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def go(address, *rest):
        opened.append(address[0])
        return connect(("127.0.0.1", address[1]), *rest)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", go)
    return opened


def test_a_public_site_that_redirects_inside_is_refused(client, server, monkeypatch):
    opened = leads_to(monkeypatch, PUBLIC)
    inside = f"http://127.0.0.1:{server.server_address[1]}/"
    assert reason(client, server.url(f"/redirect?to={inside}", "public.example")) is Reason.ADDRESS_REFUSED
    assert opened == [PUBLIC]


def test_a_name_that_changes_between_look_and_use_leads_nowhere_else(client, server, monkeypatch):
    """The address that was judged is the one that is connected to: a name is never asked twice for one connection."""
    opened = leads_to(monkeypatch, PUBLIC, "127.0.0.1")
    assert reason(client, server.url("/error", "moving.example")) is Reason.BAD_STATUS
    assert opened == [PUBLIC]
    client.session(False).close()
    assert reason(client, server.url("/", "moving.example")) is Reason.ADDRESS_REFUSED
    assert opened == [PUBLIC]


def test_one_private_address_among_public_ones_is_enough_to_refuse(client, monkeypatch):
    both = [(2, 1, 6, "", (address, 80)) for address in (PUBLIC, "10.0.0.5")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_all: both)
    assert reason(client, "http://mixed.example/") is Reason.ADDRESS_REFUSED


def test_an_internal_site_is_visited_and_a_public_one_never_rides_on_its_connection(client, server):
    assert reason(client, server.url(), inside=True) is Reason.FINE
    assert reason(client, server.url()) is Reason.ADDRESS_REFUSED


def test_a_body_without_end_is_cut_at_the_limit(client, server):
    began = time.monotonic()
    assert reason(client, server.url("/endless"), inside=True, seconds=10) is Reason.TOO_LONG
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("path", ["/drip", "/dripping_head"])
def test_a_slow_drip_ends_when_the_time_is_over(client, server, path):
    began = time.monotonic()
    assert reason(client, server.url(path), inside=True, seconds=1) is Reason.TIMEOUT
    assert 0.9 < time.monotonic() - began < 2.5


def test_a_site_that_never_answers_ends_when_the_time_is_over(client):
    with silent_port() as port:
        for scheme in ("http", "https"):
            began = time.monotonic()
            assert reason(client, f"{scheme}://127.0.0.1:{port}/", inside=True, seconds=1) is Reason.TIMEOUT
            assert time.monotonic() - began < 2.5


def test_a_name_server_that_never_answers_ends_when_the_time_is_over(client, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_all: time.sleep(3))
    began = time.monotonic()
    assert reason(client, "http://slow.example/", seconds=1) is Reason.TIMEOUT
    assert time.monotonic() - began < 2.5


def test_what_else_can_go_wrong_has_its_own_name(client, server):
    assert reason(client, "http://name.invalid/", seconds=10) in (Reason.NO_ADDRESS, Reason.TIMEOUT)
    assert reason(client, f"http://127.0.0.1:{refusing_port()}/", inside=True) is Reason.REFUSED
    assert reason(client, server.url("/error"), inside=True) is Reason.BAD_STATUS
    assert reason(client, server.url("/loop"), inside=True) is Reason.TOO_MANY_REDIRECTS
    assert reason(client, server.url("/broken"), inside=True) is Reason.BROKEN
    assert reason(client, server.url().replace("http", "https"), inside=True) is Reason.BAD_TLS


def test_a_page_where_data_was_expected_is_told_as_such(client, server):
    seen = visit(Probe("x", server.url(), True, "key", "secret", looks_inside=True), client)
    assert seen.measured.reached is Reason.FINE
    assert seen.measured.api is Reason.NOT_JSON


def test_wrong_credentials_are_told_and_the_key_is_in_no_result(client, server):
    server.status = 403
    site = Site(client, server.url(), "the-key", "the-secret", True)
    assert ping(site, Measured()).api is Reason.WRONG_CREDENTIALS
    seen = visit(Probe("x", server.url(), True, "the-key", "the-secret", looks_inside=True), client)
    assert "the-key" not in repr(seen)
    assert "the-secret" not in repr(seen)


def test_a_key_is_never_carried_along_a_redirect(client, server):
    with web_server() as thief:
        Site(client, server.url(), "the-key", "the-secret", True).get(f"/redirect?to={thief.url()}")
        assert thief.asked == []
    assert server.asked[0][1]["Authorization"] == "token the-key:the-secret"


def test_a_cookie_that_a_site_sets_is_not_sent_back(client, server):
    for _visit in range(2):
        assert reason(client, server.url(), inside=True) is Reason.FINE
    assert len(server.asked) == 2
    assert "Cookie" not in server.asked[-1][1]
