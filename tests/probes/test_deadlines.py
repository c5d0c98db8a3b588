"""How long a test waits: each step ends by the limit that is its own."""

import asyncio
import ssl
import time

import pytest

from mailsetup.clientconfig import ServiceType, SocketType
from mailsetup.probes.findings import Code, Status, Step, Verdict
from tests.faults import (
    SILENCE,
    FaultyNameServer,
    FaultyServer,
    ImapServer,
    Maildrop,
    Pop3Server,
    ServerThread,
    SubmissionServer,
    full_backlog,
    is_silent,
)
from tests.probes.prober import QUICK, Prober

IMAP, POP3, SMTP = ServiceType.IMAP, ServiceType.POP3, ServiceType.SMTP
SSL, STARTTLS = SocketType.SSL, SocketType.STARTTLS
SERVERS = {IMAP: ImapServer, POP3: Pop3Server, SMTP: SubmissionServer}
SHORT = 0.4
# Every other limit is longer than this, so a step that ends before was ended by the short one.
MILLISECONDS = range(400, 2500)


def test_other_limits_are_longer() -> None:
    waits = [
        *(QUICK.probe_dns_seconds, QUICK.probe_connect_seconds, QUICK.probe_tls_seconds),
        *(QUICK.probe_greeting_seconds, QUICK.probe_command_seconds, QUICK.probe_sign_in_seconds),
        *(QUICK.probe_send_seconds, QUICK.probe_arrive_seconds, QUICK.probe_overall_seconds),
    ]
    assert min(waits) * 1000 > MILLISECONDS.stop


@pytest.mark.parametrize(
    ("limit", "kind", "silent_at", "step", "code"),
    [
        ("probe_command_seconds", IMAP, "CAPABILITY", Step.CAPABILITIES, Code.SILENT),
        ("probe_command_seconds", POP3, "CAPA", Step.CAPABILITIES, Code.SILENT),
        ("probe_command_seconds", SMTP, "EHLO", Step.CAPABILITIES, Code.SILENT),
        ("probe_sign_in_seconds", IMAP, "AUTHENTICATE", Step.SIGN_IN, Code.AUTH_TEMP_FAILURE),
        ("probe_sign_in_seconds", POP3, "USER", Step.SIGN_IN, Code.AUTH_TEMP_FAILURE),
        ("probe_sign_in_seconds", POP3, "PASS", Step.SIGN_IN, Code.AUTH_TEMP_FAILURE),
        ("probe_sign_in_seconds", SMTP, "AUTH", Step.SIGN_IN, Code.AUTH_TEMP_FAILURE),
        ("probe_command_seconds", IMAP, "SELECT", Step.MAILBOX, Code.MAILBOX_UNAVAILABLE),
        ("probe_command_seconds", POP3, "STAT", Step.MAILBOX, Code.MAILBOX_UNAVAILABLE),
        ("probe_command_seconds", IMAP, "IDLE", Step.PUSH, Code.IDLE_SILENT),
    ],
)
def test_server_that_does_not_answer_a_command(
    prober: Prober,
    servers: ServerThread,
    maildrop: Maildrop,
    good_tls: ssl.SSLContext,
    limit: str,
    kind: ServiceType,
    silent_at: str,
    step: Step,
    code: Code,
) -> None:
    port = servers.listen(SERVERS[kind](maildrop, answers={silent_at: SILENCE}).handle, good_tls)
    found = prober.limited(**{limit: SHORT}).one(prober.settings(kind, port))[step]
    assert (found.status, found.code) == (Status.FAILED, code)
    assert found.ms in MILLISECONDS


@pytest.mark.parametrize("silent_at", ["MAIL", "RCPT", "DATA"])
def test_server_that_does_not_take_the_message(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext, silent_at: str
) -> None:
    submission = SubmissionServer(maildrop, answers={silent_at: SILENCE})
    _, outgoing = prober.limited(probe_send_seconds=SHORT).both(
        prober.settings(IMAP, servers.listen(ImapServer(maildrop).handle, good_tls)),
        prober.settings(SMTP, servers.listen(submission.handle, good_tls)),
    )
    sent = next(finding for finding in outgoing.steps if finding.step is Step.SEND)
    assert sent.status is Status.FAILED
    assert sent.ms in MILLISECONDS


