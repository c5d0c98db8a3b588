"""Submission, command by command."""

import base64
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.probes.faults import Fault
from mailsetup.probes.findings import Code
from mailsetup.probes.protocols.submission import SubmissionDriver
from mailsetup.probes.wire.stream import LineStream, ProtocolError
from tests.probes.protocols.script import play

USER, PASSWORD, ADDRESS = "anna", "correct horse", "anna@example.test"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


SECRET = encoded(f"\0{USER}\0{PASSWORD}")


def fault(act: Callable[[SubmissionDriver], Awaitable[Any]], *replies: str, greeting: str = "") -> Fault:
    with pytest.raises(Fault) as caught:
        play(SubmissionDriver, act, *replies, greeting=greeting)
    return caught.value


def offering(*extensions: str) -> str:
    *lines, last = ["mail.example.test", *extensions]
    return "\r\n".join([*(f"250-{line}" for line in lines), f"250 {last}"])


async def greeted(smtp: SubmissionDriver) -> str:
    return await smtp.read_greeting()


async def signed_in(smtp: SubmissionDriver) -> str:
    await smtp.ask_capabilities()
    return await smtp.sign_in(USER, PASSWORD)


def test_greeting_of_several_lines() -> None:
    greeting = "220-mail.example.test\r\n220-no spam\r\n220 ready"
    assert play(SubmissionDriver, greeted, greeting=greeting)[0] == "220 mail.example.test no spam ready"


@pytest.mark.parametrize(
    ("greeting", "code", "said"),
    [
        ("554 no service for you", Code.GREET_554, "554 no service for you"),
        ("421 4.7.0 too many connections", Code.TOO_MANY_CONNECTIONS, "421 4.7.0 too many connections"),
        ("* OK IMAP ready", Code.WRONG_SERVICE, "* OK IMAP ready"),
        ("SSH-2.0-OpenSSH_9.2", Code.WRONG_SERVICE, "SSH-2.0-OpenSSH_9.2"),
        ("hello", Code.BANNER_GARBAGE, "hello"),
    ],
)
def test_greeting_that_is_none(greeting: str, code: Code, said: str) -> None:
    refused = fault(greeted, greeting=greeting)
    assert (refused.code, refused.evidence["server"]) == (code, said)


def test_capabilities() -> None:
    async def described(smtp: SubmissionDriver) -> dict[str, list[str]]:
        await smtp.ask_capabilities()
        return smtp.describe_capabilities()

    reply = offering("PIPELINING", "auth plain", "AUTH=LOGIN", "SIZE 1000")
    evidence, sent = play(SubmissionDriver, described, reply)
    assert evidence == {"capabilities": ["AUTH", "PIPELINING", "SIZE"], "mechanisms": ["PLAIN", "LOGIN"]}
    assert sent == ["EHLO [192.0.2.1]"]


