"""For each cause, how the suite provokes it: the words stand in docs/causes.md, the fault is planted here."""

import ssl
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import dns.rcode
import dns.resolver

from mailsetup.clientconfig import ServerSettings, ServiceType
from mailsetup.probes.findings import Code
from tests.faults import (
    HOST,
    FaultyNameServer,
    ImapServer,
    Maildrop,
    alerts,
    closed_port,
    closes_at_once,
    dribbles,
    full_backlog,
    greets,
    is_silent,
    resets,
)
from tests.probes.stage import IMAP, PLAIN, POP3, SMTP, STARTTLS, Shown, Stage

Plant = Callable[[Stage], Shown]


@dataclass(frozen=True)
class Planted:
    """`how` completes the sentence "The suite provokes it by …"."""

    code: Code
    how: str
    plant: Plant


PLANTED: list[Planted] = []
# Those that no mail server makes: what else does, and the test that sees it.
ELSEWHERE: dict[Code, tuple[str, str]] = {
    Code.LOST_RUN: ("killing the worker", "tests/e2e/test_lost_run.py"),
}


def planted(code: Code, how: str) -> Callable[[Plant], Plant]:
    def add(plant: Plant) -> Plant:
        PLANTED.append(Planted(code, how, plant))
        return plant

    return add


# --- The test itself -----------------------------------------------------------------------------------


@planted(Code.NOT_TESTABLE_HERE, "a machine without any name server")
def _(stage: Stage) -> Shown:
    def unconfigured(*_args: object, **_options: object) -> None:
        raise dns.resolver.NoResolverConfiguration

    stage.patch.setattr("dns.asyncresolver.Resolver.read_resolv_conf", unconfigured)
    return stage.receives(stage.prober.settings(IMAP, 993, host="nowhere.example.test"))


# --- Names ---------------------------------------------------------------------------------------------


@planted(Code.DNS_NXDOMAIN, "a name server that doesn’t know the name")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.names_by(FaultyNameServer({})))


@planted(Code.DNS_NO_ADDRESS, "a zone with an MX record only")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.names_by(FaultyNameServer({(HOST, "MX"): ("10 other.example.test.",)})))


@planted(Code.DNS_TIMEOUT, "a name server that keeps silent")
def _(stage: Stage) -> Shown:
    stage.limited(probe_dns_seconds=0.4)
    return stage.receives(stage.names_by(FaultyNameServer({}, rcode=None)))


@planted(Code.DNS_SERVFAIL, "a name server that answers SERVFAIL")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.names_by(FaultyNameServer({}, dns.rcode.SERVFAIL)))


@planted(Code.DNS_CNAME_LOOP, "two CNAME records that point to each other")
def _(stage: Stage) -> Shown:
    records = {(HOST, "CNAME"): ("b.example.test.",), ("b.example.test", "CNAME"): (f"{HOST}.",)}
    return stage.receives(stage.names_by(FaultyNameServer(records)))


@planted(Code.DNSSEC_BOGUS, "SERVFAIL unless the question says not to check signatures")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.names_by(FaultyNameServer({(HOST, "A"): ("127.0.0.1",)}, bogus=True)))


@planted(Code.DNS_PRIVATE_ADDRESS, "an A record of 10.0.0.5")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.names_by(FaultyNameServer({(HOST, "A"): ("10.0.0.5",)})))


# --- The connection ------------------------------------------------------------------------------------


@planted(Code.TCP_REFUSED, "a port where nothing listens")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.prober.settings(IMAP, closed_port()))


@planted(Code.TCP_TIMEOUT, "a port whose queue is full, so that the kernel drops SYN")
def _(stage: Stage) -> Shown:
    stage.limited(probe_connect_seconds=0.3)
    return stage.receives(stage.prober.settings(IMAP, stage.running.enter_context(full_backlog())))


@planted(Code.TCP_RESET, "a server that resets each connection (SO_LINGER 0)")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.handler(resets, STARTTLS))


