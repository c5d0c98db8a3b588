"""POP3, command by command."""

import base64
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.probes.faults import Fault
from mailsetup.probes.findings import Code
from mailsetup.probes.protocols.pop3 import MaildropSize, Pop3Driver
from mailsetup.probes.wire.stream import ProtocolError
from tests.probes.protocols.script import play

USER, PASSWORD = "anna", "correct horse"
SECRET = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()


def fault(act: Callable[[Pop3Driver], Awaitable[Any]], *replies: str, greeting: str = "") -> Fault:
    with pytest.raises(Fault) as caught:
        play(Pop3Driver, act, *replies, greeting=greeting)
    return caught.value


def with_capabilities(*lines: str) -> str:
    return "\r\n".join(["+OK", *lines, "."])


async def signed_in(pop3: Pop3Driver) -> str:
    await pop3.ask_capabilities()
    return await pop3.sign_in(USER, PASSWORD)


async def greeted(pop3: Pop3Driver) -> str:
    return await pop3.read_greeting()


def test_greeting() -> None:
    assert play(Pop3Driver, greeted, greeting="+OK <1.2@host> ready") == ("+OK <1.2@host> ready", [])


@pytest.mark.parametrize(
    ("greeting", "code"),
    [
        ("-ERR closed for today", Code.BYE_GREETING),
        ("-ERR too many connections", Code.TOO_MANY_CONNECTIONS),
        ("* OK IMAP ready", Code.WRONG_SERVICE),
        ("hello", Code.BANNER_GARBAGE),
    ],
)
def test_greeting_that_is_none(greeting: str, code: Code) -> None:
    refused = fault(greeted, greeting=greeting)
    assert (refused.code, refused.evidence["server"]) == (code, greeting)


@pytest.mark.parametrize(
    ("replies", "commands"),
    [
        ([with_capabilities("USER", "SASL PLAIN"), "+OK", "+OK in"], [f"USER {USER}", f"PASS {PASSWORD}"]),
        ([with_capabilities("TOP", "SASL LOGIN PLAIN"), "+OK in"], [f"AUTH PLAIN {SECRET}"]),
        # Servers from before CAPA have USER and PASS.
        (["-ERR unknown command", "+OK", "+OK in"], [f"USER {USER}", f"PASS {PASSWORD}"]),
    ],
)
def test_sign_in(replies: list[str], commands: list[str]) -> None:
    assert play(Pop3Driver, signed_in, *replies) == ("in", ["CAPA", *commands])


@pytest.mark.parametrize(
    ("replies", "code", "commands"),
    [
        ([with_capabilities("USER"), "+OK", "-ERR [AUTH] no"], Code.AUTH_FAILED, 3),
        ([with_capabilities("USER"), "-ERR [SYS/TEMP] later"], Code.AUTH_TEMP_FAILURE, 2),
        ([with_capabilities("SASL PLAIN"), "-ERR [AUTH] no"], Code.AUTH_FAILED, 2),
        ([with_capabilities("SASL XOAUTH2")], Code.NO_USABLE_MECH, 1),
        ([with_capabilities("TOP")], Code.NO_USABLE_MECH, 1),
    ],
)
def test_refusal(replies: list[str], code: Code, commands: int) -> None:
    async def attempt(pop3: Pop3Driver) -> Code:
        with pytest.raises(Fault) as caught:
            await signed_in(pop3)
        return caught.value.code

    found, sent = play(Pop3Driver, attempt, *replies)
    assert (found, len(sent)) == (code, commands)


def test_password_with_a_line_break_is_no_second_command() -> None:
    async def sign_in(pop3: Pop3Driver) -> str:
        await pop3.ask_capabilities()
        return await pop3.sign_in(USER, "a\r\nDELE 1")

    encoded = base64.b64encode(f"\0{USER}\0a\r\nDELE 1".encode()).decode()
    _, sent = play(Pop3Driver, sign_in, with_capabilities("USER", "SASL PLAIN"), "+OK in")
    assert sent == ["CAPA", f"AUTH PLAIN {encoded}"]


