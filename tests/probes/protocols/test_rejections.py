"""Why a server refuses, from its own texts: nobody's password is called wrong that is not."""

import pytest

from mailsetup.probes.findings import Code
from mailsetup.probes.protocols.rejections import (
    greeting_refusal,
    identify_service,
    imap_sign_in,
    pop3_sign_in,
    smtp_sign_in,
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[AUTHENTICATIONFAILED] Authentication failed.", Code.AUTH_FAILED),
        ("Invalid user name or password.", Code.AUTH_FAILED),
        ("[UNAVAILABLE] Authentication failed: backend", Code.AUTH_TEMP_FAILURE),
        ("[SERVERBUG] Internal error", Code.AUTH_TEMP_FAILURE),
        ("Login failed, try again later", Code.AUTH_TEMP_FAILURE),
        ("[CONTACTADMIN] Account_locked", Code.AUTH_REJECTED_OTHER),
        ("[ALERT] Application-specific password required", Code.AUTH_REJECTED_OTHER),
        ("[INUSE] Too many connections", Code.TOO_MANY_CONNECTIONS),
        ("[UNAVAILABLE] Maximum number of connections from user+IP exceeded", Code.TOO_MANY_CONNECTIONS),
        ("[INUSE] Mailbox is in use", Code.AUTH_TEMP_FAILURE),
        ("[LIMIT] Reached", Code.TOO_MANY_CONNECTIONS),
        ("[EXPIRED] Password expired", Code.AUTH_REJECTED_OTHER),
        ("[PRIVACYREQUIRED] TLS first", Code.NO_USABLE_MECH),
        ("  [authenticationfailed foo] No", Code.AUTH_FAILED),
        ("Your account is temporarily disabled", Code.AUTH_REJECTED_OTHER),
        ("Login to your account failed: invalid", Code.AUTH_FAILED),
        ("Computer says no", Code.AUTH_REJECTED_OTHER),
    ],
)
def test_imap_refusals(text: str, code: Code) -> None:
    assert imap_sign_in(text) is code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[AUTH] Authentication failed.", Code.AUTH_FAILED),
        ("[AUTH] Account_locked", Code.AUTH_REJECTED_OTHER),
        ("[SYS/TEMP] Authentication failed", Code.AUTH_TEMP_FAILURE),
        ("[IN-USE] mailbox is locked", Code.AUTH_TEMP_FAILURE),
        ("[IN-USE] Maximum number of connections reached", Code.TOO_MANY_CONNECTIONS),
        ("[LOGIN-DELAY] wait", Code.AUTH_TEMP_FAILURE),
        ("[SYS/PERM] broken", Code.AUTH_REJECTED_OTHER),
        ("bad password", Code.AUTH_FAILED),
        ("no", Code.AUTH_REJECTED_OTHER),
    ],
)
def test_pop3_refusals(text: str, code: Code) -> None:
    assert pop3_sign_in(text) is code


@pytest.mark.parametrize(
    ("status", "text", "code"),
    [
        (535, "5.7.8 Error: authentication failed", Code.AUTH_FAILED),
        (535, "Incorrect authentication data", Code.AUTH_FAILED),
        (535, "4.7.8 authentication failed", Code.AUTH_TEMP_FAILURE),
        (454, "Temporary authentication failure", Code.AUTH_TEMP_FAILURE),
        (421, "4.3.2 busy", Code.AUTH_TEMP_FAILURE),
        (454, "4.7.0 Temporary authentication failure", Code.AUTH_TEMP_FAILURE),
        (534, "5.7.9 Application-specific password required", Code.AUTH_REJECTED_OTHER),
        (504, "5.5.4 unrecognized authentication type", Code.NO_USABLE_MECH),
        (503, "5.5.1 AUTH not available", Code.AUTH_NOT_OFFERED),
        (500, "5.5.2 unknown command", Code.AUTH_NOT_OFFERED),
        (502, "5.5.1 not implemented", Code.AUTH_NOT_OFFERED),
        (535, "5.7.8 account disabled", Code.AUTH_REJECTED_OTHER),
        (538, "5.7.11 encryption required", Code.AUTH_REJECTED_OTHER),
        (454, "4.7.0 too many connections", Code.TOO_MANY_CONNECTIONS),
    ],
)
def test_submission_refusals(status: int, text: str, code: Code) -> None:
    assert smtp_sign_in(status, text) is code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[LIMIT] later", Code.TOO_MANY_CONNECTIONS),
        ("Too many connections from your address", Code.TOO_MANY_CONNECTIONS),
        ("[UNAVAILABLE] later", Code.BYE_GREETING),
        ("", Code.BYE_GREETING),
    ],
)
def test_greeting_that_refuses(text: str, code: Code) -> None:
    assert greeting_refusal(text) is code


@pytest.mark.parametrize(
    ("line", "service"),
    [
        ("HTTP/1.1 400 Bad Request", "web"),
        ("<!DOCTYPE html>", "web"),
        ("SSH-2.0-OpenSSH_9.2", "ssh"),
        ("* OK ready", "imap"),
        ("* bye", "imap"),
        ("+OK ready", "pop3"),
        ("-ERR busy", "pop3"),
        ("220 host ESMTP Postfix", "smtp"),
        ("554-mail.example.test", "smtp"),
        ("220 FileZilla Server", ""),
        ("* OKAY", ""),
        ("hello HTTP/1.1", ""),
    ],
)
def test_whose_first_line_it_is(line: str, service: str) -> None:
    assert identify_service(line) == service
