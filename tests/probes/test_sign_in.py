"""Signing in: once, over a verified channel, and nobody's password is called wrong that is not."""

import asyncio
import base64
import json
import ssl
from dataclasses import replace

import pytest

from mailsetup.clientconfig import Authentication, ServiceType, SocketType
from mailsetup.probes.findings import Code, Status, Step
from tests.faults import (
    PASSWORD,
    ImapServer,
    Maildrop,
    Pop3Server,
    ServerThread,
    SubmissionServer,
)
from tests.probes.prober import Prober

IMAP, POP3, SMTP = ServiceType.IMAP, ServiceType.POP3, ServiceType.SMTP
SERVERS = {IMAP: ImapServer, POP3: Pop3Server, SMTP: SubmissionServer}


def test_plain_channel_says_when_the_server_itself_wants_encryption(
    prober: Prober, servers: ServerThread, maildrop: Maildrop
) -> None:
    """What nobody asks for a password in the open, and what does."""
    wants = [
        (IMAP, {"capabilities": "IMAP4rev1 STARTTLS LOGINDISABLED"}, Code.IMAP_LOGINDISABLED),
        (IMAP, {"capabilities": "IMAP4rev1 STARTTLS"}, Code.OK),
        (POP3, {"capabilities": ("STLS",)}, Code.AUTH_ONLY_AFTER_TLS),
        (POP3, {"capabilities": ("STLS", "USER")}, Code.OK),
        (SMTP, {"extensions": ("STARTTLS",)}, Code.AUTH_ONLY_AFTER_TLS),
        (SMTP, {"extensions": ("STARTTLS", "AUTH PLAIN")}, Code.OK),
        # Without encryption and without a sign-in: another matter.
        (SMTP, {"extensions": ("8BITMIME",)}, Code.OK),
    ]
    for kind, options, code in wants:
        port = servers.listen(SERVERS[kind](maildrop, **options).handle)
        steps = prober.one(prober.settings(kind, port, SocketType.PLAIN))
        assert steps[Step.CAPABILITIES].code is code
        assert steps[Step.SIGN_IN].code is Code.UNVERIFIED
    assert maildrop.attempts == []


@pytest.mark.parametrize("kind", [IMAP, POP3, SMTP])
def test_wrong_password_is_tried_once(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext, kind: ServiceType
) -> None:
    port = servers.listen(SERVERS[kind](maildrop).handle, good_tls)
    result = prober.one(prober.settings(kind, port), password="wrong one")[Step.SIGN_IN]
    assert (result.status, result.code) == (Status.FAILED, Code.AUTH_FAILED)
    assert len(maildrop.attempts) == 1


@pytest.mark.parametrize(
    ("capabilities", "password"),
    [
        ("IMAP4rev1 AUTH=PLAIN", PASSWORD),
        ("IMAP4rev1", PASSWORD),
        ("IMAP4rev1", 'quo"ted \\ one'),
        ("IMAP4rev1", "grünkohl mit pinkel"),
    ],
)
def test_imap_finds_a_way_to_send_any_password(
    prober: Prober,
    servers: ServerThread,
    maildrop: Maildrop,
    good_tls: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
    capabilities: str,
    password: str,
) -> None:
    monkeypatch.setattr("tests.faults.maildrop.PASSWORD", password)
    port = servers.listen(ImapServer(maildrop, capabilities=capabilities).handle, good_tls)
    steps = prober.one(prober.settings(IMAP, port), password=password)
    assert steps[Step.SIGN_IN].status is Status.PASSED