def test_capabilities_forget_those_from_before_tls() -> None:
    async def ask_twice(pop3: Pop3Driver) -> tuple[bool, bool]:
        await pop3.ask_capabilities()
        before = pop3.offers_starttls
        await pop3.ask_capabilities()
        return before, pop3.offers_starttls

    replies = [with_capabilities("STLS"), with_capabilities("USER")]
    assert play(Pop3Driver, ask_twice, *replies)[0] == (True, False)


@pytest.mark.parametrize(("lines", "fits"), [(9, True), (10, False)])
def test_an_answer_has_so_many_lines(lines: int, *, fits: bool) -> None:
    async def ask(pop3: Pop3Driver) -> int:
        await pop3.ask_capabilities()
        return len(pop3.capabilities)

    limits = ProbeSettings(probe_response_lines_limit=10)
    reply = with_capabilities(*(f"X-{number}" for number in range(lines)))
    if fits:
        assert play(Pop3Driver, ask, reply, limits=limits)[0] == lines
        return
    with pytest.raises(ProtocolError):
        play(Pop3Driver, ask, reply, limits=limits)


def test_stat() -> None:
    async def stat(pop3: Pop3Driver) -> MaildropSize:
        return await pop3.stat()

    assert play(Pop3Driver, stat, "+OK 3 1200 more") == (MaildropSize(3, 1200), ["STAT"])
    for reply in ("-ERR [SYS/PERM] broken", "+OK", "+OK 3", "+OK three 1200"):
        refused = fault(stat, reply)
        assert (refused.code, refused.evidence["server"]) == (
            Code.MAILBOX_UNAVAILABLE,
            reply.partition(" ")[2],
        )


def test_answer_of_another_protocol() -> None:
    with pytest.raises(ProtocolError) as caught:
        play(Pop3Driver, lambda pop3: pop3.stat(), "250 ok")
    assert caught.value.text == "250 ok"


HEADER = "+OK\r\nSubject: test\r\nx-mailway-test: 7k4q\r\n..dotted\r\n\r\n."
OTHER = "+OK\r\nSubject: X-Mailway-Test: 7K4Q\r\n\r\n."


def taken(pop3: Pop3Driver) -> Awaitable[bool | None]:
    return pop3.find_and_remove(7, "X-Mailway-Test", "7K4Q")


def test_message_is_found_by_its_header_and_removed() -> None:
    removed, sent = play(Pop3Driver, taken, OTHER, HEADER, "+OK")
    assert (removed, sent) == (True, ["TOP 7 0", "TOP 6 0", "DELE 6"])
    assert play(Pop3Driver, taken, HEADER, "-ERR read-only")[0] is False


def test_headers_of_older_messages_are_private() -> None:
    removed, sent = play(
        Pop3Driver,
        taken,
        OTHER,
        "-ERR gone",
        OTHER,
        limits=ProbeSettings(probe_newest_messages_limit=3),
    )
    assert (removed, sent) == (None, ["TOP 7 0", "TOP 6 0", "TOP 5 0"])


def test_fewer_messages_than_are_looked_at() -> None:
    removed, sent = play(Pop3Driver, lambda pop3: pop3.find_and_remove(1, "X", "y"), OTHER)
    assert (removed, sent) == (None, ["TOP 1 0"])


def test_header_without_an_end() -> None:
    limits = ProbeSettings(probe_header_lines_limit=10)
    assert play(Pop3Driver, taken, "+OK\r\n" + "X: y\r\n" * 9 + ".", *[OTHER] * 4, limits=limits)[0] is None
    with pytest.raises(ProtocolError):
        play(Pop3Driver, taken, "+OK\r\n" + "X: y\r\n" * 10 + ".", limits=limits)


def test_quit_and_starttls() -> None:
    async def leave(pop3: Pop3Driver) -> None:
        await pop3.request_starttls()
        await pop3.quit()

    assert play(Pop3Driver, leave, "+OK go", "+OK bye") == (None, ["STLS", "QUIT"])
    assert fault(leave, "-ERR not now").code is Code.STARTTLS_REFUSED
