"""Python's own mail clients pointed at the lab: an opinion that is independent of the probes."""

import contextlib
import imaplib
import poplib
import smtplib
import socket
import time
import uuid
from collections.abc import Iterator
from email.message import EmailMessage

from tests.mail.lab import MailLab

TIMEOUT_SECONDS = 20


@contextlib.contextmanager
def imap(lab: MailLab, port: str, user: str, password: str | None = None) -> Iterator[imaplib.IMAP4]:
    """A signed-in session; raises imaplib's errors."""
    client = _Imap(lab, port)
    try:
        if port == "imap":
            client.starttls(lab.tls)
        client.login(lab.users[user].address, _password(lab, user, password))
        yield client
    finally:
        try:
            client.logout()
        except imaplib.IMAP4.abort:
            # A server that closed the connection takes no LOGOUT, and imaplib leaves its socket open then.
            client.shutdown()


@contextlib.contextmanager
def pop3(lab: MailLab, port: str, user: str, password: str | None = None) -> Iterator[poplib.POP3]:
    """A signed-in session; raises poplib's errors."""
    client = _Pop3(lab, port)
    try:
        if port == "pop3":
            client.stls(lab.tls)
        client.user(lab.users[user].address)
        client.pass_(_password(lab, user, password))
        yield client
    finally:
        with contextlib.suppress(poplib.error_proto):
            client.quit()
        client.close()


@contextlib.contextmanager
def submission(lab: MailLab, port: str, user: str, password: str | None = None) -> Iterator[smtplib.SMTP]:
    """A signed-in session; raises smtplib's errors."""
    with _Smtp(lab, port) as client:
        if port == "submission":
            client.starttls(context=lab.tls)
        client.login(lab.users[user].address, _password(lab, user, password))
        yield client


class Mail:
    """A message from a mailbox to itself that can be found again."""

    def __init__(self, user: str) -> None:
        self.user = user
        self.token = uuid.uuid4().hex
        self.content = EmailMessage()
        self.content["From"] = self.content["To"] = f"{user}@lab.test"
        self.content["Subject"] = "A message of the tests"
        self.content["X-Token"] = self.token
        self.content.set_content("Nothing to read here.\n")

    def arrives_in(self, lab: MailLab, folder: str, header: str = "X-Token") -> bool:
        """Whether a message with the token in `header` comes to lie in `folder`; looks until time is up."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        with imap(lab, "imaps", self.user) as client:
            while time.monotonic() < deadline:
                client.select(folder)
                if client.search(None, "HEADER", header, self.token)[1][0]:
                    return True
                time.sleep(0.05)
        return False


def is_still_there(lab: MailLab, user: str, token: str) -> bool:
    """Whether the server has the message after somebody fetched it."""
    with imap(lab, "imaps", user) as client:
        client.select("INBOX", readonly=True)
        return bool(client.search(None, "HEADER", "X-Token", token)[1][0])


def _password(lab: MailLab, user: str, password: str | None) -> str:
    return lab.users[user].password if password is None else password


class _Imap(imaplib.IMAP4):
    """imaplib under the lab's name: the certificate is checked although no name server knows it."""

    def __init__(self, lab: MailLab, port: str) -> None:
        self._lab, self._port = lab, port
        super().__init__(lab.host, lab.ports[port])

    def _create_socket(self, _timeout: float | None) -> socket.socket:
        return _dial(self._lab, self._port, implicit_tls="imaps")


class _Pop3(poplib.POP3):
    def __init__(self, lab: MailLab, port: str) -> None:
        self._lab, self._port = lab, port
        super().__init__(lab.host, lab.ports[port])

    def _create_socket(self, _timeout: float) -> socket.socket:
        return _dial(self._lab, self._port, implicit_tls="pop3s")


class _Smtp(smtplib.SMTP):
    def __init__(self, lab: MailLab, port: str) -> None:
        self._lab, self._port = lab, port
        super().__init__(lab.host, lab.ports[port])

    def _get_socket(self, _host: str, _port: int, _timeout: float) -> socket.socket:
        return _dial(self._lab, self._port, implicit_tls="submissions")


def _dial(lab: MailLab, port: str, implicit_tls: str) -> socket.socket:
    plain = lab.dial(port, TIMEOUT_SECONDS)
    return lab.tls.wrap_socket(plain, server_hostname=lab.host) if port == implicit_tls else plain
