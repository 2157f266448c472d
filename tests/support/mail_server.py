"""A mail server on the loopback: what is sent to its mailbox by SMTP is read from it by IMAP; the rest has left it."""

import imaplib
import smtplib
import socket
import subprocess
import sys
import time
from email import message_from_bytes
from email.message import Message

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

USER, PASSWORD = "support", "secret"
START = "from pymap.main import main; main()"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def known(server, session, envelope, mechanism, data) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()))


class MailServer:
    """`address` has a mailbox here. `letters` are (recipients, message) of the mails for everybody else."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.letters: list[tuple[list[str], Message]] = []
        self.smtp_port, self.imap_port = free_port(), free_port()
        command = ["--host", "127.0.0.1", "--port", str(self.imap_port), "--no-tls", "--no-service", "managesieve"]
        mailbox = ["dict", "--demo-user", USER, "--demo-password", PASSWORD]
        self._imap = subprocess.Popen([sys.executable, "-c", START, *command, *mailbox])
        self._smtp = Controller(
            self, hostname="127.0.0.1", port=self.smtp_port, authenticator=known, auth_require_tls=False
        )
        self._smtp.start()
        self._until_it_answers()

    def stop(self) -> None:
        self._smtp.stop()
        self._imap.terminate()
        self._imap.wait(timeout=10)

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 (aiosmtpd's name)
        others = [one for one in envelope.rcpt_tos if one != self.address]
        if others:
            self.letters.append((others, message_from_bytes(envelope.content)))
        if self.address in envelope.rcpt_tos:
            back = (envelope.mail_from or "").strip("<>")
            self._append(f"Return-Path: <{back}>\r\n".encode() + envelope.content)
        return "250 OK"

    def send(self, message: bytes, sender: str) -> None:
        """As a client's server does it; a bounce has the sender ""."""
        with smtplib.SMTP("127.0.0.1", self.smtp_port) as connection:
            connection.sendmail(sender, [self.address], message)

    def empty(self) -> None:
        mailbox = self._log_in()
        mailbox.select("INBOX")
        mailbox.store("1:*", "+FLAGS", "\\Deleted")
        mailbox.expunge()
        mailbox.logout()
        self.letters.clear()

    def _append(self, message: bytes) -> None:
        mailbox = self._log_in()
        mailbox.append("INBOX", "", None, message)
        mailbox.logout()

    def _log_in(self) -> imaplib.IMAP4:
        mailbox = imaplib.IMAP4("127.0.0.1", self.imap_port, timeout=10)
        mailbox.login(USER, PASSWORD)
        return mailbox

    def _until_it_answers(self) -> None:
        for _ in range(200):
            try:
                return self._log_in().logout()
            except OSError:
                time.sleep(0.05)
        return pytest.fail(f"the IMAP server did not start (exit code {self._imap.poll()})")
