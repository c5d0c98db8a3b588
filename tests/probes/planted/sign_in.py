"""Signing in."""

from mailsetup.clientconfig import ServerSettings, ServiceType
from mailsetup.probes.findings import Code
from tests.faults import (
    Maildrop,
)
from tests.probes.planted.base import planted
from tests.probes.stage import IMAP, PLAIN, POP3, SMTP, Shown, Stage


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


@planted(Code.AUTH_TEMP_FAILURE, "535 5.7.8 generic failure, as Postfix says without its saslauthd")
def _(stage: Stage) -> Shown:
    return stage.sends(refusing(stage, SMTP, "535 5.7.8 Error: authentication failed: generic failure"))


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


@planted(Code.POP_IN_USE, "-ERR Your mailbox is already locked, as hMailServer says")
def _(stage: Stage) -> Shown:
    return stage.receives(refusing(stage, POP3, "-ERR Your mailbox is already locked"))


@planted(Code.POP_LOGIN_DELAY, "-ERR [LOGIN-DELAY] in reply to the sign-in")
def _(stage: Stage) -> Shown:
    return stage.receives(refusing(stage, POP3, "-ERR [LOGIN-DELAY] Wait 5 minutes"))


def refusing(stage: Stage, kind: ServiceType, answer: str) -> ServerSettings:
    """A server that answers a sign-in like this."""
    command = {IMAP: "AUTHENTICATE", POP3: "PASS", SMTP: "AUTH"}[kind]
    return stage.server(kind, answers={command: answer})
