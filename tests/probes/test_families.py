"""One server at two addresses, IPv4 and IPv6: real listeners on 127.0.0.1 and ::1."""

import asyncio
import ipaddress
import ssl
from dataclasses import replace

import pytest

from mailsetup.clientconfig import ServerSettings, ServiceType, SocketType
from mailsetup.probes.findings import Code, Finding, Status, Step
from mailsetup.probes.look import look
from tests.faults import HOST, Authority, ImapServer, Maildrop, ServerThread, greets, is_silent
from tests.faults.thread import Handler
from tests.probes.prober import Prober

IMAP = ServiceType.IMAP
FOUR, SIX = "127.0.0.1", "::1"


@pytest.fixture
def both(prober: Prober) -> Prober:
    """The name leads to both addresses."""
    networks = (*prober.vantage.allowed_networks, ipaddress.ip_network("::1/128"))
    return replace(
        prober, vantage=replace(prober.vantage, hosts={HOST: (FOUR, SIX)}, allowed_networks=networks)
    )


def listen(
    servers: ServerThread,
    four: tuple[Handler, ssl.SSLContext | None],
    six: tuple[Handler, ssl.SSLContext | None],
) -> int:
    port = servers.listen(*four, at=FOUR)
    return servers.listen(*six, at=SIX, port=port)


def test_the_test_goes_the_way_of_an_app_and_looks_at_the_other_beside(
    both: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    server = ImapServer(maildrop).handle
    steps = both.one(both.settings(IMAP, listen(servers, (server, good_tls), (server, good_tls))))
    connect = steps[Step.CONNECT].evidence
    assert connect["tried"] == {FOUR: "ok", SIX: "ok"}
    assert connect["app_gets"]["family"] == "IPv6"
    assert set(connect["took_ms"]) == {FOUR, SIX}
    assert steps[Step.TLS].evidence["other_family"] == {"address": FOUR, "code": "ok"}
    assert {step.status for step in steps.values()} <= {Status.PASSED, Status.SKIPPED}
    assert len(maildrop.attempts) == 1


def test_an_app_that_tries_both_gets_ipv4_where_ipv6_refuses(
    both: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    port = servers.listen(ImapServer(maildrop).handle, good_tls, at=FOUR)
    found = both.one(both.settings(IMAP, port))[Step.CONNECT]
    assert (found.status, found.code) == (Status.WARNING, Code.V6_BROKEN_V4_OK)
    assert found.evidence["tried"] == {FOUR: "ok", SIX: "tcp_refused"}
    assert found.evidence["app_gets"]["family"] == "IPv4"
    assert found.evidence["app_gets"]["ms"] < 250


def test_a_bad_certificate_where_an_app_arrives_first_fails_and_says_that_the_other_is_well(
    both: Prober, servers: ServerThread, maildrop: Maildrop, authority: Authority, good_tls: ssl.SSLContext
) -> None:
    server = ImapServer(maildrop).handle
    port = listen(servers, (server, good_tls), (server, authority.expired()))
    found = both.one(both.settings(IMAP, port))[Step.TLS]
    assert (found.status, found.code) == (Status.FAILED, Code.CERT_EXPIRED)
    assert found.evidence["other_family"] == {"address": FOUR, "code": "ok"}
    assert maildrop.attempts == []


@pytest.mark.parametrize(
    ("handler", "code"),
    [
        (greets(b"* BYE later\r\n"), "bye_greeting"),
        (greets(b"* OK ready\r\nm1 OK no capabilities\r\n"), "banner_garbage"),
        (is_silent, "silent"),
    ],
    ids=["refuses", "babbles", "silent"],
)
def test_what_is_wrong_at_the_other_address_before_encryption(
    both: Prober,
    servers: ServerThread,
    maildrop: Maildrop,
    good_tls: ssl.SSLContext,
    handler: Handler,
    code: str,
) -> None:
    server = ImapServer(maildrop, good_tls).handle
    port = listen(servers, (handler, None), (server, None))
    quick = both.limited(probe_greeting_seconds=0.5)
    found: Finding = quick.one(quick.settings(IMAP, port, SocketType.STARTTLS))[Step.TLS]
    assert (found.status, found.code) == (Status.WARNING, Code.V4_BROKEN_V6_OK)
    assert found.evidence["other_family"] == {"address": FOUR, "code": code}


def test_the_other_address_holds_nobody_up(
    both: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    """What is not over in time is not told, and the connection ends with the test."""
    port = listen(servers, (is_silent, None), (ImapServer(maildrop, good_tls).handle, None))
    quick = both.limited(probe_connect_grace_seconds=0.1, probe_greeting_seconds=60)
    steps = quick.one(quick.settings(IMAP, port, SocketType.STARTTLS))
    assert "other_family" not in steps[Step.TLS].evidence
    assert steps[Step.SIGN_IN].status is Status.PASSED


def test_the_hourly_look_sees_it_too(
    both: Prober, servers: ServerThread, maildrop: Maildrop, authority: Authority, good_tls: ssl.SSLContext
) -> None:
    server = ImapServer(maildrop).handle
    port = listen(servers, (server, authority.expired()), (server, good_tls))
    (report,) = asyncio.run(look([ServerSettings(IMAP, HOST, port, SocketType.SSL)], both.vantage))
    codes = {step.step: step.code for step in report.steps}
    assert codes[Step.TLS] is Code.V4_BROKEN_V6_OK


def test_nothing_encrypted_is_asked_of_a_plain_service(
    both: Prober, servers: ServerThread, maildrop: Maildrop
) -> None:
    server = ImapServer(maildrop).handle
    steps = both.one(both.settings(IMAP, listen(servers, (server, None), (server, None)), SocketType.PLAIN))
    assert steps[Step.CAPABILITIES].status is Status.PASSED
    assert steps[Step.TLS].evidence == {}
