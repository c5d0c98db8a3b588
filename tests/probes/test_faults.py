"""Planted faults on the way to the sign-in: each has its own code, at the step where it shows."""

import asyncio
import re
import ssl
from collections.abc import Callable
from types import SimpleNamespace

import dns.rcode
import pytest

from mailsetup.clientconfig import ServiceType, SocketType
from mailsetup.connection_tests.explanations import refusals
from mailsetup.probes.findings import CAUSES, Code, Finding, Status, Step
from mailsetup.probes.look import look
from tests.faults import (
    HOST,
    SILENCE,
    Authority,
    FaultyNameServer,
    FaultyServer,
    ImapServer,
    Maildrop,
    Pop3Server,
    ServerThread,
    SubmissionServer,
    alerts,
    answers_like_a_web_server,
    closed_port,
    closes_at_once,
    dribbles,
    floods,
    full_backlog,
    greets,
    is_silent,
    replies,
    resets,
    sends_and_closes,
)
from tests.faults.thread import Handler
from tests.probes.prober import Prober

IMAP, POP3, SMTP = ServiceType.IMAP, ServiceType.POP3, ServiceType.SMTP
SSL, STARTTLS, PLAIN = SocketType.SSL, SocketType.STARTTLS, SocketType.PLAIN
SERVERS = {IMAP: ImapServer, POP3: Pop3Server, SMTP: SubmissionServer}


def failed(steps: dict[Step, Finding]) -> tuple[Step, Code]:
    """The one step that failed; nothing after it was tried."""
    [result] = [step for step in steps.values() if step.status is Status.FAILED]
    return result.step, result.code


def test_refused(prober: Prober) -> None:
    steps = prober.one(prober.settings(IMAP, closed_port()))
    assert failed(steps) == (Step.CONNECT, Code.TCP_REFUSED)
    assert steps[Step.DNS].evidence == {"addresses": ["127.0.0.1"]}
    assert {steps[step].code for step in (Step.TLS, Step.SIGN_IN, Step.PUSH)} == {Code.NOT_REACHED}


def test_what_is_cut_where_nobody_on_the_way_sees_what_is_said_is_cut_by_the_server(
    prober: Prober, servers: ServerThread, good_tls: ssl.SSLContext
) -> None:
    steps = prober.one(prober.settings(IMAP, servers.listen(resets, good_tls)))
    assert failed(steps) == (Step.GREETING, Code.CLOSED_AT_ONCE)


