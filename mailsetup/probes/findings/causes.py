"""What is always so of a cause: who can put it right, where it turns up, how bad it is, whether it passes."""

from dataclasses import dataclass
from enum import StrEnum

from mailsetup.probes.findings.codes import Code
from mailsetup.probes.findings.steps import Status, Step


class Fixer(StrEnum):
    """Whose side it is: who can put it right.

    A test has the settings of our guides, so what an app is set to is never the cause of a test's failure.
    """

    CUSTOMER = "customer"
    PROVIDER = "provider"  # the mail server, and its settings in this portal
    DNS = "dns"  # whoever keeps the zone: the provider, or another one where the domain is
    NETWORK = "network"  # what lies between: routes, firewalls
    US = "us"  # the test, not the mail


@dataclass(frozen=True, slots=True)
class Cause:
    """Facts about one code; docs/causes.md has them for people, `connection_tests.explanations` its words.

    `passing`: it may be gone a little later although nobody changed anything.
    """

    fixer: Fixer
    steps: tuple[Step, ...]
    severities: tuple[Status, ...] = (Status.FAILED,)
    passing: bool = False


_WARNS = (Status.WARNING,)
# With STARTTLS the server is asked what it can do before encryption, as part of that step.
_FIRST_WORDS = (Step.TLS, Step.GREETING, Step.CAPABILITIES)


def _for_good(fixer: Fixer, *steps: Step) -> Cause:
    """Stays until somebody changes something."""
    return Cause(fixer, steps)


def _for_now(fixer: Fixer, *steps: Step) -> Cause:
    return Cause(fixer, steps, passing=True)