@planted(Code.NET_UNREACHABLE, "an address to which the kernel opens no connection (255.255.255.255)")
def _(stage: Stage) -> Shown:
    stage.found_at("255.255.255.255", allowing=["255.255.255.255/32"])
    return stage.receives(stage.prober.settings(IMAP, 993))


@planted(Code.NET_UNREACHABLE_V6, "an IPv6 address beside a good one, to which the kernel knows no way")
def _(stage: Stage) -> Shown:
    # TCP to a group of machines: unreachable everywhere, with IPv6 and without.
    stage.found_at("127.0.0.1", "ff02::1", allowing=["ff02::1/128"])
    stage.patch.setattr("mailsetup.probes.wire.network._has_ipv6_route", lambda: True)
    return stage.receives(stage.server(IMAP))


@planted(Code.V6_BROKEN_V4_OK, "a server that listens on IPv4 only, with an AAAA record")
def _(stage: Stage) -> Shown:
    stage.found_at("127.0.0.1", "::1", allowing=["::1/128"])
    return stage.receives(stage.server(IMAP))


@planted(Code.CLOSED_AT_ONCE, "a server that accepts and closes")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.handler(closes_at_once))


@planted(Code.SILENT, "a server that accepts and says nothing, to a handshake neither")
def _(stage: Stage) -> Shown:
    stage.limited(probe_tls_seconds=0.3)
    return stage.receives(stage.handler(is_silent))


@planted(Code.DRIBBLE, "a greeting letter by letter that never ends")
def _(stage: Stage) -> Shown:
    stage.limited(probe_greeting_seconds=0.3)
    return stage.receives(stage.handler(dribbles(b"* OK slow"), STARTTLS))


@planted(Code.BANNER_GARBAGE, "a first line that belongs to no protocol")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.handler(greets(b"%%% hello %%%\r\n"), STARTTLS))


@planted(Code.WRONG_SERVICE, "an SSH server’s first line")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.handler(greets(b"SSH-2.0-OpenSSH_9.2\r\n")))


@planted(Code.GREET_521, "a greeting of 521")
def _(stage: Stage) -> Shown:
    return stage.sends(stage.server(SMTP, greeting="521 mail.example.test does not accept mail"))


@planted(Code.GREET_554, "a greeting of 554")
def _(stage: Stage) -> Shown:
    return stage.sends(stage.server(SMTP, greeting="554 5.7.1 Client host blocked using a blocklist"))


@planted(Code.SMTP_421_BUSY, "a greeting of 421")
def _(stage: Stage) -> Shown:
    return stage.sends(stage.server(SMTP, greeting="421 4.3.2 Service not available"))


@planted(Code.SMTP_421_BUSY, "421 in reply to EHLO")
def _(stage: Stage) -> Shown:
    return stage.sends(stage.server(SMTP, answers={"EHLO": "421 4.3.2 System shutting down"}))


@planted(Code.BYE_GREETING, "an IMAP greeting of * BYE [UNAVAILABLE]")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, greeting="* BYE [UNAVAILABLE] closed for today"))


@planted(Code.PREAUTH, "an IMAP greeting of * PREAUTH")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, greeting="* PREAUTH welcome"))


# --- Encryption ----------------------------------------------------------------------------------------


@planted(Code.PROTO_PLAIN_ON_TLS, "a plain IMAP server where TLS should be")
def _(stage: Stage) -> Shown:
    port = stage.servers.listen(ImapServer(stage.maildrop).handle)
    return stage.receives(stage.prober.settings(IMAP, port))


@planted(Code.TLS_TO_STARTTLS_PORT, "a plain IMAP server with STARTTLS where TLS should be")
def _(stage: Stage) -> Shown:
    port = stage.servers.listen(ImapServer(stage.maildrop, stage.tls).handle)
    return stage.receives(stage.prober.settings(IMAP, port))


@planted(Code.PROTO_TLS_ON_PLAIN, "a server of implicit TLS where STARTTLS should be")
def _(stage: Stage) -> Shown:
    stage.limited(probe_greeting_seconds=0.2)
    port = stage.servers.listen(ImapServer(stage.maildrop).handle, stage.tls)
    return stage.receives(stage.prober.settings(IMAP, port, STARTTLS))


