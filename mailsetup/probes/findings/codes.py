"""Stable names of everything that a test can find."""

from enum import StrEnum


class Code(StrEnum):
    """Stable names of everything a test can find; the order is worst first."""

    CANCELLED = "cancelled"
    LOST_RUN = "lost_run"
    NOT_TESTABLE_HERE = "not_testable_here"
    DNS_NXDOMAIN = "dns_nxdomain"
    DNS_NO_ADDRESS = "dns_no_address"
    DNS_CNAME_LOOP = "dns_cname_loop"
    DNSSEC_BOGUS = "dnssec_bogus"
    DNS_TIMEOUT = "dns_timeout"
    DNS_SERVFAIL = "dns_servfail"
    DNS_PRIVATE_ADDRESS = "dns_private_address"
    TCP_REFUSED = "tcp_refused"
    TCP_TIMEOUT = "tcp_timeout"
    TCP_RESET = "tcp_reset"
    NET_UNREACHABLE = "net_unreachable"
    CLOSED_AT_ONCE = "closed_at_once"
    SILENT = "silent"
    DRIBBLE = "dribble"
    BANNER_GARBAGE = "banner_garbage"
    WRONG_SERVICE = "wrong_service"
    GREET_521 = "greet_521"
    GREET_554 = "greet_554"
    SMTP_421_BUSY = "smtp_421_busy"
    BYE_GREETING = "bye_greeting"
    PROTO_PLAIN_ON_TLS = "proto_plain_on_tls"
    TLS_TO_STARTTLS_PORT = "tls_to_starttls_port"
    PROTO_TLS_ON_PLAIN = "proto_tls_on_plain"
    TLS_UNRECOGNIZED_NAME = "tls_unrecognized_name"
    TLS_ALERT_HANDSHAKE = "tls_alert_handshake"
    TLS_EOF = "tls_eof"
    TLS_HANDSHAKE = "tls_handshake"
    TLS_OLD_ONLY = "tls_old_only"
    STARTTLS_MASKED = "starttls_masked"
    STARTTLS_MISSING = "starttls_missing"
    STARTTLS_REFUSED = "starttls_refused"
    STARTTLS_INJECTION = "starttls_injection"
    STARTTLS_COMMAND_INJECTION = "starttls_command_injection"
    PREAUTH = "preauth"
    CERT_EXPIRED = "cert_expired"
    CERT_INTERMEDIATE_EXPIRED = "cert_intermediate_expired"
    CERT_NOT_YET = "cert_not_yet"
    CERT_WRONG_NAME = "cert_wrong_name"
    CERT_SELF_SIGNED = "cert_self_signed"
    CERT_MISSING_INTERMEDIATE = "cert_missing_intermediate"
    CERT_UNKNOWN_CA = "cert_unknown_ca"
    CERT_WEAK_KEY = "cert_weak_key"
    CERT_WEAK_SHA1 = "cert_weak_sha1"
    IMAP_LOGINDISABLED = "imap_logindisabled"
    AUTH_ONLY_AFTER_TLS = "auth_only_after_tls"
    NO_USABLE_MECH = "no_usable_mech"
    AUTH_NOT_OFFERED = "auth_not_offered"
    BANNED = "banned"
    RATE_LIMITED = "rate_limited"
    REFERRAL = "referral"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_LOCKED = "account_locked"
    PASSWORD_EXPIRED = "password_expired"  # noqa: S105
    APP_PASSWORD_NEEDED = "app_password_needed"  # noqa: S105
    WEB_LOGIN_REQUIRED = "web_login_required"
    AUTH_UNKNOWN_USER = "auth_unknown_user"
    AUTH_FAILED = "auth_failed"
    AUTH_PERM_FAILURE = "auth_perm_failure"
    AUTH_TEMP_FAILURE = "auth_temp_failure"
    AUTH_REJECTED_OTHER = "auth_rejected_other"
    AUTH_DROPPED = "auth_dropped"
    TOO_MANY_CONNECTIONS = "too_many_connections"
    POP_IN_USE = "pop_in_use"
    POP_LOGIN_DELAY = "pop_login_delay"
    MAILBOX_MISSING = "mailbox_missing"
    MAILBOX_UNAVAILABLE = "mailbox_unavailable"
    SESSION_LOST = "session_lost"
    AUTH_REQUIRED = "auth_required"
    RELAY_DENIED = "relay_denied"
    SENDER_MISMATCH = "sender_mismatch"
    RCPT_UNKNOWN = "rcpt_unknown"
    OVER_QUOTA = "over_quota"
    SIZE_LIMIT = "size_limit"
    CONTENT_REJECTED = "content_rejected"
    SEND_REJECTED = "send_rejected"
    SEND_RATE_LIMITED = "send_rate_limited"
    GREYLIST = "greylist"
    SEND_TEMP_FAILURE = "send_temp_failure"
    RT_LOST = "rt_lost"
    RT_IN_JUNK = "rt_in_junk"
    RT_OTHER_FOLDER = "rt_other_folder"
    RT_DELAYED = "rt_delayed"
    NET_UNREACHABLE_V6 = "net_unreachable_v6"
    V4_BROKEN_V6_OK = "v4_broken_v6_ok"
    V6_BROKEN_V4_OK = "v6_broken_v4_ok"
    IDLE_MISSING = "idle_missing"
    IDLE_SILENT = "idle_silent"
    CERT_EXPIRES_SOON = "cert_expires_soon"
    UNKNOWN = "unknown"  # a row of another version of this portal, which had another name for it
    OK = "ok"
    # Reasons for a skipped step.
    NOT_REACHED = "not_reached"  # an earlier step failed
    NO_PASSWORD = "no_password"  # noqa: S105  # none was given
    NOT_ASKED = "not_asked"  # no message was to be sent
    RECEIVING_FIRST = "receiving_first"  # nobody signs in to send before the incoming service let us in
    PASSWORD_REJECTED_ELSEWHERE = "password_rejected_elsewhere"  # noqa: S105
    UNVERIFIED = "unverified"  # nothing is sent over a connection that is not verified

    @classmethod
    def _missing_(cls, _value: object) -> "Code":
        """Rows outlive names: what this version has no name for is read as UNKNOWN."""
        return cls.UNKNOWN


# Codes that say why a step was skipped; they are never a cause.
SKIP_REASONS = frozenset(
    {
        Code.NOT_REACHED,
        Code.NO_PASSWORD,
        Code.NOT_ASKED,
        Code.RECEIVING_FIRST,
        Code.PASSWORD_REJECTED_ELSEWHERE,
        Code.UNVERIFIED,
    }
)
# What a mail server counts as an attempt with wrong credentials.
REFUSED_CREDENTIALS = frozenset({Code.AUTH_FAILED, Code.AUTH_UNKNOWN_USER})
_RANK = {code: rank for rank, code in enumerate(Code)}


def gravity(code: Code) -> int:
    """For sorting: the smaller, the worse."""
    return _RANK[code]