CAUSES: dict[Code, Cause] = {
    Code.CANCELLED: Cause(Fixer.CUSTOMER, (), passing=True),
    Code.LOST_RUN: Cause(Fixer.US, (), passing=True),
    Code.NOT_TESTABLE_HERE: _for_now(Fixer.US, *Step),
    Code.DNS_NXDOMAIN: _for_good(Fixer.DNS, Step.DNS),
    Code.DNS_NO_ADDRESS: _for_good(Fixer.DNS, Step.DNS),
    Code.DNS_CNAME_LOOP: _for_good(Fixer.DNS, Step.DNS),
    Code.DNSSEC_BOGUS: _for_good(Fixer.DNS, Step.DNS),
    Code.DNS_TIMEOUT: _for_now(Fixer.DNS, Step.DNS),
    Code.DNS_SERVFAIL: _for_good(Fixer.DNS, Step.DNS),
    Code.DNS_PRIVATE_ADDRESS: _for_good(Fixer.DNS, Step.DNS),
    Code.TCP_REFUSED: _for_good(Fixer.PROVIDER, Step.CONNECT),
    Code.TCP_TIMEOUT: _for_now(Fixer.NETWORK, Step.CONNECT),
    Code.TCP_RESET: _for_now(Fixer.NETWORK, Step.CONNECT, *_FIRST_WORDS),
    Code.NET_UNREACHABLE: _for_good(Fixer.NETWORK, Step.CONNECT),
    Code.CLOSED_AT_ONCE: _for_now(Fixer.PROVIDER, *_FIRST_WORDS),
    Code.SILENT: _for_good(Fixer.PROVIDER, *_FIRST_WORDS),
    Code.DRIBBLE: _for_now(Fixer.PROVIDER, *_FIRST_WORDS),
    Code.BANNER_GARBAGE: _for_good(Fixer.PROVIDER, *_FIRST_WORDS),
    Code.WRONG_SERVICE: _for_good(Fixer.PROVIDER, Step.TLS, Step.GREETING),
    Code.GREET_521: _for_good(Fixer.PROVIDER, *_FIRST_WORDS),
    Code.GREET_554: _for_good(Fixer.PROVIDER, *_FIRST_WORDS),
    Code.SMTP_421_BUSY: _for_now(Fixer.PROVIDER, *_FIRST_WORDS),
    Code.BYE_GREETING: _for_now(Fixer.PROVIDER, *_FIRST_WORDS),
    Code.PROTO_PLAIN_ON_TLS: _for_good(Fixer.PROVIDER, Step.TLS),
    Code.TLS_TO_STARTTLS_PORT: _for_good(Fixer.PROVIDER, Step.TLS),
    Code.PROTO_TLS_ON_PLAIN: _for_good(Fixer.PROVIDER, Step.GREETING),
    Code.TLS_UNRECOGNIZED_NAME: _for_good(Fixer.PROVIDER, Step.TLS),
    Code.TLS_ALERT_HANDSHAKE: _for_good(Fixer.PROVIDER, Step.TLS),
    Code.TLS_EOF: _for_good(Fixer.PROVIDER, Step.TLS),
    Code.TLS_HANDSHAKE: _for_good(Fixer.PROVIDER, Step.TLS),
    Code.TLS_OLD_ONLY: _for_good(Fixer.PROVIDER, Step.TLS),
    Code.STARTTLS_MASKED: _for_good(Fixer.NETWORK, Step.TLS),
    Code.STARTTLS_MISSING: _for_good(Fixer.PROVIDER, Step.TLS),
    Code.STARTTLS_REFUSED: _for_good(Fixer.PROVIDER, Step.TLS),
    Code.STARTTLS_INJECTION: _for_good(Fixer.PROVIDER, Step.TLS),
    Code.STARTTLS_COMMAND_INJECTION: _for_good(Fixer.PROVIDER, Step.TLS),
    Code.PREAUTH: _for_good(Fixer.PROVIDER, Step.GREETING),
    Code.CERT_EXPIRED: _for_good(Fixer.PROVIDER, Step.TLS),
    Code.CERT_INTERMEDIATE_EXPIRED: _for_good(Fixer.PROVIDER, Step.TLS),
    Code.CERT_NOT_YET: _for_good(Fixer.PROVIDER, Step.TLS),
    Code.CERT_WRONG_NAME: _for_good(Fixer.PROVIDER, Step.TLS),
    Code.CERT_SELF_SIGNED: _for_good(Fixer.PROVIDER, Step.TLS),
    Code.CERT_MISSING_INTERMEDIATE: _for_good(Fixer.PROVIDER, Step.TLS),
    Code.CERT_UNKNOWN_CA: _for_good(Fixer.PROVIDER, Step.TLS),
    Code.CERT_WEAK_KEY: _for_good(Fixer.PROVIDER, Step.TLS),
    Code.CERT_WEAK_SHA1: _for_good(Fixer.PROVIDER, Step.TLS),
    Code.IMAP_LOGINDISABLED: _for_good(Fixer.PROVIDER, Step.CAPABILITIES, Step.SIGN_IN),
    Code.AUTH_ONLY_AFTER_TLS: _for_good(Fixer.PROVIDER, Step.CAPABILITIES, Step.SIGN_IN),
    Code.NO_USABLE_MECH: _for_good(Fixer.PROVIDER, Step.SIGN_IN),
    Code.AUTH_NOT_OFFERED: _for_good(Fixer.PROVIDER, Step.TLS, Step.CAPABILITIES, Step.SIGN_IN),
    Code.BANNED: _for_now(Fixer.PROVIDER, *_FIRST_WORDS, Step.SIGN_IN),
    Code.RATE_LIMITED: _for_now(Fixer.CUSTOMER, *_FIRST_WORDS, Step.SIGN_IN),
    Code.REFERRAL: _for_good(Fixer.PROVIDER, Step.SIGN_IN),
    Code.ACCOUNT_DISABLED: _for_good(Fixer.PROVIDER, Step.SIGN_IN),
    Code.ACCOUNT_LOCKED: _for_good(Fixer.PROVIDER, Step.SIGN_IN),
    Code.PASSWORD_EXPIRED: _for_good(Fixer.CUSTOMER, Step.SIGN_IN),
    Code.APP_PASSWORD_NEEDED: _for_good(Fixer.CUSTOMER, Step.SIGN_IN),
    Code.WEB_LOGIN_REQUIRED: _for_good(Fixer.CUSTOMER, Step.SIGN_IN),
    Code.AUTH_UNKNOWN_USER: _for_good(Fixer.CUSTOMER, Step.SIGN_IN),
    Code.AUTH_FAILED: _for_good(Fixer.CUSTOMER, Step.SIGN_IN),
    Code.AUTH_PERM_FAILURE: _for_good(Fixer.PROVIDER, Step.SIGN_IN),
    Code.AUTH_TEMP_FAILURE: _for_now(Fixer.PROVIDER, Step.SIGN_IN),
    Code.AUTH_REJECTED_OTHER: _for_good(Fixer.PROVIDER, Step.SIGN_IN),
    Code.AUTH_DROPPED: _for_now(Fixer.PROVIDER, Step.SIGN_IN),
    Code.TOO_MANY_CONNECTIONS: _for_now(Fixer.CUSTOMER, *_FIRST_WORDS, Step.SIGN_IN),
    Code.POP_IN_USE: _for_now(Fixer.CUSTOMER, Step.SIGN_IN),
    Code.POP_LOGIN_DELAY: _for_now(Fixer.CUSTOMER, Step.SIGN_IN),
    Code.MAILBOX_MISSING: _for_good(Fixer.PROVIDER, Step.MAILBOX),
    Code.MAILBOX_UNAVAILABLE: _for_good(Fixer.PROVIDER, Step.MAILBOX),
    Code.SESSION_LOST: _for_now(Fixer.PROVIDER, Step.MAILBOX, Step.PUSH, Step.SEND),
    Code.AUTH_REQUIRED: _for_good(Fixer.PROVIDER, Step.SEND),
    Code.RELAY_DENIED: _for_good(Fixer.PROVIDER, Step.SEND),
    Code.SENDER_MISMATCH: _for_good(Fixer.PROVIDER, Step.SEND),
    Code.RCPT_UNKNOWN: _for_good(Fixer.PROVIDER, Step.SEND),
    # A full mailbox opens, mostly; what is sent to it is refused, or taken and sent back.
    Code.OVER_QUOTA: Cause(
        Fixer.CUSTOMER,
        (Step.SIGN_IN, Step.MAILBOX, Step.SEND, Step.ARRIVE),
        (Status.FAILED, Status.WARNING),
    ),
    Code.SIZE_LIMIT: _for_good(Fixer.PROVIDER, Step.SEND),
    Code.CONTENT_REJECTED: _for_good(Fixer.PROVIDER, Step.SEND),
    Code.SEND_REJECTED: _for_good(Fixer.PROVIDER, Step.SEND),
    Code.SEND_RATE_LIMITED: _for_now(Fixer.CUSTOMER, Step.SEND),
    Code.GREYLIST: _for_now(Fixer.PROVIDER, Step.SEND),
    Code.SEND_TEMP_FAILURE: _for_now(Fixer.PROVIDER, Step.SEND),
    Code.RT_LOST: _for_good(Fixer.PROVIDER, Step.ARRIVE),
    Code.RT_IN_JUNK: Cause(Fixer.PROVIDER, (Step.ARRIVE,), _WARNS),
    Code.RT_OTHER_FOLDER: Cause(Fixer.CUSTOMER, (Step.ARRIVE,), _WARNS),
    Code.RT_DELAYED: Cause(Fixer.PROVIDER, (Step.ARRIVE,), _WARNS, passing=True),
    Code.NET_UNREACHABLE_V6: Cause(Fixer.NETWORK, (Step.CONNECT,), _WARNS),
    Code.V4_BROKEN_V6_OK: Cause(Fixer.PROVIDER, (Step.CONNECT, Step.TLS), _WARNS),
    Code.V6_BROKEN_V4_OK: Cause(Fixer.PROVIDER, (Step.CONNECT, Step.TLS), _WARNS),
    Code.IDLE_MISSING: Cause(Fixer.CUSTOMER, (Step.PUSH,), _WARNS),
    # A server that goes silent there stops the service.
    Code.IDLE_SILENT: Cause(Fixer.PROVIDER, (Step.PUSH,), (Status.WARNING, Status.FAILED)),
    Code.CERT_EXPIRES_SOON: Cause(Fixer.PROVIDER, (Step.TLS,), _WARNS),
    Code.UNKNOWN: _for_good(Fixer.US, *Step),
}