@planted(Code.TLS_UNRECOGNIZED_NAME, "the alert “unrecognized name” in reply to the handshake")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.handler(alerts(112)))


@planted(Code.TLS_ALERT_HANDSHAKE, "the alert “handshake failure” in reply to the handshake")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.handler(alerts(40)))


@planted(Code.TLS_EOF, "a server that has no key, says “go ahead” to STARTTLS and closes")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, STARTTLS, tls=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)))


@planted(Code.TLS_HANDSHAKE, "the alert “internal error” in reply to the handshake")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.handler(alerts(80)))


@planted(Code.TLS_OLD_ONLY, "a server that ends at TLS 1.1")
def _(stage: Stage) -> Shown:
    old = stage.authority.good()
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    return stage.receives(stage.server(IMAP, tls=old))


@planted(Code.STARTTLS_MASKED, "an EHLO in which STARTTLS is crossed out as XXXXXXXA")
def _(stage: Stage) -> Shown:
    masked = ("AUTH PLAIN", "XXXXXXXA")
    return stage.sends(stage.server(SMTP, STARTTLS, starttls=None, extensions=masked))


@planted(Code.STARTTLS_MISSING, "a server that doesn’t offer STARTTLS")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, STARTTLS, starttls=None))


@planted(Code.STARTTLS_REFUSED, "454 TLS not available in reply to STARTTLS")
def _(stage: Stage) -> Shown:
    return stage.sends(stage.server(SMTP, STARTTLS, answers={"STARTTLS": "454 4.7.0 TLS not available"}))


@planted(Code.STARTTLS_INJECTION, "a line behind the go-ahead, in the same segment")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(POP3, STARTTLS, injected=b"+OK injected\r\n"))


@planted(Code.CERT_EXPIRED, "a certificate that ended three days ago")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, tls=stage.authority.expired()))


@planted(Code.CERT_INTERMEDIATE_EXPIRED, "a chain whose intermediate ended three days ago")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, tls=stage.authority.with_expired_intermediate()))


@planted(Code.CERT_NOT_YET, "a certificate that begins in three days")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, tls=stage.authority.not_yet()))


@planted(Code.CERT_WRONG_NAME, "a certificate for web.example.test")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, STARTTLS, tls=stage.authority.good("web.example.test")))


@planted(Code.CERT_SELF_SIGNED, "a certificate that signed itself")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, tls=stage.authority.self_signed()))


@planted(Code.CERT_MISSING_INTERMEDIATE, "the server’s own certificate without the intermediate")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, tls=stage.authority.without_intermediate()))


@planted(Code.CERT_UNKNOWN_CA, "a certificate of an authority that nobody knows")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, tls=stage.authority.of_unknown_authority()))


@planted(Code.CERT_WEAK_KEY, "a certificate with an RSA key of 1024 bits")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, tls=stage.authority.with_small_key()))


@planted(Code.CERT_WEAK_SHA1, "a certificate that is signed with SHA-1")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, tls=stage.authority.signed_with_sha1()))


@planted(Code.CERT_EXPIRES_SOON, "a certificate with ten days left")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, tls=stage.authority.good(days=10)))


# --- Signing in ----------------------------------------------------------------------------------------


@planted(Code.IMAP_LOGINDISABLED, "LOGINDISABLED where no encryption is set")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, PLAIN, capabilities="IMAP4rev1 STARTTLS LOGINDISABLED"))


@planted(Code.IMAP_LOGINDISABLED, "LOGINDISABLED and no mechanism, over TLS")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, capabilities="IMAP4rev1 IDLE LOGINDISABLED"))


@planted(
    Code.AUTH_ONLY_AFTER_TLS, "a submission server without encryption set, whose AUTH waits for STARTTLS"
)
def _(stage: Stage) -> Shown:
    return stage.sends(stage.server(SMTP, PLAIN, extensions=("STARTTLS",)))


