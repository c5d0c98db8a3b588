"""Encryption and certificates."""

import ssl
import warnings

from mailsetup.probes.findings import Code, Step
from tests.faults import (
    ImapServer,
    alerts,
)
from tests.probes.planted.base import planted
from tests.probes.stage import IMAP, POP3, SMTP, STARTTLS, Shown, Stage


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


@planted(Code.STARTTLS_COMMAND_INJECTION, "a server that obeys after STARTTLS what came along with it")
def _(stage: Stage) -> Shown:
    return stage.sends(stage.server(SMTP, STARTTLS, obeys_early=True))


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


@planted(Code.CERT_MISSING_INTERMEDIATE, "a public authority’s certificate without the intermediate")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, tls=stage.authority.without_intermediate()))


@planted(Code.CERT_MISSING_INTERMEDIATE, "one without an intermediate that another server has shown")
def _(stage: Stage) -> Shown:
    whole = stage.prober.one(stage.server(IMAP, tls=stage.authority.with_intermediate()))
    assert whole[Step.TLS].code is Code.OK
    stage.maildrop.attempts.clear()
    return stage.receives(stage.server(IMAP, tls=stage.authority.without_intermediate(logged=False)))


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
