"""POP3, command by command."""

import base64
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.probes.faults import Fault
from mailsetup.probes.findings import Code
from mailsetup.probes.protocols.pop3 import MaildropSize, Pop3Driver, newest
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
        # It asks for what came along with the command (before RFC 5034).
        ([with_capabilities("SASL PLAIN"), "+ ", "+OK in"], [f"AUTH PLAIN {SECRET}", SECRET]),
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


def test_a_password_that_pass_can_not_carry_goes_another_way_where_there_is_one() -> None:
    """RFC 1939 knows ASCII only, and each server guesses differently; SASL says UTF-8 (RFC 4616)."""

    async def sign_in(pop3: Pop3Driver) -> str:
        await pop3.ask_capabilities()
        return await pop3.sign_in(USER, "grünkohl")

    encoded = base64.b64encode(f"\0{USER}\0grünkohl".encode()).decode()
    _, sent = play(Pop3Driver, sign_in, with_capabilities("USER", "SASL PLAIN"), "+OK in")
    assert sent == ["CAPA", f"AUTH PLAIN {encoded}"]
    _, sent = play(Pop3Driver, sign_in, with_capabilities("USER"), "+OK", "+OK in")
    assert sent[1:] == [f"USER {USER}", "PASS grünkohl"]


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
    for reply in ("-ERR [SYS/PERM] broken", "+OK", "+OK 3", "+OK three 1200", "+OK 3 \u00b2"):
        refused = fault(stat, reply)
        assert (refused.code, refused.evidence["server"]) == (
            Code.MAILBOX_UNAVAILABLE,
            reply.partition(" ")[2],
        )


def test_answer_of_another_protocol() -> None:
    with pytest.raises(ProtocolError) as caught:
        play(Pop3Driver, lambda pop3: pop3.stat(), "250 ok")
    assert caught.value.text == "250 ok"


@pytest.mark.parametrize(
    ("reply", "unique_id"),
    [("+OK 7 whqtswO00WBw418f9t5JxYwZ", "whqtswO00WBw418f9t5JxYwZ"), ("+OK 7", None), ("-ERR what?", None)],
)
def test_unique_id(reply: str, unique_id: str | None) -> None:
    assert play(Pop3Driver, lambda pop3: pop3.unique_id(7), reply) == (unique_id, ["UIDL 7"])


def header_of_seven(pop3: Pop3Driver) -> Awaitable[str | None]:
    return pop3.read_header(7)


def test_header_of_a_small_message() -> None:
    header, sent = play(Pop3Driver, header_of_seven, "+OK 7 900", "+OK\r\nSubject: test\r\n..dotted\r\n\r\n.")
    assert (header, sent) == ("Subject: test\r\n.dotted\r\n", ["LIST 7", "TOP 7 0"])
    assert play(Pop3Driver, header_of_seven, "+OK 7 900", "-ERR gone")[0] is None


@pytest.mark.parametrize(
    "reply", ["+OK 7 10001", "+OK 7", "+OK 7 large", "+OK 7 \u00b2", "+OK 7 " + "9" * 5000, "-ERR gone"]
)
def test_what_is_larger_than_ours_or_does_not_say_is_not_read(reply: str) -> None:
    limits = ProbeSettings(probe_header_max_bytes=10_000)
    assert play(Pop3Driver, header_of_seven, reply, limits=limits) == (None, ["LIST 7"])


def test_removal() -> None:
    assert play(Pop3Driver, lambda pop3: pop3.remove(7), "+OK") == (True, ["DELE 7"])
    assert play(Pop3Driver, lambda pop3: pop3.remove(7), "-ERR read-only")[0] is False


def test_the_last_messages_come_first() -> None:
    assert list(newest(7, 3)) == [7, 6, 5]
    assert list(newest(2, 5)) == [2, 1]
    assert list(newest(0, 5)) == []


def test_header_without_an_end() -> None:
    limits = ProbeSettings(probe_header_max_bytes=1000)
    assert play(Pop3Driver, header_of_seven, "+OK 7 9", "+OK\r\n" + "X\r\n" * 999 + ".", limits=limits)[0]
    with pytest.raises(ProtocolError):
        play(Pop3Driver, header_of_seven, "+OK 7 9", "+OK\r\n" + "X\r\n" * 1000 + ".", limits=limits)


def test_quit_and_starttls() -> None:
    async def leave(pop3: Pop3Driver) -> None:
        await pop3.request_starttls()
        await pop3.quit()

    assert play(Pop3Driver, leave, "+OK go", "+OK bye") == (None, ["STLS", "QUIT"])
    assert fault(leave, "-ERR not now").code is Code.STARTTLS_REFUSED
