"""A Redis server of the tools' own, so that no job or cache entry reaches the user's bench."""

import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tools.account import Account, end
from tools.console import Stop


@dataclass(frozen=True)
class Redis:
    process: "subprocess.Popen[bytes]"
    port: int

    def url(self, database: int) -> str:
        return f"redis://127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        end(self.process)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith((b"+PONG", b"-NOAUTH"))
    except OSError:
        return False


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def wait(port: int, seconds: int = 10) -> None:
    deadline = time.monotonic() + seconds
    while not answers(port):
        if time.monotonic() > deadline:
            raise Stop(f"redis-server on port {port} does not answer")
        time.sleep(0.1)


def start(folder: Path, owner: Account) -> Redis:
    """Start one on a free port, without persistence; ends with stop()."""
    program = shutil.which("redis-server")
    if not program:
        raise Stop("redis-server is not installed: apt-get install redis-server")
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with (folder / "redis.log").open("wb") as log:
        process = owner.start(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
    try:
        wait(port)
    except Stop as problem:
        end(process)
        raise Stop(f"{problem}:\n{(folder / 'redis.log').read_text()}") from problem
    return Redis(process, port)