def test_one_address_that_answers_is_enough(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    port = servers.listen(ImapServer(maildrop).handle, good_tls)
    with FaultyNameServer({(HOST, "A"): ("127.0.0.2", "127.0.0.1")}) as nameserver:
        steps = prober.asking(nameserver.address).one(prober.settings(IMAP, port))
    assert steps[Step.CONNECT].evidence["tried"] == {"127.0.0.2": "tcp_refused", "127.0.0.1": "ok"}
    assert steps[Step.SIGN_IN].status is Status.PASSED


def test_filtered(prober: Prober) -> None:
    with full_backlog() as port:
        steps = prober.limited(probe_connect_seconds=0.3).one(prober.settings(IMAP, port))
    assert failed(steps) == (Step.CONNECT, Code.TCP_TIMEOUT)


@pytest.mark.parametrize(
    ("socket_type", "handler", "step", "code"),
    [
        (SSL, closes_at_once, Step.TLS, Code.CLOSED_AT_ONCE),
        (STARTTLS, closes_at_once, Step.GREETING, Code.CLOSED_AT_ONCE),
        (STARTTLS, floods, Step.GREETING, Code.BANNER_GARBAGE),
        (STARTTLS, greets(b"* OK " + b"A" * 70_000), Step.GREETING, Code.BANNER_GARBAGE),
        (STARTTLS, greets(b"%%% hello %%%\r\n"), Step.GREETING, Code.BANNER_GARBAGE),
        (STARTTLS, greets(b"SSH-2.0-OpenSSH_9.2\r\n"), Step.GREETING, Code.WRONG_SERVICE),
        (STARTTLS, greets(b"+OK POP3 ready\r\n"), Step.GREETING, Code.WRONG_SERVICE),
        (STARTTLS, greets(b"* PREAUTH welcome\r\n"), Step.GREETING, Code.PREAUTH),
        (STARTTLS, greets(b"* BYE [UNAVAILABLE] later\r\n"), Step.GREETING, Code.BYE_GREETING),
        (STARTTLS, greets(b"* BYE too many connections\r\n"), Step.GREETING, Code.TOO_MANY_CONNECTIONS),
        (SSL, greets(b"SSH-2.0-OpenSSH_9.2\r\n"), Step.TLS, Code.WRONG_SERVICE),
        (SSL, greets(b"%%% hello %%%\r\n"), Step.TLS, Code.BANNER_GARBAGE),
        (SSL, sends_and_closes(b"SSH-2.0-OpenSSH_9.2"), Step.TLS, Code.WRONG_SERVICE),
        (SSL, sends_and_closes(b"* BYE later\r\n"), Step.TLS, Code.PROTO_PLAIN_ON_TLS),
        (SSL, floods, Step.TLS, Code.TLS_HANDSHAKE),
        (SSL, alerts(40), Step.TLS, Code.TLS_ALERT_HANDSHAKE),
        (SSL, alerts(80), Step.TLS, Code.TLS_HANDSHAKE),
    ],
)
def test_before_the_first_sensible_word(
    prober: Prober, socket_type: SocketType, handler: Handler, step: Step, code: Code
) -> None:
    with FaultyServer(handler) as server:
        steps = prober.one(prober.settings(IMAP, server.port, socket_type))
    assert failed(steps) == (step, code)


@pytest.mark.parametrize(
    ("socket_type", "handler", "step", "code"),
    [
        (STARTTLS, is_silent, Step.GREETING, Code.SILENT),
        (STARTTLS, dribbles(b"* OK slow"), Step.GREETING, Code.DRIBBLE),
        (SSL, answers_like_a_web_server, Step.TLS, Code.WRONG_SERVICE),
        (SSL, replies(b"HTTP/1.1 400", to=b"HELP"), Step.TLS, Code.WRONG_SERVICE),
        (SSL, replies(b"what?\r\n", to=b"HELP"), Step.TLS, Code.TLS_HANDSHAKE),
        (SSL, replies(b"", to=b"HELP"), Step.TLS, Code.TLS_HANDSHAKE),
    ],
)
def test_waiting_for_a_greeting_in_vain(
    prober: Prober, socket_type: SocketType, handler: Handler, step: Step, code: Code
) -> None:
    with FaultyServer(handler) as server:
        steps = prober.limited(probe_greeting_seconds=0.6).one(
            prober.settings(IMAP, server.port, socket_type)
        )
    assert failed(steps) == (step, code)


def test_silence_instead_of_a_handshake(prober: Prober) -> None:
    with FaultyServer(is_silent) as server:
        steps = prober.limited(probe_tls_seconds=0.5).one(prober.settings(IMAP, server.port))
    assert failed(steps) == (Step.TLS, Code.SILENT)


def test_endless_greeting_of_many_lines(prober: Prober) -> None:
    with FaultyServer(greets(b"220-still more\r\n" * 500)) as server:
        steps = prober.one(prober.settings(SMTP, server.port, STARTTLS))
    assert failed(steps) == (Step.GREETING, Code.BANNER_GARBAGE)


@pytest.mark.parametrize("kind", [IMAP, POP3, SMTP])
def test_plain_server_on_a_port_for_tls(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext, kind: ServiceType
) -> None:
    without = servers.listen(SERVERS[kind](maildrop).handle)
    assert failed(prober.one(prober.settings(kind, without))) == (Step.TLS, Code.PROTO_PLAIN_ON_TLS)
    offering = servers.listen(SERVERS[kind](maildrop, good_tls).handle)
    assert failed(prober.one(prober.settings(kind, offering))) == (Step.TLS, Code.TLS_TO_STARTTLS_PORT)
    assert maildrop.attempts == []


@pytest.mark.parametrize("kind", [IMAP, POP3, SMTP])
def test_starttls_that_is_not_offered(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, kind: ServiceType
) -> None:
    steps = prober.one(prober.settings(kind, servers.listen(SERVERS[kind](maildrop).handle), STARTTLS))
    assert failed(steps) == (Step.TLS, Code.STARTTLS_MISSING)
    assert steps[Step.GREETING].status is Status.PASSED
    assert steps[Step.CAPABILITIES].code is Code.NOT_REACHED
    assert steps[Step.SIGN_IN].code is Code.UNVERIFIED
    assert maildrop.attempts == []


@pytest.mark.parametrize(
    ("kind", "answers"),
    [
        (IMAP, {"STARTTLS": "NO not now"}),
        (POP3, {"STLS": "-ERR not now"}),
        (SMTP, {"STARTTLS": "454 4.7.0 TLS not available"}),
    ],
)
def test_starttls_that_is_refused(
    prober: Prober,
    servers: ServerThread,
    maildrop: Maildrop,
    good_tls: ssl.SSLContext,
    kind: ServiceType,
    answers: dict[str, str],
) -> None:
    server = SERVERS[kind](maildrop, good_tls, answers=answers)
    steps = prober.one(prober.settings(kind, servers.listen(server.handle), STARTTLS))
    assert failed(steps) == (Step.TLS, Code.STARTTLS_REFUSED)


@pytest.mark.parametrize(
    ("kind", "injected"),
    [
        (IMAP, b"* CAPABILITY IMAP4rev1 INJECTED\r\n"),
        (POP3, b"+OK injected\r\n"),
        (SMTP, b"250 injected\r\n"),
    ],
)
def test_response_injected_before_the_handshake_ends_the_test(
    prober: Prober,
    servers: ServerThread,
    maildrop: Maildrop,
    good_tls: ssl.SSLContext,
    kind: ServiceType,
    injected: bytes,
) -> None:
    server = SERVERS[kind](maildrop, good_tls, injected=injected)
    steps = prober.one(prober.settings(kind, servers.listen(server.handle), STARTTLS))
    assert failed(steps) == (Step.TLS, Code.STARTTLS_INJECTION)
    assert steps[Step.SIGN_IN].code is Code.UNVERIFIED
    assert maildrop.attempts == []


@pytest.mark.parametrize("kind", [IMAP, POP3, SMTP])
def test_a_server_that_obeys_what_came_before_encryption_gets_no_password(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext, kind: ServiceType
) -> None:
    server = SERVERS[kind](maildrop, good_tls, obeys_early=True)
    service = prober.settings(kind, servers.listen(server.handle), STARTTLS)
    for _ in range(2):  # what is not well is asked again
        steps = prober.one(service)
        assert failed(steps) == (Step.TLS, Code.STARTTLS_COMMAND_INJECTION)
        assert steps[Step.TLS].evidence["version"] == "TLSv1.3"
    assert maildrop.attempts == []


@pytest.mark.parametrize("kind", [IMAP, POP3, SMTP])
def test_a_server_that_forgets_it_is_well_and_not_asked_again_for_a_day(
    prober: Prober,
    servers: ServerThread,
    maildrop: Maildrop,
    good_tls: ssl.SSLContext,
    kind: ServiceType,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server, connections, hour = SERVERS[kind](maildrop, good_tls), [], [0.0]

    async def counted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(hour[0])
        await server.handle(reader, writer)

    monkeypatch.setattr("mailsetup.probes.beside.time", SimpleNamespace(monotonic=lambda: hour[0] * 3600))
    service = prober.settings(kind, servers.listen(counted), STARTTLS)
    for hour[0] in (1.0, 2.0, 24.9, 25.1):
        assert prober.one(service)[Step.SIGN_IN].status is Status.PASSED
    # With the one that asks whether old encryption comes in, on the same days.
    assert connections == [1.0] * 3 + [2.0, 24.9] + [25.1] * 3


def test_a_look_that_failed_says_nothing_and_is_repeated(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, authority: Authority
) -> None:
    """A server that was short of connections for a moment is not taken for a good one all day."""
    tls, seen, open_to_all = authority.good(), [], [False]
    tls.set_ciphers("ALL:@SECLEVEL=0")
    tls.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    server = ImapServer(maildrop, tls, obeys_early=True)

    async def busy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(writer)
        if len(seen) == 1 or open_to_all[0]:
            await server.handle(reader, writer)

    service = prober.settings(IMAP, servers.listen(busy), STARTTLS)
    first = prober.one(service)
    assert first[Step.SIGN_IN].status is Status.PASSED
    assert "old_tls" not in first[Step.TLS].evidence
    open_to_all[0] = True
    second = prober.one(service)
    assert failed(second) == (Step.TLS, Code.STARTTLS_COMMAND_INJECTION)
    assert second[Step.TLS].evidence["old_tls"] is True


def test_of_many_tests_at_once_one_asks(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    """The question looks like an attack, so a crowd of tests must not ask it all together."""
    server, connections = ImapServer(maildrop, good_tls), []

    async def counted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        await server.handle(reader, writer)

    service = prober.settings(IMAP, servers.listen(counted), STARTTLS)

    async def crowd() -> None:
        await asyncio.gather(*(look([service], prober.vantage) for _ in range(4)))

    asyncio.run(crowd())
    assert len(connections) == 4 + 1 + 1, "one for each, one early command, one old handshake"


def test_a_server_that_closes_at_an_early_command_is_well(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    """As Dovecot does."""

    class Strict(ImapServer):
        async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            read = reader.readline

            async def line() -> bytes:
                found = await read()
                if b"STARTTLS" in found and reader._buffer:
                    writer.transport.abort()
                return found

            reader.readline = line
            await super().handle(reader, writer)

    steps = prober.one(prober.settings(IMAP, servers.listen(Strict(maildrop, good_tls).handle), STARTTLS))
    assert steps[Step.SIGN_IN].status is Status.PASSED


@pytest.mark.parametrize("takes", [True, False])
def test_whether_a_server_takes_old_encryption_is_asked_once_a_day(
    prober: Prober,
    servers: ServerThread,
    maildrop: Maildrop,
    authority: Authority,
    *,
    takes: bool,
) -> None:
    tls, connections = authority.good(), []
    if takes:
        tls.set_ciphers("ALL:@SECLEVEL=0")
        tls.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED

    async def counted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        await ImapServer(maildrop).handle(reader, writer)

    service = prober.settings(IMAP, servers.listen(counted, tls))
    for _ in range(2):
        found = prober.one(service)[Step.TLS]
        assert (found.status, found.evidence["old_tls"]) == (Status.PASSED, takes)
    assert len(connections) == 2 + takes, "a handshake that fails reaches no server"


@pytest.mark.parametrize(
    ("make", "refused_by"), [(Authority.good, []), (Authority.naming_no_list, ["windows-live-mail"])]
)
def test_a_certificate_without_a_list_of_withdrawn_ones_is_seen(
    prober: Prober,
    servers: ServerThread,
    maildrop: Maildrop,
    authority: Authority,
    make: Callable[[Authority], ssl.SSLContext],
    refused_by: list[str],
) -> None:
    tls = make(authority)
    tls.set_ciphers("ALL:@SECLEVEL=0")
    tls.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    found = prober.one(prober.settings(IMAP, servers.listen(ImapServer(maildrop).handle, tls)))[Step.TLS]
    assert found.status is Status.PASSED
    assert [refusal.slug for refusal in refusals([found])] == refused_by


def test_plain_channel_is_looked_at_and_gets_no_password(
    prober: Prober, servers: ServerThread, maildrop: Maildrop
) -> None:
    steps = prober.one(prober.settings(IMAP, servers.listen(ImapServer(maildrop).handle), PLAIN))
    assert [steps[step].status for step in (Step.GREETING, Step.CAPABILITIES)] == [Status.PASSED] * 2
    assert {steps[step].code for step in (Step.TLS, Step.SIGN_IN, Step.MAILBOX)} == {Code.UNVERIFIED}
    assert maildrop.attempts == []


@pytest.mark.parametrize("socket_type", [SSL, STARTTLS])
@pytest.mark.parametrize(
    ("make", "code"),
    [
        (Authority.expired, Code.CERT_EXPIRED),
        (Authority.self_signed, Code.CERT_SELF_SIGNED),
        (Authority.of_unknown_authority, Code.CERT_UNKNOWN_CA),
        (lambda authority: authority.good("web.example.test"), Code.CERT_WRONG_NAME),
    ],
)
def test_bad_certificate(
    prober: Prober,
    servers: ServerThread,
    maildrop: Maildrop,
    authority: Authority,
    socket_type: SocketType,
    make,
    code: Code,
) -> None:
    tls = make(authority)
    implicit, upgrade = (tls, None) if socket_type is SSL else (None, tls)
    port = servers.listen(ImapServer(maildrop, upgrade).handle, implicit)
    steps = prober.one(prober.settings(IMAP, port, socket_type))
    assert failed(steps) == (Step.TLS, code)
    evidence = steps[Step.TLS].evidence
    assert evidence["names"] == ["web.example.test" if code is Code.CERT_WRONG_NAME else HOST]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", evidence["not_after"])
    assert steps[Step.SIGN_IN].code is Code.UNVERIFIED
    assert maildrop.attempts == []


def test_every_problem_of_a_certificate_is_named(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, authority: Authority
) -> None:
    port = servers.listen(ImapServer(maildrop).handle, authority.expired("web.example.test"))
    evidence = prober.one(prober.settings(IMAP, port))[Step.TLS].evidence
    assert [problem["code"] for problem in evidence["problems"]] == ["cert_expired", "cert_wrong_name"]


def test_certificate_that_is_not_shown_a_second_time(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, authority: Authority
) -> None:
    class Once(ImapServer):
        connections = 0

        async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.connections += 1
            if self.connections == 1:
                await super().handle(reader, writer)

    server = Once(maildrop, authority.expired())
    steps = prober.one(prober.settings(IMAP, servers.listen(server.handle), STARTTLS))
    assert failed(steps) == (Step.TLS, Code.CERT_EXPIRED)
    [problem] = steps[Step.TLS].evidence["problems"]
    assert (problem["code"], problem["verify_code"]) == ("cert_expired", 10)


def test_certificate_that_ends_soon_is_a_warning(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, authority: Authority
) -> None:
    port = servers.listen(ImapServer(maildrop).handle, authority.good(days=10))
    steps = prober.one(prober.settings(IMAP, port))
    assert (steps[Step.TLS].status, steps[Step.TLS].code) == (Status.WARNING, Code.CERT_EXPIRES_SOON)
    assert steps[Step.SIGN_IN].status is Status.PASSED


def test_what_a_server_sends_besides_its_chain_does_not_count(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, authority: Authority
) -> None:
    """A cross-signature that ended long ago: apps have the root, so mail works and nothing ends soon."""
    old = servers.listen(ImapServer(maildrop).handle, authority.with_old_cross_signature())
    found = prober.one(prober.settings(IMAP, old))[Step.TLS]
    assert (found.status, found.evidence["chain_length"]) == (Status.PASSED, 3)
    wrong = servers.listen(
        ImapServer(maildrop).handle, authority.with_old_cross_signature("web.example.test")
    )
    found = prober.one(prober.settings(IMAP, wrong))[Step.TLS]
    assert [problem["code"] for problem in found.evidence["problems"]] == ["cert_wrong_name"]


def test_server_that_knows_only_old_tls(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, authority: Authority
) -> None:
    old = authority.expired("web.example.test")
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    steps = prober.one(prober.settings(IMAP, servers.listen(ImapServer(maildrop).handle, old)))
    assert failed(steps) == (Step.TLS, Code.TLS_OLD_ONLY)
    evidence = steps[Step.TLS].evidence
    assert evidence["version"] == "TLSv1.1"
    assert [problem["code"] for problem in evidence["problems"]] == ["cert_expired", "cert_wrong_name"]


@pytest.mark.parametrize(
    ("records", "rcode", "code"),
    [
        ({}, dns.rcode.NXDOMAIN, Code.DNS_NXDOMAIN),
        ({(HOST, "MX"): ("10 other.example.test.",)}, dns.rcode.NXDOMAIN, Code.DNS_NO_ADDRESS),
        ({}, dns.rcode.SERVFAIL, Code.DNS_SERVFAIL),
        ({(HOST, "A"): ("10.0.0.5",)}, dns.rcode.NXDOMAIN, Code.DNS_PRIVATE_ADDRESS),
    ],
)
def test_name_lookup(
    prober: Prober,
    records: dict[tuple[str, str], tuple[str, ...]],
    rcode: dns.rcode.Rcode,
    code: Code,
) -> None:
    with FaultyNameServer(records, rcode) as nameserver:
        steps = prober.asking(nameserver.address).one(prober.settings(IMAP, 993))
    assert failed(steps) == (Step.DNS, code)


def test_name_server_that_does_not_answer(prober: Prober) -> None:
    with FaultyNameServer({}, rcode=None) as nameserver:
        steps = (
            prober.limited(probe_dns_seconds=0.4).asking(nameserver.address).one(prober.settings(IMAP, 993))
        )
    assert failed(steps) == (Step.DNS, Code.DNS_TIMEOUT)


def test_looked_up_address_is_the_one_connected_to(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    port = servers.listen(ImapServer(maildrop).handle, good_tls)
    with FaultyNameServer({(HOST, "A"): ("127.0.0.1",)}) as nameserver:
        steps = prober.asking(nameserver.address).one(prober.settings(IMAP, port))
    assert steps[Step.CONNECT].evidence["address"] == "127.0.0.1"
    assert steps[Step.SIGN_IN].status is Status.PASSED


def test_server_that_sends_without_end(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    chatter = ImapServer(maildrop, folders=('() "/" ' + "a" * 1000,) * 2000)
    steps = prober.one(prober.settings(IMAP, servers.listen(chatter.handle, good_tls)))
    assert failed(steps) == (Step.MAILBOX, Code.MAILBOX_UNAVAILABLE)


@pytest.mark.parametrize("socket_type", [SSL, STARTTLS])
def test_ehlo_that_is_refused_is_no_server_without_a_sign_in(
    prober: Prober,
    servers: ServerThread,
    maildrop: Maildrop,
    good_tls: ssl.SSLContext,
    socket_type: SocketType,
) -> None:
    implicit, upgrade = (good_tls, None) if socket_type is SSL else (None, good_tls)
    server = SubmissionServer(maildrop, upgrade, answers={"EHLO": "550 5.7.1 Helo command rejected"})
    steps = prober.one(prober.settings(SMTP, servers.listen(server.handle, implicit), socket_type))
    step = Step.CAPABILITIES if socket_type is SSL else Step.TLS
    assert failed(steps) == (step, Code.GREET_554)
    assert step in CAUSES[Code.GREET_554].steps


@pytest.mark.parametrize(
    ("kind", "command", "step", "code"),
    [
        (IMAP, "AUTHENTICATE", Step.SIGN_IN, Code.AUTH_TEMP_FAILURE),
        (POP3, "PASS", Step.SIGN_IN, Code.AUTH_TEMP_FAILURE),
        (SMTP, "AUTH", Step.SIGN_IN, Code.AUTH_TEMP_FAILURE),
        (IMAP, "SELECT", Step.MAILBOX, Code.MAILBOX_UNAVAILABLE),
        (POP3, "STAT", Step.MAILBOX, Code.MAILBOX_UNAVAILABLE),
    ],
)
def test_a_server_that_falls_silent_later_is_not_called_one_that_says_nothing(
    prober: Prober,
    servers: ServerThread,
    maildrop: Maildrop,
    good_tls: ssl.SSLContext,
    kind: ServiceType,
    command: str,
    step: Step,
    code: Code,
) -> None:
    server = SERVERS[kind](maildrop, answers={command: SILENCE})
    hurried = prober.limited(probe_sign_in_seconds=0.5, probe_command_seconds=0.5)
    steps = hurried.one(hurried.settings(kind, servers.listen(server.handle, good_tls)))
    assert failed(steps) == (step, code)


@pytest.mark.parametrize(
    ("kind", "command", "step", "code"),
    [
        (POP3, "PASS", Step.SIGN_IN, Code.AUTH_REJECTED_OTHER),
        (SMTP, "AUTH", Step.SIGN_IN, Code.AUTH_REJECTED_OTHER),
        (POP3, "STAT", Step.MAILBOX, Code.MAILBOX_UNAVAILABLE),
    ],
)
def test_babble_after_the_greeting_does_not_make_it_another_kind_of_server(
    prober: Prober,
    servers: ServerThread,
    maildrop: Maildrop,
    good_tls: ssl.SSLContext,
    kind: ServiceType,
    command: str,
    step: Step,
    code: Code,
) -> None:
    server = SERVERS[kind](maildrop, answers={command: "%%% babble %%%"})
    steps = prober.one(prober.settings(kind, servers.listen(server.handle, good_tls)))
    assert failed(steps) == (step, code)


def test_deadline_gives_a_result(prober: Prober) -> None:
    with FaultyServer(is_silent) as server:
        hurried = prober.limited(probe_overall_seconds=0.8, probe_greeting_seconds=30)
        steps = hurried.one(prober.settings(IMAP, server.port, STARTTLS))
    assert failed(steps) == (Step.GREETING, Code.SILENT)
    assert steps[Step.GREETING].evidence == {"deadline": True}