@planted(Code.AUTH_ONLY_AFTER_TLS, "530 Must issue a STARTTLS command first")
def _(stage: Stage) -> Shown:
    return stage.sends(refusing(stage, SMTP, "530 5.7.0 Must issue a STARTTLS command first"))


@planted(Code.NO_USABLE_MECH, "a submission server that offers XOAUTH2 alone")
def _(stage: Stage) -> Shown:
    return stage.sends(stage.server(SMTP, extensions=("AUTH XOAUTH2",)))


@planted(Code.AUTH_NOT_OFFERED, "a submission server that offers no AUTH")
def _(stage: Stage) -> Shown:
    return stage.sends(stage.server(SMTP, extensions=("8BITMIME",)))


@planted(Code.AUTH_FAILED, "a wrong password; Dovecot and Postfix too")
def _(stage: Stage) -> Shown:
    stage.patch.setattr("tests.faults.maildrop.PASSWORD", "another one")
    return stage.receives(stage.server(IMAP))


@planted(Code.BANNED, "an IMAP greeting of * BYE that says banned")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, greeting="* BYE Your address is banned for 10 minutes"))


@planted(Code.BANNED, "a refused sign-in whose words say banned")
def _(stage: Stage) -> Shown:
    return stage.receives(refusing(stage, POP3, "-ERR IP banned"))


@planted(Code.RATE_LIMITED, "454 4.7.0 too many failed logins")
def _(stage: Stage) -> Shown:
    return stage.sends(refusing(stage, SMTP, "454 4.7.0 Too many failed login attempts, try again later"))


@planted(Code.REFERRAL, "NO [REFERRAL] in reply to the sign-in")
def _(stage: Stage) -> Shown:
    return stage.receives(refusing(stage, IMAP, "NO [REFERRAL imap://other.example.test/] moved"))


@planted(Code.ACCOUNT_DISABLED, "525 5.7.13 in reply to the sign-in")
def _(stage: Stage) -> Shown:
    return stage.sends(refusing(stage, SMTP, "525 5.7.13 User Account Disabled"))


@planted(Code.ACCOUNT_LOCKED, "-ERR [AUTH] Account_locked; Dovecot’s nologin with a reason too")
def _(stage: Stage) -> Shown:
    return stage.receives(refusing(stage, POP3, "-ERR [AUTH] Account_locked"))


@planted(Code.PASSWORD_EXPIRED, "NO [EXPIRED] in reply to the sign-in")
def _(stage: Stage) -> Shown:
    return stage.receives(refusing(stage, IMAP, "NO [EXPIRED] Please change it"))


@planted(Code.APP_PASSWORD_NEEDED, "534 5.7.9 Application-specific password required")
def _(stage: Stage) -> Shown:
    return stage.sends(refusing(stage, SMTP, "534 5.7.9 Application-specific password required"))


@planted(Code.WEB_LOGIN_REQUIRED, "NO [WEBALERT] in reply to the sign-in")
def _(stage: Stage) -> Shown:
    return stage.receives(refusing(stage, IMAP, "NO [WEBALERT https://example.test/] Web login required"))


@planted(Code.AUTH_UNKNOWN_USER, "-ERR no such user")
def _(stage: Stage) -> Shown:
    return stage.receives(refusing(stage, POP3, "-ERR No such user here"))


@planted(Code.AUTH_PERM_FAILURE, "-ERR [SYS/PERM] in reply to the sign-in")
def _(stage: Stage) -> Shown:
    return stage.receives(refusing(stage, POP3, "-ERR [SYS/PERM] Authentication failed, mailbox is broken"))


@planted(Code.AUTH_TEMP_FAILURE, "-ERR [SYS/TEMP] in reply to the sign-in")
def _(stage: Stage) -> Shown:
    return stage.receives(refusing(stage, POP3, "-ERR [SYS/TEMP] Authentication failed: wrong password"))


@planted(Code.AUTH_TEMP_FAILURE, "454 4.7.0 in reply to the sign-in")
def _(stage: Stage) -> Shown:
    return stage.sends(refusing(stage, SMTP, "454 4.7.0 Invalid password: authentication backend failed"))


