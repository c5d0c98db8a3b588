"""Whoever reads what went over the wire finds no password there, in none of the forms in which it went."""

import asyncio
import base64
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from mailsetup.clientconfig import Protocol
from mailsetup.connection_tests import services
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.connection_tests.shares import share_report
from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.probes.findings import (
    Code,
    Finding,
    ServiceReport,
    Side,
    Status,
    Step,
    TranscriptLine,
)
from mailsetup.probes.protocols.driver import Driver
from mailsetup.probes.protocols.imap import ImapDriver
from mailsetup.probes.protocols.pop3 import Pop3Driver
from mailsetup.probes.protocols.submission import SubmissionDriver
from mailsetup.probes.server_text import ServerText
from mailsetup.probes.transcript import Transcript
from mailsetup.probes.wire.stream import ByteBudget, LineStream
from tests.connection_tests.runs import findings, finished, queued
from tests.probes.protocols.script import Script
from tests.provider import MakeLink, support_looking_as

USER = "anna@example.test"
PLAIN = 'Tr0ub4dor "&3\\'
UMLAUTS = "Zwölf Bäume 🌲"


def forms(password: str) -> dict[str, str]:
    """As the protocols send it, and pieces of these."""
    raw = password.encode()
    encoded = {
        "base64": base64.b64encode(raw),
        "SASL PLAIN": base64.b64encode(f"\0{USER}\0{password}".encode()),
        **{f"the end of SASL PLAIN, {cut}": base64.b64encode(raw[cut:]) for cut in (1, 2)},
    }
    quoted = password.replace("\\", "\\\\").replace('"', '\\"')
    return {
        "as it is": password,
        "quoted": quoted,
        **{name: form.decode().rstrip("=")[:-2] for name, form in encoded.items()},
    }


def dialogue(
    kind: type[Driver], capabilities: dict[str, str], password: str, replies: list[str]
) -> tuple[str, str]:
    """A sign-in: what went over the wire, and what is kept of it."""

    async def run() -> tuple[str, str]:
        limits = ProbeSettings()
        stream = LineStream(ByteBudget(10_000), 10_000)
        transcript = Transcript(ServerText(password, (USER,), limits), limits)
        stream.on_line = transcript.add
        script = Script(stream, "", list(replies))
        stream.connection_made(script)
        driver = kind(stream, limits)
        driver.capabilities = capabilities
        async with asyncio.timeout(5):
            await driver.sign_in(USER, password)
        return "\n".join(script.sent), "\n".join(line.text for line in transcript.lines())

    return asyncio.run(run())


