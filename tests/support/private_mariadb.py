"""A MariaDB server of a test's own, to be killed and started again without anybody else noticing."""

import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

SEARCHED = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
# The server is there for one site and half a minute.
SMALL = ("--innodb-buffer-pool-size=256M", "--innodb-log-file-size=48M", "--skip-name-resolve", "--skip-log-bin")


class PrivateServer:
    """`sql` runs statements as its root; `kill` is a power cut, `start` what follows it."""

    def __init__(self, folder: Path) -> None:
        self.data, self.socket, self.port = folder / "data", folder / "mariadb.sock", free_port()
        self.process: subprocess.Popen[bytes] | None = None
        subprocess.run(
            [program("mariadb-install-db"), f"--datadir={self.data}", *OF_MINE, "--skip-test-db"],
            check=True,
            capture_output=True,
        )

    def start(self) -> None:
        where = (f"--datadir={self.data}", f"--socket={self.socket}", f"--port={self.port}", "--bind-address=127.0.0.1")
        files = (f"--pid-file={self.data}/server.pid", f"--log-error={self.data}/server.log")
        self.process = subprocess.Popen([program("mariadbd"), "--no-defaults", *where, *files, *SMALL, USER, *CHARSET])
        until = time.monotonic() + 60
        while self.ask("select 1", check=False) != "1":
            assert time.monotonic() < until, (self.data / "server.log").read_text()[-2000:]
            time.sleep(0.1)

    def kill(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def ask(self, statements: str, check: bool = True) -> str:
        done = subprocess.run(
            [*self.client(), "--batch", "--skip-column-names"],
            input=statements,
            capture_output=True,
            text=True,
            check=check,
        )
        return done.stdout.strip()

    def client(self) -> list[str]:
        return [program("mariadb"), "--no-defaults", f"--socket={self.socket}", "--user=root"]

    def copy(self, conf: dict[str, str]) -> None:
        """The site's database as it is now, with its user."""
        name, user, password = conf["db_name"], conf.get("db_user") or conf["db_name"], conf["db_password"]
        self.ask(
            f"set global innodb_flush_log_at_trx_commit = 0; create database `{name}`;"
            f"create user '{user}'@'127.0.0.1' identified by '{password}';"
            f"grant all on `{name}`.* to '{user}'@'127.0.0.1'; flush privileges"
        )
        host = ["--host", conf["db_host"]] if conf.get("db_host") else []
        dump = subprocess.Popen(
            [program("mariadb-dump"), *host, "--user", user, "--single-transaction", "--quick", name],
            stdout=subprocess.PIPE,
            env={**os.environ, "MYSQL_PWD": password},
        )
        subprocess.run([*self.client(), name], stdin=dump.stdout, check=True)
        assert dump.wait() == 0
        self.ask("set global innodb_flush_log_at_trx_commit = 1")


USER = f"--user={getpass.getuser()}"
OF_MINE = ("--no-defaults", USER, "--auth-root-authentication-method=normal", "--skip-name-resolve")
CHARSET = ("--character-set-server=utf8mb4", "--collation-server=utf8mb4_unicode_ci")


def program(name: str) -> str:
    path = shutil.which(name, path=SEARCHED)
    assert path, f"{name} is not installed: apt-get install mariadb-server"
    return path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(tmp_path):
    made = PrivateServer(tmp_path)
    made.start()
    yield made
    if made.process and made.process.poll() is None:
        made.kill()
