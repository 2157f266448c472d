"""A site of the bench, served over real HTTP by a process of its own."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socket import socket
from urllib.request import ProxyHandler, Request, build_opener

import pytest


@contextmanager
def serving(site: str, threads: int = 2) -> Iterator[int]:
    """Gives the port on 127.0.0.1."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--threads", str(threads)]
    served = f"tests.support.web_server:application_of({site!r})"
    server = subprocess.Popen([*command, served], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/api/method/ping", site)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=20)


def application_of(site: str) -> Callable[..., object]:
    """What gunicorn serves: this site, with its public files, under whatever name it is asked for."""
    from frappe import app

    app._site = site
    return app.application_with_statics()


def wait_for(url: str, site: str) -> None:
    opener = build_opener(ProxyHandler({}))
    for _ in range(120):
        try:
            with opener.open(Request(url, headers={"Host": site}), timeout=5):  # noqa: S310 (our own server)
                return
        except OSError:
            time.sleep(0.5)
    pytest.fail("the web server did not start")
