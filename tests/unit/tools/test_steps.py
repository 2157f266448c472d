"""The steps of ./run: what is done is left alone, what fails says what to do."""

import sys

import pytest

from tools.account import Account
from tools.console import Stop, tail
from tools.setup.steps import Step, run_steps


class Machine:
    """Remembers which steps worked on it."""

    def __init__(self, *present: str) -> None:
        self.present = set(present)
        self.worked: list[str] = []

    def step(self, name: str, *, works: bool = True) -> Step:
        def work(log):
            self.worked.append(name)
            if works:
                self.present.add(name)

        return Step(name, lambda: name in self.present, work, f"install {name} by hand")


def test_a_second_run_continues_where_the_first_stopped(tmp_path):
    machine = Machine("packages")

    run_steps([machine.step("packages"), machine.step("bench"), machine.step("site")], tmp_path)

    assert machine.worked == ["bench", "site"]


def test_a_step_that_leaves_nothing_behind_has_failed_although_it_said_nothing(tmp_path):
    machine = Machine()

    with pytest.raises(Stop, match="install bench by hand"):
        run_steps([machine.step("bench", works=False), machine.step("site")], tmp_path)

    assert machine.worked == ["bench"]


def test_a_failing_program_shows_the_end_of_its_output(tmp_path):
    command = [sys.executable, "-c", "print('disk is full'); raise SystemExit(3)"]
    step = Step("site", lambda: False, lambda log: log.run(Account.current(), command), "make room")

    with pytest.raises(Stop, match=r"(?s)exit code 3.*disk is full.*make room"):
        run_steps([step], tmp_path)


def test_a_program_that_is_missing_is_named(tmp_path):
    step = Step("site", lambda: False, lambda log: log.run(Account.current(), ["no-such-program"]), "install it")

    with pytest.raises(Stop, match="no-such-program"):
        run_steps([step], tmp_path)


def test_of_a_progress_bar_only_the_last_state_is_shown():
    assert tail("start\r\n10%\r50%\r100%\nend\n") == "start\n100%\nend"


def test_the_bench_user_gets_the_callers_proxy_but_not_the_callers_home(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("SSL_CERT_FILE", "/etc/own.pem")
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/root/.config")

    seen = Account.current().environment()

    assert (seen["HTTPS_PROXY"], seen["SSL_CERT_FILE"]) == ("http://proxy.example:3128", "/etc/own.pem")
    assert seen["HOME"] == str(Account.current().home)
    assert not {"CI", "XDG_CONFIG_HOME"} & set(seen)
