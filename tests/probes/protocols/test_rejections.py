"""Why a server refuses, from its own texts: nobody's password is called wrong that is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsetup.probes.findings import CAUSES, Code
from mailsetup.probes.protocols.rejections import (
    ehlo_refusal,
    greeting_refusal,
    identify_service,
    imap_sign_in,
    mailbox_refusal,
    message_refusal,
    pop3_sign_in,
    smtp_greeting_refusal,
    smtp_sign_in,
)
from tests.growth import growth

BLOCKED = "Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org"

# A rule of the tenant's (conditional access), whatever the password.
CRITERIA = (
    "the request did not meet the criteria to be authenticated successfully. Contact your administrator."
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[AUTHENTICATIONFAILED] Authentication failed.", Code.AUTH_FAILED),
        # RFC 5530 says of it that the server may not want to say more; this one does.
        ("[AUTHENTICATIONFAILED] Your account is disabled", Code.AUTH_FAILED),
        ("[AUTHENTICATIONFAILED] Please generate an app specific password", Code.APP_PASSWORD_NEEDED),
        ("[AUTHENTICATIONFAILED] Too many failed logins", Code.RATE_LIMITED),
        ("[AUTHENTICATIONFAILED] generic failure", Code.AUTH_TEMP_FAILURE),
        # Yandex: it may be either.
        ("[AUTHENTICATIONFAILED] LOGIN invalid credentials or IMAP is disabled", Code.AUTH_FAILED),
        ("Invalid user name or password.", Code.AUTH_FAILED),
        # Exchange, Zimbra; Courier after AUTHENTICATE.
        ("AUTHENTICATE failed.", Code.AUTH_FAILED),
        ("AUTHENTICATE failed: temporary problem", Code.AUTH_TEMP_FAILURE),
        ("authorization failed", Code.AUTH_FAILED),
        ("Unknown user or wrong password.", Code.AUTH_FAILED),
        ("[UNAVAILABLE] Authentication failed: backend", Code.AUTH_TEMP_FAILURE),
        ("[UNAVAILABLE] Your account is disabled", Code.AUTH_TEMP_FAILURE),
        ("[SERVERBUG] Internal error", Code.AUTH_TEMP_FAILURE),
        ("[SERVERBUG] Too many connections", Code.AUTH_TEMP_FAILURE),
        ("Login failed, try again later", Code.AUTH_TEMP_FAILURE),
        # Dovecot 1, Cyrus without its saslauthd, and others whose backend is gone.
        ("Internal login failure. Refer to server log for more information.", Code.AUTH_TEMP_FAILURE),
        ("Login failed: generic failure", Code.AUTH_TEMP_FAILURE),
        ("LOGIN failed: mailbox is in maintenance mode", Code.AUTH_TEMP_FAILURE),
        ("Authentication failed: LDAP server is not responding", Code.AUTH_TEMP_FAILURE),
        ("Login failed: server error", Code.AUTH_TEMP_FAILURE),
        ("Can't connect to LDAP server", Code.AUTH_TEMP_FAILURE),
        ("Login failed: authentication failure", Code.AUTH_FAILED),
        ("Login failed: user not found", Code.AUTH_UNKNOWN_USER),
        ("Wrong password or user not found", Code.AUTH_FAILED),
        # Dovecot 2.4, Cyrus, Zimbra.
        ("[ALERT] Cleartext authentication disallowed on non-secure connections.", Code.AUTH_ONLY_AFTER_TLS),
        ("Login only available under a layer", Code.AUTH_ONLY_AFTER_TLS),
        ("cleartext logins disabled", Code.AUTH_ONLY_AFTER_TLS),
        ("SSL/TLS required", Code.AUTH_ONLY_AFTER_TLS),
        ("no mechanism available", Code.NO_USABLE_MECH),
        ("LOGIN failed. Basic authentication is disabled.", Code.NO_USABLE_MECH),
        ("must change password", Code.PASSWORD_EXPIRED),
        ("User is not enabled for IMAP", Code.ACCOUNT_DISABLED),
        ("IMAP4 is disabled for this user", Code.ACCOUNT_DISABLED),
        ("Your account has been blocked for spamming", Code.ACCOUNT_LOCKED),
        ("Your IP address is blocked", Code.BANNED),
        ("maximum connections reached", Code.TOO_MANY_CONNECTIONS),
        ("Maximum number of simultaneous sessions", Code.TOO_MANY_CONNECTIONS),
        ("[OVERQUOTA] Mailbox is full", Code.OVER_QUOTA),
        ("[AUTHORIZATIONFAILED] Blocked due to too many failed attempts", Code.RATE_LIMITED),
        ("[CONTACTADMIN] Account_locked", Code.ACCOUNT_LOCKED),
        ("[CONTACTADMIN] Your mailbox has been suspended", Code.ACCOUNT_DISABLED),
        ("[CONTACTADMIN] Call us", Code.AUTH_REJECTED_OTHER),
        ("[AUTHORIZATIONFAILED] Password wrong", Code.AUTH_REJECTED_OTHER),
        ("[NOPERM] Not for you", Code.AUTH_REJECTED_OTHER),
        ("[ALERT] Application-specific password required: https://example.test/", Code.APP_PASSWORD_NEEDED),
        ("You need an app password", Code.APP_PASSWORD_NEEDED),
        ("[WEBALERT https://example.test/] Please", Code.WEB_LOGIN_REQUIRED),
        ("[ALERT] Please log in via your web browser", Code.WEB_LOGIN_REQUIRED),
        ("[REFERRAL imap://other.example.test/] Login failed", Code.REFERRAL),
        ("[NONEXISTENT] Authentication failed", Code.AUTH_UNKNOWN_USER),
        ("[INUSE] Too many connections", Code.TOO_MANY_CONNECTIONS),
        ("[UNAVAILABLE] Maximum number of connections from user+IP exceeded", Code.TOO_MANY_CONNECTIONS),
        ("[INUSE] Mailbox is in use", Code.AUTH_TEMP_FAILURE),
        ("[LIMIT] Reached", Code.TOO_MANY_CONNECTIONS),
        ("[LIMIT] Too many login attempts", Code.RATE_LIMITED),
        ("[UNAVAILABLE] Too many failed logins", Code.RATE_LIMITED),
        ("Too many simultaneous logins", Code.TOO_MANY_CONNECTIONS),
        ("Too many bad passwords, slow down", Code.RATE_LIMITED),
        ("Login rate limit reached", Code.RATE_LIMITED),
        ("Your IP address is banned", Code.BANNED),
        ("Login blocked due to failures", Code.BANNED),
        ("[EXPIRED] Password expired", Code.PASSWORD_EXPIRED),
        ("Your password has expired", Code.PASSWORD_EXPIRED),
        ("Your account has expired", Code.ACCOUNT_DISABLED),
        ("[PRIVACYREQUIRED] TLS first", Code.IMAP_LOGINDISABLED),
        ("  [authenticationfailed foo] No", Code.AUTH_FAILED),
        ("Your account is temporarily disabled", Code.ACCOUNT_DISABLED),
        ("Your account is temporarily locked", Code.ACCOUNT_LOCKED),
        ("Login to your account failed: invalid", Code.AUTH_FAILED),
        ("LOGIN is disabled", Code.AUTH_REJECTED_OTHER),
        ("Computer says no", Code.AUTH_REJECTED_OTHER),
    ],
)
def test_imap_refusals(text: str, code: Code) -> None:
    assert imap_sign_in(text) is code


@pytest.mark.parametrize(
    ("status", "text", "code"),
    [
        (500, "5.5.2 unrecognized command", Code.AUTH_NOT_OFFERED),
        (502, "5.5.1 not implemented", Code.AUTH_NOT_OFFERED),
        (550, "5.7.1 Helo command rejected: need fully-qualified hostname", Code.GREET_554),
        (554, "5.7.1 Service unavailable; Client host blocked using a blocklist", Code.GREET_554),
        (550, "Your IP address is banned", Code.BANNED),
        (421, "4.3.2 System shutting down", Code.SMTP_421_BUSY),
        (451, "4.7.0 Too many connections", Code.TOO_MANY_CONNECTIONS),
        (521, "5.3.2 no mail here", Code.GREET_521),
    ],
)
def test_refusals_of_ehlo(status: int, text: str, code: Code) -> None:
    assert ehlo_refusal(status, text) is code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[AUTH] Authentication failed.", Code.AUTH_FAILED),
        ("[AUTH] Account_locked", Code.ACCOUNT_LOCKED),
        ("[AUTH] Plaintext authentication disallowed on non-secure connections.", Code.AUTH_ONLY_AFTER_TLS),
        ("[AUTH] Login is disabled", Code.AUTH_REJECTED_OTHER),
        ("[AUTH] Too many failures", Code.RATE_LIMITED),
        ("[SYS/TEMP] Authentication failed", Code.AUTH_TEMP_FAILURE),
        ("[SYS/TEMP] Wrong password", Code.AUTH_TEMP_FAILURE),
        ("[SYS/TEMP] Account locked", Code.AUTH_TEMP_FAILURE),
        ("[SYS/PERM] Authentication failed", Code.AUTH_PERM_FAILURE),
        # Gmail.
        ("[SYS/PERM] Your account is not enabled for POP access.", Code.ACCOUNT_DISABLED),
        ("[SYS/PERM] Deleting is not allowed", Code.AUTH_PERM_FAILURE),
        ("[AUTH] Temporary authentication failure.", Code.AUTH_TEMP_FAILURE),
        ("[AUTH] Cleartext authentication disallowed on non-secure connections.", Code.AUTH_ONLY_AFTER_TLS),
        # hMailServer, RFC 1939, UW: a lock of the session before, and not of the account.
        ("Your mailbox is already locked", Code.POP_IN_USE),
        ("Mailbox locked.", Code.POP_IN_USE),
        ("unable to lock maildrop", Code.POP_IN_USE),
        ("Can't get lock.  Mailbox in use", Code.POP_IN_USE),
        ("The account or domain is locked.", Code.ACCOUNT_LOCKED),
        ("Your mailbox is locked, contact your administrator", Code.ACCOUNT_LOCKED),
        ("Use STLS first", Code.AUTH_ONLY_AFTER_TLS),
        ("[IN-USE] mailbox is locked", Code.POP_IN_USE),
        ("[IN-USE] Maximum number of connections reached", Code.TOO_MANY_CONNECTIONS),
        ("[LOGIN-DELAY] wait", Code.POP_LOGIN_DELAY),
        ("[LOGIN-DELAY] too often", Code.POP_LOGIN_DELAY),
        ("unknown user anna@example.test", Code.AUTH_UNKNOWN_USER),
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
        # Postfix without its saslauthd, with a mechanism that isn't there, and what it says of any other no.
        (535, "5.7.8 Error: authentication failed: generic failure", Code.AUTH_TEMP_FAILURE),
        (535, "5.7.8 Error: authentication failed: no mechanism available", Code.NO_USABLE_MECH),
        (535, "5.7.8 Error: authentication failed: (reason unavailable)", Code.AUTH_FAILED),
        (535, "5.7.0 Connection lost to authentication server", Code.AUTH_TEMP_FAILURE),
        (535, "Error: authentication failed, system busy", Code.AUTH_TEMP_FAILURE),
        (535, "5.7.8 internal error", Code.AUTH_TEMP_FAILURE),
        (550, "5.7.8 Authentication failed", Code.AUTH_FAILED),
        (552, "5.2.2 Mailbox full", Code.OVER_QUOTA),
        (452, "4.2.2 Mailbox full", Code.OVER_QUOTA),
        # Exchange Online.
        (535, "5.7.139 Authentication unsuccessful, the user credentials were incorrect.", Code.AUTH_FAILED),
        (535, f"5.7.139 Authentication unsuccessful, {CRITERIA}", Code.AUTH_REJECTED_OTHER),
        (550, "5.7.30 Basic authentication is not supported for Client Submission.", Code.NO_USABLE_MECH),
        # It comes in answer to a sign-in, over TLS.
        (530, "5.7.0 Authentication required", Code.AUTH_REJECTED_OTHER),
        (530, "5.7.0 Must issue a STARTTLS command first", Code.AUTH_ONLY_AFTER_TLS),
        (454, "Temporary authentication failure", Code.AUTH_TEMP_FAILURE),
        (421, "4.3.2 busy", Code.AUTH_TEMP_FAILURE),
        (454, "4.7.0 Temporary authentication failure", Code.AUTH_TEMP_FAILURE),
        (454, "4.7.0 Account locked, wrong password", Code.AUTH_TEMP_FAILURE),
        (534, "5.7.9 Application-specific password required", Code.APP_PASSWORD_NEEDED),
        (534, "5.7.9 Authentication mechanism is too weak", Code.NO_USABLE_MECH),
        (534, "5.7.14 Please log in and try again", Code.WEB_LOGIN_REQUIRED),
        (504, "5.5.4 unrecognized authentication type", Code.NO_USABLE_MECH),
        (503, "5.5.1 AUTH not available", Code.AUTH_NOT_OFFERED),
        (500, "5.5.2 unknown command", Code.AUTH_NOT_OFFERED),
        (502, "5.5.1 not implemented", Code.AUTH_NOT_OFFERED),
        (535, "5.7.8 account disabled", Code.ACCOUNT_DISABLED),
        (535, "5.2.1 Authentication failed", Code.ACCOUNT_DISABLED),
        (535, "5.7.13 Authentication failed", Code.ACCOUNT_DISABLED),
        (525, "no", Code.ACCOUNT_DISABLED),
        (535, "5.7.8 too many failed logins", Code.RATE_LIMITED),
        (535, "5.7.8 no such user", Code.AUTH_UNKNOWN_USER),
        (535, "5.7.139 SmtpClientAuthentication is disabled", Code.AUTH_REJECTED_OTHER),
        (530, "5.7.0 no", Code.AUTH_ONLY_AFTER_TLS),
        (538, "no", Code.AUTH_ONLY_AFTER_TLS),
        (534, "5.7.11 no", Code.AUTH_ONLY_AFTER_TLS),
        (454, "4.7.0 too many connections", Code.TOO_MANY_CONNECTIONS),
        (550, "no", Code.AUTH_REJECTED_OTHER),
    ],
)
def test_submission_refusals(status: int, text: str, code: Code) -> None:
    assert smtp_sign_in(status, text) is code


PASSING = {code for code, cause in CAUSES.items() if cause.passing}


@given(st.text(), st.sampled_from(["UNAVAILABLE", "SERVERBUG", "INUSE", "LIMIT"]))
def test_what_passes_is_never_a_wrong_password(text: str, code: str) -> None:
    """Whatever the words behind the code of a passing refusal: nobody changes a right password for it."""
    words = f"{text} wrong password, account locked, expired {text}"
    assert imap_sign_in(f"[{code}] {words}") in PASSING
    assert pop3_sign_in(f"[SYS/TEMP] {words}") in PASSING
    assert smtp_sign_in(454, words) in PASSING
    assert smtp_sign_in(535, f"4.7.0 {words}") in PASSING


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[LIMIT] later", Code.TOO_MANY_CONNECTIONS),
        ("Too many connections from your address", Code.TOO_MANY_CONNECTIONS),
        ("Rate limit reached", Code.RATE_LIMITED),
        ("Too many failed logins from your address", Code.RATE_LIMITED),
        ("Your IP address is blocked", Code.BANNED),
        ("IP blocked: listed in zen.example.test", Code.GREET_554),
        ("[ALERT] Access denied for your host", Code.GREET_554),
        ("You're not allowed to connect", Code.GREET_554),
        ("[UNAVAILABLE] Connection refused by backend", Code.BYE_GREETING),
        ("[LIMIT] You are banned", Code.BANNED),
        ("[UNAVAILABLE] later", Code.BYE_GREETING),
        ("", Code.BYE_GREETING),
    ],
)
def test_greeting_that_refuses(text: str, code: Code) -> None:
    assert greeting_refusal(text) is code


@pytest.mark.parametrize(
    ("status", "text", "code"),
    [
        (421, "4.3.2 later", Code.SMTP_421_BUSY),
        (450, "later", Code.SMTP_421_BUSY),
        (421, "4.7.0 Too many connections", Code.TOO_MANY_CONNECTIONS),
        (421, "4.7.0 Too many failed logins", Code.RATE_LIMITED),
        (550, "Your IP has been temporarily blocked", Code.BANNED),
        (554, "5.7.1 Client host blocked using a blocklist", Code.GREET_554),
        (550, "no", Code.GREET_554),
        (554, "banned", Code.BANNED),
        (521, "Too many connections", Code.GREET_521),
    ],
)
def test_submission_greeting_that_refuses(status: int, text: str, code: Code) -> None:
    assert smtp_greeting_refusal(status, text) is code


@pytest.mark.parametrize(
    ("phase", "status", "text", "code"),
    [
        # The code decides, whatever the words.
        ("mail", 552, "5.3.4 spam", Code.SIZE_LIMIT),
        ("rcpt", 552, "5.2.2 relay access denied", Code.OVER_QUOTA),
        ("rcpt", 452, "4.2.2 try again", Code.OVER_QUOTA),
        ("mail", 552, "5.2.3 no", Code.SIZE_LIMIT),
        ("mail", 550, "5.7.60 SMTP; Client does not have permissions", Code.SENDER_MISMATCH),
        ("mail", 530, "5.7.57 Client not authenticated to send mail", Code.AUTH_REQUIRED),
        ("mail", 530, "no", Code.AUTH_REQUIRED),
        ("rcpt", 550, "5.4.5 Daily quota exceeded", Code.SEND_RATE_LIMITED),
        ("rcpt", 550, "5.1.1 relay access denied", Code.RCPT_UNKNOWN),
        ("rcpt", 550, "5.1.10 no", Code.RCPT_UNKNOWN),
        ("mail", 550, "5.1.1 no", Code.SEND_REJECTED),
        # What passes stays what passes, but for Postfix' default where nobody is permitted.
        ("rcpt", 454, "4.7.1 <a@b.test>: Relay access denied", Code.RELAY_DENIED),
        ("rcpt", 451, "4.7.1 Greylisting in effect", Code.GREYLIST),
        ("rcpt", 450, "Graylisted", Code.GREYLIST),
        ("mail", 451, "4.7.1 spam", Code.SEND_TEMP_FAILURE),
        ("message", 451, "4.3.0 later", Code.SEND_TEMP_FAILURE),
        ("mail", 421, "4.7.0 Too many messages", Code.SEND_RATE_LIMITED),
        ("rcpt", 452, "You may send 100 messages per hour", Code.SEND_RATE_LIMITED),
        ("mail", 550, "4.3.2 no", Code.SEND_TEMP_FAILURE),
        # Words, where the code says no more than no.
        ("rcpt", 554, "5.7.1 <a@b.test>: Relay access denied", Code.RELAY_DENIED),
        ("rcpt", 550, "5.7.1 Unable to relay", Code.RELAY_DENIED),
        ("rcpt", 554, "5.7.1 Recipient address rejected: Access denied", Code.AUTH_REQUIRED),
        ("rcpt", 553, "5.7.1 Sender address rejected: not owned by user bert", Code.SENDER_MISMATCH),
        ("mail", 550, "You are not allowed to send as this address", Code.SENDER_MISMATCH),
        ("rcpt", 550, "Too many emails today", Code.SEND_RATE_LIMITED),
        ("rcpt", 550, "Mailbox of anna is full", Code.OVER_QUOTA),
        ("rcpt", 550, "Quota exceeded", Code.OVER_QUOTA),
        ("message", 552, "Message too large", Code.SIZE_LIMIT),
        ("rcpt", 550, "No such user here", Code.RCPT_UNKNOWN),
        ("mail", 550, "No such user here", Code.SEND_REJECTED),
        ("rcpt", 550, "5.7.1 Rejected as spam", Code.CONTENT_REJECTED),
        # Postfix, of where we come from and not of the message; without its permit_sasl_authenticated.
        ("rcpt", 554, f"5.7.1 {BLOCKED}", Code.SEND_REJECTED),
        ("rcpt", 554, "5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied", Code.AUTH_REQUIRED),
        ("rcpt", 553, "5.7.1 <a@b.test>: Sender address rejected: not logged in", Code.AUTH_REQUIRED),
        ("message", 554, "5.7.1 no", Code.CONTENT_REJECTED),
        ("message", 554, "no", Code.CONTENT_REJECTED),
        # What isn't about the message: the system, the network, the protocol.
        ("message", 554, "5.4.0 Error: too many hops", Code.SEND_REJECTED),
        ("message", 550, "5.3.5 Local configuration error", Code.SEND_REJECTED),
        ("message", 554, "5.5.1 no valid recipients", Code.SEND_REJECTED),
        ("message", 554, "5.3.0 Rejected by the virus scanner", Code.CONTENT_REJECTED),
        # Exim, without an enhanced status.
        ("message", 552, "Message size exceeds maximum permitted", Code.SIZE_LIMIT),
        ("rcpt", 452, "Mailbox is full", Code.OVER_QUOTA),
        ("mail", 550, "Sender address must match authenticated user", Code.SENDER_MISMATCH),
        # RFC 5321 section 4.2.3.
        ("message", 552, "Requested mail action aborted: exceeded storage allocation", Code.OVER_QUOTA),
        ("rcpt", 552, "storage limit reached", Code.OVER_QUOTA),
        ("rcpt", 552, "Disk quota exceeded", Code.OVER_QUOTA),
        ("data", 554, "5.7.1 no", Code.SEND_REJECTED),
        ("mail", 553, "5.7.1 not yours", Code.SEND_REJECTED),
    ],
)
def test_message_refusals(phase: str, status: int, text: str, code: Code) -> None:
    assert message_refusal(phase, status, text) is code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[NONEXISTENT] Mailbox doesn't exist", Code.MAILBOX_MISSING),
        ("[noperm] no", Code.MAILBOX_MISSING),
        ("[SERVERBUG] nonexistent", Code.MAILBOX_UNAVAILABLE),
        ("no", Code.MAILBOX_UNAVAILABLE),
    ],
)
def test_mailbox_refusals(text: str, code: Code) -> None:
    assert mailbox_refusal(text) is code


@pytest.mark.parametrize("words", ["too many ", "invalid ", "account ", "log in via "])
def test_looking_for_words_takes_no_longer_for_each_than_for_the_first(words: str) -> None:
    def look(hostile: str) -> None:
        imap_sign_in(hostile)
        smtp_sign_in(535, hostile)
        message_refusal("rcpt", 550, hostile)

    assert growth(look, words * 1000, words * 8000) < 20, "eight times the text"


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
