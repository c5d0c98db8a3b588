"""A password of any characters is sent as it is, or refused in a sentence; never another, never a part."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mailsetup.clientconfig import ServerSettings, ServiceType, SocketType
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.probes.findings import Status, Step
from tests.faults import ADDRESS, HOST, ImapServer, Maildrop, Pop3Server, SubmissionServer
from tests.faults.thread import Handler
from tests.portal.test_commands import run as run_command
from tests.probes.in_memory import Server, run

PASSWORDS = {
    "spaces": " a  b ",
    "quotes": '"a" \'b\' "',
    "backslashes": '\\a\\\\"\\',
    "percent": "%s%%100%(name)s%",
    "braces": "{0}{}{{x}}",
    "emoji": "🔑🐎🔋",
    "accents": "Käsebröd-ß-пароль",
    "long": "x" * 199 + "ü",
    "like an answer": "+OK * OK m2 OK 235 .",
    "like a literal": "secret {3}",
    "lone dot": ".",
    "base64": "AGFubmE=",
}
UNSEEN = {"NUL": "a\0b", "line break": "a\r\nDELE 1", "tab": "a\tb", "no width": "a\u200bb", "a page": "a\fb"}
IMAP, POP3, SMTP = ServiceType.IMAP, ServiceType.POP3, ServiceType.SMTP
WAYS: dict[str, tuple[ServiceType, Callable[[Maildrop], Handler]]] = {
    "IMAP, PLAIN at once": (IMAP, lambda drop: ImapServer(drop).handle),
    "IMAP, PLAIN": (IMAP, lambda drop: ImapServer(drop, capabilities="IMAP4rev1 AUTH=PLAIN").handle),
    "IMAP, LOGIN": (IMAP, lambda drop: ImapServer(drop, capabilities="IMAP4rev1").handle),
    "POP3, USER": (POP3, lambda drop: Pop3Server(drop).handle),
    "POP3, PLAIN": (POP3, lambda drop: Pop3Server(drop, capabilities=("SASL PLAIN",)).handle),
    "SMTP, PLAIN": (SMTP, lambda drop: SubmissionServer(drop).handle),
    "SMTP, LOGIN": (SMTP, lambda drop: SubmissionServer(drop, extensions=("AUTH LOGIN",)).handle),
}


class Strict(Maildrop):
    """Knows one password, to the letter; notes what it heard."""

    def __init__(self, password: str) -> None:
        super().__init__()
        self.password, self.heard = password, []

    def accepts(self, username: str, password: str) -> bool:
        self.heard.append((username, password))
        return password == self.password


@pytest.mark.parametrize("password", PASSWORDS.values(), ids=PASSWORDS)
@pytest.mark.parametrize("way", WAYS)
def test_it_arrives_as_it_is(way: str, password: str) -> None:
    kind, handler = WAYS[way]
    drop = Strict(password)
    other = IMAP if kind is SMTP else SMTP
    other_handler = (ImapServer if other is IMAP else SubmissionServer)(Strict(password)).handle
    tested = (ServerSettings(kind, HOST, 0, SocketType.SSL, username=ADDRESS), Server(handler(drop)))
    beside = (ServerSettings(other, HOST, 1, SocketType.SSL, username=ADDRESS), Server(other_handler))
    incoming, outgoing = (beside, tested) if kind is SMTP else (tested, beside)
    reports = run(incoming, outgoing, round_trip=False, password=password)
    signed_in = next(step for step in reports[kind is SMTP].steps if step.step is Step.SIGN_IN)
    assert signed_in.status is Status.PASSED, (drop.heard, signed_in)
    assert drop.heard == [(ADDRESS, password)]


@pytest.mark.django_db
@pytest.mark.parametrize("password", UNSEEN.values(), ids=UNSEEN)
def test_the_form_refuses_what_nobody_can_have_typed(
    owner: object, signed_in: Callable[[object], object], password: str
) -> None:
    browser = signed_in(owner)
    answer = browser.post("/setup/anna@example.com/test/", {"protocol": "imap", "password": password})
    assert answer.status_code == 422
    sentence = "The password contains a character that can’t be seen. Type it in by hand."
    # Django knows this one itself.
    sentence = "Null characters are not allowed." if "\0" in password else sentence
    assert sentence in answer.content.decode()
    assert not ConnectionTest.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("password", [text for text in UNSEEN.values() if "\n" not in text])
def test_the_command_refuses_it_too(
    provider: None, capsys: pytest.CaptureFixture[str], tmp_path: Path, password: str
) -> None:
    file = tmp_path / "password"
    file.write_text(f"{password}\n", encoding="utf-8", newline="")
    code, out, err = run_command(capsys, "test_connection", "anna@example.com", "--password-file", str(file))
    assert (code, out, err) == (2, "", "The password contains a character that can't be seen.\n")