def test_connection_greeting_and_handshake_that_never_come(prober: Prober) -> None:
    with full_backlog() as port:
        hurried = prober.limited(probe_connect_seconds=SHORT)
        assert hurried.one(prober.settings(IMAP, port))[Step.CONNECT].ms in MILLISECONDS
    with FaultyServer(is_silent) as server:
        hurried = prober.limited(probe_greeting_seconds=SHORT)
        greeting = hurried.one(prober.settings(IMAP, server.port, STARTTLS))[Step.GREETING]
        hurried = prober.limited(probe_tls_seconds=SHORT)
        handshake = hurried.one(prober.settings(IMAP, server.port))[Step.TLS]
    assert greeting.ms in MILLISECONDS
    assert handshake.ms in MILLISECONDS


def test_starttls_that_is_not_answered(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    server = ImapServer(maildrop, good_tls, answers={"STARTTLS": SILENCE})
    hurried = prober.limited(probe_command_seconds=SHORT)
    found = hurried.one(prober.settings(IMAP, servers.listen(server.handle), STARTTLS))[Step.TLS]
    assert found.status is Status.FAILED
    assert found.ms in MILLISECONDS


def test_name_server_that_does_not_answer_and_says_so_itself(prober: Prober) -> None:
    with FaultyNameServer({}, rcode=None) as nameserver:
        hurried = prober.limited(probe_dns_seconds=SHORT).asking(nameserver.address)
        found = hurried.one(prober.settings(IMAP, 993))[Step.DNS]
    assert found.code is Code.DNS_TIMEOUT
    assert "name" in found.evidence, "the resolver ended by its own time, not by the step's"
    assert found.ms in MILLISECONDS


@pytest.mark.parametrize(
    ("round_trip", "milliseconds"), [(False, range(500, 1800)), (True, range(2000, 10_000))]
)
def test_a_message_gives_the_whole_test_more_time(
    prober: Prober, milliseconds: range, *, round_trip: bool
) -> None:
    with FaultyServer(is_silent) as server:
        hurried = prober.limited(
            probe_overall_seconds=0.5, probe_arrive_seconds=1.5, probe_greeting_seconds=30
        )
        imap, smtp = (prober.settings(kind, server.port, STARTTLS) for kind in (IMAP, SMTP))
        reports = hurried.both(imap, smtp, round_trip=round_trip)
    for report in reports:
        greeting = next(finding for finding in report.steps if finding.step is Step.GREETING)
        assert (greeting.code, greeting.evidence) == (Code.SILENT, {"deadline": True})
        # A step begins a little after its test.
        assert (greeting.ms or 0) + 50 in milliseconds


def test_an_end_without_an_answer_takes_no_time(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    imap = ImapServer(maildrop, answers={"LOGOUT": SILENCE})
    submission = SubmissionServer(maildrop, answers={"QUIT": SILENCE})
    started = time.monotonic()
    reports = prober.limited(probe_quit_seconds=0.1, probe_overall_seconds=20).both(
        prober.settings(IMAP, servers.listen(imap.handle, good_tls)),
        prober.settings(SMTP, servers.listen(submission.handle, good_tls)),
    )
    assert [report.verdict for report in reports] == [Verdict.PASSED, Verdict.PASSED]
    assert time.monotonic() - started < 10


def test_a_server_that_closes_late_does_not_close_every_connection(prober: Prober) -> None:
    async def closes_after_the_handshake_began(
        reader: asyncio.StreamReader, _writer: asyncio.StreamWriter
    ) -> None:
        await reader.read(1)

    with FaultyServer(closes_after_the_handshake_began) as server:
        found = prober.limited(probe_close_seconds=0.2).one(prober.settings(IMAP, server.port))[Step.TLS]
    assert found.code is Code.TLS_EOF
    assert found.ms is not None
    assert found.ms < MILLISECONDS.stop