# How it goes out, and what is kept of the line that holds it.
WAYS: dict[str, tuple[type[Driver], dict[str, str], str, list[str], str]] = {
    "IMAP, AUTHENTICATE at once": (
        ImapDriver,
        {"AUTH=PLAIN": "", "SASL-IR": ""},
        PLAIN,
        ["m1 OK [CAPABILITY IMAP4rev1 IDLE] in"],
        "m1 AUTHENTICATE PLAIN [password]",
    ),
    "IMAP, AUTHENTICATE when asked": (
        ImapDriver,
        {"AUTH=PLAIN": ""},
        PLAIN,
        ["+ ", "m1 OK [CAPABILITY IMAP4rev1 IDLE] in"],
        "[password]",
    ),
    "IMAP, LOGIN with quotes": (
        ImapDriver,
        {},
        PLAIN,
        ["m1 OK [CAPABILITY IMAP4rev1 IDLE] in"],
        f'm1 LOGIN "{USER}" [password]',
    ),
    "IMAP, LOGIN with literals": (
        ImapDriver,
        {},
        UMLAUTS,
        ["+ ", "+ ", "m1 OK [CAPABILITY IMAP4rev1 IDLE] in"],
        "[password]",
    ),
    "POP3, PASS": (Pop3Driver, {"USER": ""}, PLAIN, ["+OK", "+OK in"], "PASS [password]"),
    "IMAP, LOGIN after a mechanism that isn't there": (
        ImapDriver,
        {"AUTH=PLAIN": "", "SASL-IR": ""},
        PLAIN,
        ["m1 NO no mechanism available", "m2 OK [CAPABILITY IMAP4rev1 IDLE] in"],
        f'm2 LOGIN "{USER}" [password]',
    ),
    "POP3, AUTH when asked": (Pop3Driver, {"SASL": "PLAIN"}, PLAIN, ["+ ", "+OK in"], "[password]"),
    "SMTP, PLAIN when asked": (
        SubmissionDriver,
        {"AUTH": "PLAIN"},
        PLAIN,
        ["334 ", "235 in"],
        "[password]",
    ),
    "POP3, AUTH": (Pop3Driver, {"SASL": "PLAIN"}, UMLAUTS, ["+OK in"], "AUTH PLAIN [password]"),
    "SMTP, PLAIN": (SubmissionDriver, {"AUTH": "PLAIN"}, UMLAUTS, ["235 in"], "AUTH PLAIN [password]"),
    "SMTP, LOGIN": (
        SubmissionDriver,
        {"AUTH": "LOGIN"},
        PLAIN,
        ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "235 in"],
        "[password]",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_password_goes_over_the_wire_and_not_into_the_transcript(way: str) -> None:
    kind, capabilities, password, replies, shown = WAYS[way]
    sent, kept = dialogue(kind, capabilities, password, replies)
    assert [name for name, form in forms(password).items() if form in sent], "the search finds what is there"
    assert [name for name, form in forms(password).items() if form in kept] == []
    assert shown in kept.splitlines()
    assert str(len(password.encode())) not in kept, "nor how long it is"


@pytest.mark.parametrize("way", WAYS)
def test_a_server_that_repeats_what_it_was_sent_adds_nothing(way: str) -> None:
    kind, capabilities, password, replies, _shown = WAYS[way]
    sent = dialogue(kind, capabilities, password, list(replies))[0]
    parrot = [" ".join([reply, *sent.splitlines()]) for reply in replies]
    kept = dialogue(kind, capabilities, password, parrot)[1]
    assert [name for name, form in forms(password).items() if form in kept] == []


Act = Callable[[Any], Any]


@pytest.mark.parametrize(
    ("kind", "act", "replies"),
    [
        (ImapDriver, lambda imap: imap.select("Tr0ub4dor"), ["* 3 EXISTS\r\nm1 OK"]),
        (ImapDriver, lambda imap: imap.remove("31337042"), ["m1 OK", "m2 OK"]),
        (
            Pop3Driver,
            lambda pop3: pop3.read_header(31337042),
            ["+OK 31337042 120", "+OK\r\nX: T\r\n."],
        ),
    ],
    ids=["folder", "UID", "number"],
)
def test_what_a_server_said_is_not_repeated_in_our_own_lines(
    kind: type[Driver], act: Act, replies: list[str]
) -> None:
    """A server may call a folder, a message or a number as it likes."""

    async def run() -> tuple[str, str]:
        limits = ProbeSettings()
        stream = LineStream(ByteBudget(10_000), 10_000)
        lines: list[str] = []
        stream.on_line = lambda side, text: lines.append(text) if side is Side.CLIENT else None
        script = Script(stream, "", list(replies))
        stream.connection_made(script)
        driver = kind(stream, limits)
        driver.capabilities = {"UIDPLUS": ""}
        async with asyncio.timeout(5):
            await act(driver)
        return "\n".join(script.sent), "\n".join(lines)

    sent, shown = asyncio.run(run())
    said = [secret for secret in ("Tr0ub4dor", "31337042") if secret in sent]
    assert said
    assert not [secret for secret in said if secret in shown]


# --- Who reads it ----------------------------------------------------------------------------------------

SignedIn = Callable[[User], Client]
REFUSED = Finding(Step.SIGN_IN, Status.FAILED, Code.AUTH_FAILED, 9)
WORKER_ADDRESS = "198.51.100.77"
ON_THE_WIRE = "m1 CAPABILITY of the wire"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "who", ["owner", "link", "share", "share of staff", "staff at the customer's addresses"]
)
def test_no_page_text_or_document_of_a_customer_has_it(
    who: str, owner: User, setup_link: MakeLink, signed_in: SignedIn, no_broker: object
) -> None:
    link, token = setup_link()
    test = finished(queued(owner), findings(Protocol.IMAP, (0, REFUSED)))
    ConnectionTest.objects.filter(pk=test.pk).update(setup_link=link)
    services.keep_transcripts(
        test,
        [
            ServiceReport(service, (), (TranscriptLine(1, Side.CLIENT, ON_THE_WIRE),), WORKER_ADDRESS)
            for service in test.planned()
        ],
    )
    assert test.transcripts.filter(lines__icontains=ON_THE_WIRE).count() == 2
    superuser = User.objects.create_superuser("root@hoster.example", "a long password of staff")
    below, browser = {
        "owner": (f"/tests/{test.reference}/", signed_in(owner)),
        "link": (f"/s/{token}/tests/{test.reference}/", Client()),
        "share": (f"/report/{share_report(test, owner)}/", Client()),
        "share of staff": (f"/report/{share_report(test, superuser)}/", Client()),
        "staff at the customer's addresses": (f"/tests/{test.reference}/", support_looking_as(owner)),
    }[who]
    pages = (
        [below] if "/report/" in below else [below, f"{below}report.txt", f"{below}report.json", "/tests/"]
    )
    for page in pages:
        answer = browser.get(page)
        if page != "/tests/" or who != "link":
            assert answer.status_code == 200, page
        shown = answer.content.decode()
        assert ON_THE_WIRE not in shown
        assert WORKER_ADDRESS not in shown