def test_own_name_over_ipv6(monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask(smtp: SubmissionDriver) -> None:
        await smtp.ask_capabilities()

    monkeypatch.setattr(LineStream, "local_address", "fe80::1%eth0")
    assert play(SubmissionDriver, ask, offering())[1] == ["EHLO [IPv6:fe80::1]"]


def test_ehlo_that_is_refused() -> None:
    assert fault(signed_in, "502 5.5.1 what").code is Code.AUTH_NOT_OFFERED


@pytest.mark.parametrize(
    ("offered", "replies", "commands"),
    [
        ("AUTH LOGIN PLAIN", ["235 in"], [f"AUTH PLAIN {encoded(f'{chr(0)}{USER}{chr(0)}{PASSWORD}')}"]),
        (
            "AUTH LOGIN",
            ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "235 in"],
            ["AUTH LOGIN", encoded(USER), encoded(PASSWORD)],
        ),
        # It offers what it doesn't have, and apps go on to the next.
        (
            "AUTH LOGIN PLAIN",
            ["504 5.5.4 unrecognized", "334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "235 in"],
            [f"AUTH PLAIN {SECRET}", "AUTH LOGIN", encoded(USER), encoded(PASSWORD)],
        ),
        # It doesn't take what comes along with the command (before RFC 4954).
        ("AUTH PLAIN", ["334 ", "235 in"], [f"AUTH PLAIN {SECRET}", SECRET]),
    ],
)
def test_sign_in(offered: str, replies: list[str], commands: list[str]) -> None:
    said, sent = play(SubmissionDriver, signed_in, offering(offered), *replies)
    assert (said, sent[1:]) == ("235 in", commands)


@pytest.mark.parametrize(
    ("offered", "replies", "code", "commands"),
    [
        (["AUTH PLAIN"], ["535 5.7.8 no"], Code.AUTH_FAILED, 2),
        # Refused before it asked for the password, which is not sent then.
        (["AUTH LOGIN"], ["334 VXNlcm5hbWU6", "454 4.7.0 later"], Code.AUTH_TEMP_FAILURE, 3),
        (["AUTH LOGIN"], ["504 5.5.4 no"], Code.NO_USABLE_MECH, 2),
        (["AUTH PLAIN"], ["504 5.5.4 no"], Code.NO_USABLE_MECH, 2),
        # The password was refused, and is not tried again another way.
        (["AUTH PLAIN LOGIN"], ["535 5.7.8 no"], Code.AUTH_FAILED, 2),
        (["AUTH PLAIN"], ["334 ", "334 ", "334 "], Code.AUTH_REJECTED_OTHER, 3),
        (["AUTH XOAUTH2"], [], Code.NO_USABLE_MECH, 1),
        (["SIZE"], [], Code.AUTH_NOT_OFFERED, 1),
    ],
)
def test_refusal(offered: list[str], replies: list[str], code: Code, commands: int) -> None:
    async def attempt(smtp: SubmissionDriver) -> Code:
        with pytest.raises(Fault) as caught:
            await signed_in(smtp)
        return caught.value.code

    found, sent = play(SubmissionDriver, attempt, offering(*offered), *replies)
    assert (found, len(sent)) == (code, commands)


MESSAGE = b"Subject: x\r\n\r\n.one dot\r\n..two\r\n.\r\nend\r\n"


def sent_message(smtp: SubmissionDriver) -> Awaitable[str]:
    return smtp.send_message(ADDRESS, MESSAGE)


def test_message_is_sent_with_its_dots_doubled() -> None:
    said, sent = play(SubmissionDriver, sent_message, "250 ok", "250 ok", "354 go", "250 2.0.0 queued")
    assert said == "250 2.0.0 queued"
    assert sent == [
        f"MAIL FROM:<{ADDRESS}>",
        f"RCPT TO:<{ADDRESS}>",
        "DATA",
        "Subject: x\r\n\r\n..one dot\r\n...two\r\n..\r\nend\r\n.",
    ]


@pytest.mark.parametrize(
    ("replies", "code", "phase"),
    [
        (["451 4.3.0 later"], Code.SEND_TEMP_FAILURE, "mail"),
        (["553 5.7.1 not yours"], Code.SEND_REJECTED, "mail"),
        (["250 ok", "550 5.1.1 who"], Code.RCPT_UNKNOWN, "rcpt"),
        (["250 ok", "250 ok", "554 no"], Code.SEND_REJECTED, "data"),
        (["250 ok", "250 ok", "354 go", "554 5.7.1 spam"], Code.CONTENT_REJECTED, "message"),
        (["250 ok", "250 ok", "354 go", "499 odd"], Code.SEND_TEMP_FAILURE, "message"),
        (["250 ok", "250 ok", "250 odd"], Code.SEND_REJECTED, "data"),
    ],
)
def test_message_that_is_refused(replies: list[str], code: Code, phase: str) -> None:
    refused = fault(sent_message, *replies)
    assert (refused.code, refused.evidence) == (code, {"server": replies[-1], "phase": phase})


@pytest.mark.parametrize("reply", ["yes", "25 ok", ""])
def test_reply_that_is_none(reply: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        play(SubmissionDriver, lambda smtp: smtp.quit(), reply)
    assert caught.value.text == reply


@pytest.mark.parametrize(("lines", "fits"), [(10, True), (11, False)])
def test_a_reply_has_so_many_lines(lines: int, *, fits: bool) -> None:
    limits = ProbeSettings(probe_response_lines_limit=10)
    greeting = "220-more\r\n" * (lines - 1) + "220 end"
    if fits:
        assert play(SubmissionDriver, greeted, greeting=greeting, limits=limits)[0].endswith("end")
        return
    with pytest.raises(Fault) as caught:
        play(SubmissionDriver, greeted, greeting=greeting, limits=limits)
    assert caught.value.code is Code.BANNER_GARBAGE


def test_quit_and_starttls() -> None:
    async def leave(smtp: SubmissionDriver) -> None:
        await smtp.request_starttls()
        await smtp.quit()

    assert play(SubmissionDriver, leave, "220 go", "221 bye") == (None, ["STARTTLS", "QUIT"])
    assert fault(leave, "454 4.7.0 not now").code is Code.STARTTLS_REFUSED