@planted(Code.AUTH_TEMP_FAILURE, "NO [UNAVAILABLE] in reply to the sign-in")
def _(stage: Stage) -> Shown:
    return stage.receives(
        stage.server(IMAP, answers={"AUTHENTICATE": "NO [UNAVAILABLE] Authentication failed"})
    )


@planted(Code.AUTH_REJECTED_OTHER, "a refusal without a code or a word that says why")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(POP3, answers={"PASS": "-ERR Computer says no"}))


@planted(Code.AUTH_DROPPED, "a server that closes when it has the password")
def _(stage: Stage) -> Shown:
    class Dropping(Maildrop):
        def accepts(self, _username: str, _password: str) -> bool:
            raise ConnectionError

    stage.maildrop = Dropping()
    return stage.receives(stage.server(IMAP))


@planted(Code.TOO_MANY_CONNECTIONS, "NO [LIMIT] in reply to the sign-in; Dovecot’s own limit too")
def _(stage: Stage) -> Shown:
    return stage.receives(
        stage.server(IMAP, answers={"AUTHENTICATE": "NO [LIMIT] Maximum number of connections exceeded"})
    )


@planted(Code.TOO_MANY_CONNECTIONS, "an IMAP greeting of * BYE [LIMIT]")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, greeting="* BYE [LIMIT] Reached"))


@planted(Code.POP_IN_USE, "-ERR [IN-USE] in reply to the sign-in")
def _(stage: Stage) -> Shown:
    return stage.receives(refusing(stage, POP3, "-ERR [IN-USE] Mailbox is locked by another session"))


@planted(Code.POP_LOGIN_DELAY, "-ERR [LOGIN-DELAY] in reply to the sign-in")
def _(stage: Stage) -> Shown:
    return stage.receives(refusing(stage, POP3, "-ERR [LOGIN-DELAY] Wait 5 minutes"))


def refusing(stage: Stage, kind: ServiceType, answer: str) -> ServerSettings:
    """A server that answers a sign-in like this."""
    command = {IMAP: "AUTHENTICATE", POP3: "PASS", SMTP: "AUTH"}[kind]
    return stage.server(kind, answers={command: answer})


# --- The mailbox ---------------------------------------------------------------------------------------


@planted(Code.MAILBOX_MISSING, "an INBOX that answers NO [NONEXISTENT]")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, answers={"SELECT": "NO [NONEXISTENT] Mailbox doesn't exist"}))


@planted(Code.MAILBOX_UNAVAILABLE, "an INBOX that answers NO [SERVERBUG]")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, answers={"SELECT": "NO [SERVERBUG] Internal error occurred"}))


@planted(Code.OVER_QUOTA, "an IMAP quota of which 97 % is used; Dovecot’s too")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, quota=(970, 1000)))


@planted(Code.OVER_QUOTA, "a full mailbox, to which a message is taken and not delivered")
def _(stage: Stage) -> Shown:
    stage.limited(probe_push_seconds=0.1, probe_arrive_seconds=0.2)
    stage.maildrop.delivers_to = None
    return stage.goes_around(stage.server(IMAP, quota=(1000, 1000)), stage.server(SMTP), 1)


@planted(Code.IDLE_MISSING, "an IMAP server without IDLE")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, capabilities="IMAP4rev1 UIDPLUS SASL-IR AUTH=PLAIN"))


@planted(Code.IDLE_SILENT, "an IMAP server that announces nothing in IDLE")
def _(stage: Stage) -> Shown:
    stage.limited(probe_push_seconds=0.2)
    return stage.goes_around(stage.server(IMAP, announces=False), stage.server(SMTP), 0)


# --- Sending and arriving ------------------------------------------------------------------------------


@planted(Code.AUTH_REQUIRED, "530 in reply to MAIL")
def _(stage: Stage) -> Shown:
    return refused(stage, {"MAIL": "530 5.7.0 Authentication required"})


@planted(Code.RELAY_DENIED, "554 5.7.1 Relay access denied")
def _(stage: Stage) -> Shown:
    return refused(stage, {"RCPT": "554 5.7.1 <anna@example.test>: Relay access denied"})


