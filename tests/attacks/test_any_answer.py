"""A mail server may answer with any bytes: a test of it ends with a finding, and stays small."""

import asyncio
import json
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailsetup.clientconfig import ServerSettings, ServiceType, SocketType
from mailsetup.probes.findings import Code, ServiceReport, steps_of
from mailsetup.probes.wire.stream import LineStream
from tests.faults import ADDRESS, HOST, ImapServer, Maildrop, Pop3Server, SubmissionServer
from tests.faults.thread import Handler
from tests.probes.in_memory import HURRIED, Server, run

IMAP, POP3, SMTP = ServiceType.IMAP, ServiceType.POP3, ServiceType.SMTP
SSL, STARTTLS = SocketType.SSL, SocketType.STARTTLS
# What each protocol says, so that arbitrary bytes get past the first line too.
WORDS = {
    IMAP: (
        rb"* OK |* PREAUTH|* BYE |* CAPABILITY IMAP4rev1 IDLE UIDPLUS AUTH=PLAIN QUOTA|m1 OK|m2 OK|m3 OK"
        rb'|m4 OK|m5 OK|m6 OK|m2 NO [|m3 BAD|+ |* 1 EXISTS|* OK [UIDNEXT 7]|* LIST () "/" '
        rb"|* LIST (\Junk) NIL {3}|{1}|{65537}"
        rb'|* SEARCH 1:* 7|* QUOTA "" (STORAGE 1 0)|* 1 FETCH (BODY[HEADER] {9}|"|\|(|)|]'
    ),
    POP3: (
        rb"+OK |-ERR |-ERR [IN-USE]|.|..|USER|SASL PLAIN|STLS|UIDL|+OK 1 100|+OK 99999999999 9|+OK 1 uid"
        rb"|X-Mailway-Test:"
    ),
    SMTP: (
        rb"220 |220-|250-|250 |250 AUTH PLAIN LOGIN|250-STARTTLS|AUTH=PLAIN|235 |334 |334 VXNlcg==|354 "
        rb"|535 5.7.8 |421 |9"
    ),
}
ENDS = (b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r", b"\0", b" ")
SERVERS = {IMAP: ImapServer, POP3: Pop3Server, SMTP: SubmissionServer}


def answers(kind: ServiceType) -> st.SearchStrategy[list[bytes]]:
    """What is sent at first, and then after each thing that the client sends."""
    words = st.sampled_from(WORDS[kind].split(b"|")) | st.sampled_from(
        [b"\r\n"] * 3 + [b"\n", b"\r", b"\0", b" "]
    )
    return st.lists(st.lists(words | st.binary(max_size=40)).map(b"".join), max_size=12)


def says(chunks: list[bytes]) -> Handler:
    """One after the other, each as soon as the client has said something or waits."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for chunk in chunks:
            writer.write(chunk)
            await writer.drain()
            with suppress(TimeoutError):
                async with asyncio.timeout(0.005):
                    await reader.read(10_000)

    return handler


def probed(kind: ServiceType, handler: Handler, socket_type: SocketType = SSL) -> ServiceReport:
    """The report of a service that answers like this, beside one that works."""
    drop = Maildrop()
    drop.delivers_to = None if kind is POP3 else "INBOX"
    other = IMAP if kind is SMTP else SMTP
    pairs = {
        each: (
            ServerSettings(each, HOST, number, socket_type if each is kind else SSL, username=ADDRESS),
            Server(handler if each is kind else SERVERS[each](drop).handle),
        )
        for number, each in enumerate((kind, other))
    }
    incoming, outgoing = (pairs[other], pairs[kind]) if kind is SMTP else (pairs[kind], pairs[other])
    return run(incoming, outgoing)[kind is SMTP]


def is_whole(report: ServiceReport) -> None:
    """Every step has a result, none of which is a bug of ours, and what is kept fits a page."""
    assert tuple(step.step for step in report.steps) == steps_of(report.service)
    assert Code.NOT_TESTABLE_HERE not in {step.code for step in report.steps}, report
    kept = json.dumps([step.as_dict() for step in report.steps])
    assert len(kept) < 40_000
    assert kept.isprintable()


@pytest.mark.parametrize("socket_type", [SSL, STARTTLS])
@pytest.mark.parametrize("kind", [IMAP, POP3, SMTP])
def test_any_answers_are_a_finding(kind: ServiceType, socket_type: SocketType) -> None:
    @settings(deadline=None)
    @given(answers(kind))
    def whatever_it_says(chunks: list[bytes]) -> None:
        is_whole(probed(kind, says(chunks), socket_type))

    whatever_it_says()


GREETINGS = {IMAP: b"* OK ", POP3: b"+OK ", SMTP: b"220 "}
BANNERS = {
    "binary": bytes(range(256)) * 10,
    "nothing but NUL": bytes(5000),
    "escape sequences": b"\x1b[2J\x1b[31mred\x1b]0;title\x07\x1b]52;c;cm0gLXJm\x07\r\n",
    "a page": b"<!DOCTYPE html><html><script>alert(1)</script>\r\n",
    "a page after a status": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>",
    "only ends of lines": b"\r\n" * 3000,
    "half a character": b"\xf0\x9f\r\n",
    "right to left": "\u202eevil\r\n".encode(),
    "oversized": b"A" * 100_000 + b"\r\n",
    "a literal without end": b"{99999}\r\n",
}


@pytest.mark.parametrize("before", ["", "as it should begin"])
@pytest.mark.parametrize("banner", BANNERS)
@pytest.mark.parametrize("kind", [IMAP, POP3, SMTP])
def test_any_greeting_is_a_finding_that_nobodys_screen_runs(
    kind: ServiceType, banner: str, before: str
) -> None:
    greeting = (GREETINGS[kind] if before else b"") + BANNERS[banner]
    for socket_type in (SSL, STARTTLS):
        report = probed(kind, says([greeting]), socket_type)
        is_whole(report)
        kept = json.dumps([step.as_dict() for step in report.steps], ensure_ascii=False)
        assert not {"\x1b", "<", "\u202e"} & set(kept)


def endless(piece: bytes) -> Handler:
    async def handler(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2000):
            writer.write(piece * (32_768 // len(piece)))
            await writer.drain()

    return handler


@pytest.mark.parametrize(
    "piece", [b"A", b"220-more\r\n", b"* OK more\r\n", b"* 1 EXISTS {1}\r\nx", b"+OK\r\n", b"\0"]
)
@pytest.mark.parametrize("kind", [IMAP, POP3, SMTP])
def test_what_never_ends_takes_no_memory(kind: ServiceType, piece: bytes) -> None:
    """Sixty megabytes are offered."""
    tracemalloc.start()
    try:
        report = probed(kind, endless(piece))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    is_whole(report)
    assert peak < 6 * HURRIED.probe_service_max_bytes


def test_a_stream_holds_no_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    longest = 0
    real = LineStream.data_received

    def noted(stream: LineStream, data: bytes) -> None:
        nonlocal longest
        real(stream, data)
        longest = max(longest, len(stream._buffer))

    monkeypatch.setattr(LineStream, "data_received", noted)
    probed(SMTP, endless(b"A"))
    assert longest <= HURRIED.probe_service_max_bytes