def test_submission_that_knows_only_login(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    port = servers.listen(SubmissionServer(maildrop, extensions=("AUTH LOGIN",)).handle, good_tls)
    assert prober.one(prober.settings(SMTP, port))[Step.SIGN_IN].status is Status.PASSED


@pytest.mark.parametrize(
    ("kind", "options", "code"),
    [
        (IMAP, {"capabilities": "IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2"}, Code.NO_USABLE_MECH),
        (POP3, {"capabilities": ("SASL XOAUTH2", "TOP")}, Code.NO_USABLE_MECH),
        (SMTP, {"extensions": ("AUTH XOAUTH2",)}, Code.NO_USABLE_MECH),
        (SMTP, {"extensions": ("8BITMIME",)}, Code.AUTH_NOT_OFFERED),
        (IMAP, {"answers": {"AUTHENTICATE": "NO [LIMIT] Maximum reached"}}, Code.TOO_MANY_CONNECTIONS),
        (IMAP, {"answers": {"AUTHENTICATE": "* BYE Too many connections"}}, Code.TOO_MANY_CONNECTIONS),
        (IMAP, {"answers": {"AUTHENTICATE": "* BYE [LIMIT] Reached"}}, Code.TOO_MANY_CONNECTIONS),
        (IMAP, {"answers": {"AUTHENTICATE": "* BYE Shutting down"}}, Code.AUTH_DROPPED),
        (SMTP, {"answers": {"AUTH": "421 4.7.0 too many connections"}}, Code.TOO_MANY_CONNECTIONS),
    ],
)
def test_sign_in_that_can_not_be(
    prober: Prober,
    servers: ServerThread,
    maildrop: Maildrop,
    good_tls: ssl.SSLContext,
    kind: ServiceType,
    options: dict[str, object],
    code: Code,
) -> None:
    port = servers.listen(SERVERS[kind](maildrop, **options).handle, good_tls)
    assert prober.one(prober.settings(kind, port))[Step.SIGN_IN].code is code
    assert maildrop.attempts == []


def test_password_is_not_sent_where_another_way_to_sign_in_is_asked_for(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext
) -> None:
    port = servers.listen(ImapServer(maildrop).handle, good_tls)
    oauth2 = replace(prober.settings(IMAP, port), authentication=Authentication.OAUTH2)
    found = prober.one(oauth2)[Step.SIGN_IN]
    assert (found.status, found.code) == (Status.FAILED, Code.NO_USABLE_MECH)
    assert found.evidence["authentication"] == Authentication.OAUTH2
    assert maildrop.attempts == []


def test_connection_that_ends_during_the_sign_in(
    prober: Prober, servers: ServerThread, good_tls: ssl.SSLContext
) -> None:
    class Dropping(Maildrop):
        def accepts(self, _username: str, _password: str) -> bool:
            raise ConnectionError

    port = servers.listen(ImapServer(Dropping()).handle, good_tls)
    assert prober.one(prober.settings(IMAP, port))[Step.SIGN_IN].code is Code.AUTH_DROPPED


def test_password_is_tried_at_the_outgoing_service_once_the_incoming_one_took_it(
    prober: Prober, servers: ServerThread, good_tls: ssl.SSLContext
) -> None:
    """Each refused attempt counts at the mail server, which then blocks the portal for everybody."""

    class Late(ImapServer):
        async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await submission_is_there.wait()
            await super().handle(reader, writer)

    class Early(SubmissionServer):
        async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            # More than enough for a sign-in that waits for nobody.
            asyncio.get_running_loop().call_later(0.3, submission_is_there.set)
            await super().handle(reader, writer)

    submission_is_there = asyncio.Event()
    drop = Maildrop()
    incoming, outgoing = prober.both(
        prober.settings(IMAP, servers.listen(Late(drop).handle, good_tls)),
        prober.settings(SMTP, servers.listen(Early(drop).handle, good_tls)),
        password="wrong one",
    )
    codes = {step.step: step.code for step in outgoing.steps}
    assert {step.step: step.code for step in incoming.steps}[Step.SIGN_IN] is Code.AUTH_FAILED
    assert codes[Step.SIGN_IN] is codes[Step.SEND] is Code.PASSWORD_REJECTED_ELSEWHERE
    assert len(drop.attempts) == 1


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"AUTHENTICATE": "NO [UNAVAILABLE] try later"}, Code.AUTH_TEMP_FAILURE),
        ({"AUTHENTICATE": "NO [LIMIT] Maximum reached"}, Code.TOO_MANY_CONNECTIONS),
    ],
)
def test_nobody_signs_in_to_send_where_receiving_let_nobody_in(
    prober: Prober,
    servers: ServerThread,
    maildrop: Maildrop,
    good_tls: ssl.SSLContext,
    answers: dict[str, str],
    code: Code,
) -> None:
    incoming, outgoing = prober.both(
        prober.settings(IMAP, servers.listen(ImapServer(Maildrop(), answers=answers).handle, good_tls)),
        prober.settings(SMTP, servers.listen(SubmissionServer(maildrop).handle, good_tls)),
    )
    assert {step.step: step.code for step in incoming.steps}[Step.SIGN_IN] is code
    assert {step.step: step.code for step in outgoing.steps}[Step.SIGN_IN] is Code.RECEIVING_FIRST
    assert maildrop.attempts == []


@pytest.mark.parametrize("kind", [IMAP, POP3, SMTP])
def test_password_that_a_server_echoes_is_not_kept(
    prober: Prober, servers: ServerThread, maildrop: Maildrop, good_tls: ssl.SSLContext, kind: ServiceType
) -> None:
    secret = "hunter2-and-more"
    encoded = base64.b64encode(f"\0anna@example.test\0{secret}".encode()).decode()
    said = f"got {secret} and {{arguments}} and {encoded} and {encoded[:-9]} and {secret[:9]} \x1b[31mred"
    answers = {
        IMAP: {"AUTHENTICATE": f"NO {said}"},
        POP3: {"PASS": f"-ERR {said}".replace("{arguments}", "{argument}")},
        SMTP: {"AUTH": f"535 5.7.8 {said}".replace("{arguments}", "{argument}")},
    }
    server = SERVERS[kind](maildrop, answers=answers[kind])
    port = servers.listen(server.handle, good_tls)
    result = prober.one(prober.settings(kind, port), password=secret)[Step.SIGN_IN]
    shown = json.dumps(result.evidence)
    assert "got [left out] and [left out]" in shown
    for part in (secret, secret[:9], encoded, encoded[-12:-2], "\\u001b", "[31m"):
        assert part not in shown