@planted(Code.SENDER_MISMATCH, "553 5.7.1 Sender address rejected: not owned by user; Postfix’s own too")
def _(stage: Stage) -> Shown:
    words = "Sender address rejected: not owned by user bert@example.test"
    return refused(stage, {"RCPT": f"553 5.7.1 <anna@example.test>: {words}"})


@planted(Code.RCPT_UNKNOWN, "550 5.1.1 in reply to RCPT")
def _(stage: Stage) -> Shown:
    return refused(stage, {"RCPT": "550 5.1.1 <anna@example.test>: User unknown in virtual mailbox table"})


@planted(Code.OVER_QUOTA, "552 5.2.2 in reply to RCPT")
def _(stage: Stage) -> Shown:
    return refused(stage, {"RCPT": "552 5.2.2 Quota exceeded (mailbox for user is full)"})


@planted(Code.SIZE_LIMIT, "552 5.3.4 in reply to MAIL")
def _(stage: Stage) -> Shown:
    return refused(stage, {"MAIL": "552 5.3.4 Message size exceeds fixed limit"})


@planted(Code.CONTENT_REJECTED, "550 5.7.1 after the message")
def _(stage: Stage) -> Shown:
    return stage.goes_around(stage.server(IMAP), stage.server(SMTP, verdict="550 5.7.1 Looks like spam"), 1)


@planted(Code.SEND_RATE_LIMITED, "450 4.7.1 sending limit in reply to RCPT")
def _(stage: Stage) -> Shown:
    return refused(stage, {"RCPT": "450 4.7.1 Hourly sending limit reached"})


@planted(Code.GREYLIST, "451 4.7.1 Greylisted in reply to RCPT")
def _(stage: Stage) -> Shown:
    return refused(stage, {"RCPT": "451 4.7.1 Greylisted, please try again in 5 minutes"})


@planted(Code.SEND_REJECTED, "554 5.5.0 in reply to DATA")
def _(stage: Stage) -> Shown:
    return refused(stage, {"DATA": "554 5.5.0 no valid recipients"})


@planted(Code.SEND_TEMP_FAILURE, "452 4.3.1 in reply to MAIL")
def _(stage: Stage) -> Shown:
    return refused(stage, {"MAIL": "452 4.3.1 Insufficient system storage"})


@planted(Code.RT_LOST, "a server that takes the message and delivers it nowhere")
def _(stage: Stage) -> Shown:
    stage.limited(probe_push_seconds=0.2, probe_arrive_seconds=0.4)
    stage.maildrop.delivers_to = None
    return stage.goes_around(stage.server(IMAP), stage.server(SMTP), 1)


@planted(Code.RT_IN_JUNK, "a message that is delivered to the folder \\\\Junk; Dovecot’s Sieve too")
def _(stage: Stage) -> Shown:
    return delivered_to(stage, "Spam mail")


@planted(Code.RT_OTHER_FOLDER, "a message that is delivered to the folder Lists")
def _(stage: Stage) -> Shown:
    stage.limited(probe_arrive_seconds=0.3)
    return delivered_to(stage, "Lists", folders=('() "/" INBOX', '() "/" Lists'))


@planted(Code.RT_DELAYED, "a message that comes after the time that is usual")
def _(stage: Stage) -> Shown:
    stage.limited(probe_delayed_seconds=0.01)
    stage.maildrop.delay = 0.1
    return stage.goes_around(stage.server(IMAP), stage.server(SMTP), 1)


def delivered_to(stage: Stage, folder: str, **options: Any) -> Shown:
    """A message that arrives, and not in the inbox."""
    stage.limited(probe_push_seconds=0.1)
    stage.maildrop.delivers_to = folder
    return stage.goes_around(stage.server(IMAP, **options), stage.server(SMTP), 1)


def refused(stage: Stage, answers: dict[str, str]) -> Shown:
    """A message that the submission server does not take."""
    return stage.goes_around(stage.server(IMAP), stage.server(SMTP, answers=answers), 1)
