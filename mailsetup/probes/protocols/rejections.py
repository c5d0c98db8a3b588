"""Why a server refuses. Codes first (RFC 5530, RFC 2449, RFC 3206, RFC 3463), words last.

Whatever may pass by itself is never called a wrong password: people would change a right one.
"""

import re

from mailsetup.probes.findings import Code

_IMAP_CODES = {
    "AUTHENTICATIONFAILED": Code.AUTH_FAILED,
    "UNAVAILABLE": Code.AUTH_TEMP_FAILURE,
    "SERVERBUG": Code.AUTH_TEMP_FAILURE,
    "INUSE": Code.AUTH_TEMP_FAILURE,
    "LIMIT": Code.TOO_MANY_CONNECTIONS,
    "PRIVACYREQUIRED": Code.NO_USABLE_MECH,
    "AUTHORIZATIONFAILED": Code.AUTH_REJECTED_OTHER,
    "EXPIRED": Code.AUTH_REJECTED_OTHER,
    "CONTACTADMIN": Code.AUTH_REJECTED_OTHER,
    "NOPERM": Code.AUTH_REJECTED_OTHER,
    "WEBALERT": Code.AUTH_REJECTED_OTHER,
    "REFERRAL": Code.AUTH_REJECTED_OTHER,
}
_POP3_CODES = {
    "SYS/TEMP": Code.AUTH_TEMP_FAILURE,
    "SYS/PERM": Code.AUTH_REJECTED_OTHER,
    "IN-USE": Code.AUTH_TEMP_FAILURE,
    "LOGIN-DELAY": Code.AUTH_TEMP_FAILURE,
    "AUTH": Code.AUTH_FAILED,
}
_TOO_MANY = re.compile(r"too many|maximum number of conn|connection limit|connections? exceeded", re.I)
_OTHER = re.compile(
    r"app(lication)?[- ](specific )?password|web ?login"
    r"|locked|disabled|disallowed|suspended|expired|not allowed",
    re.I,
)
_TEMPORARY = re.compile(r"temporar|try again|unavailable|internal error|timed? ?out|busy", re.I)
_WRONG = re.compile(
    r"(invalid|incorrect|wrong|bad|unknown)\b.*\b(credential|password|login|user|authentication)"
    r"|(authentication|login|logon|sign-?in|password|credentials?)\b.*\b"
    r"(fail|invalid|incorrect|wrong|bad|unsuccessful|rejected|denied)",
    re.I,
)
_SERVICES = (
    ("web", re.compile(r"HTTP/|<!doctype|<html", re.I)),
    ("ssh", re.compile(r"SSH-")),
    ("imap", re.compile(r"\* (OK|PREAUTH|BYE)\b", re.I)),
    ("pop3", re.compile(r"(\+OK|-ERR)\b", re.I)),
    ("smtp", re.compile(r"[245]\d\d[ -].*(smtp|mail)", re.I)),
)


def response_code(text: str) -> str:
    """The word in brackets that begins an IMAP or POP3 text, upper case; "" without one."""
    match = re.match(r"\s*\[([^\]\s]+)[^\]]*\]", text)
    return match.group(1).upper() if match else ""


def imap_sign_in(text: str) -> Code:
    """Why a tagged NO (its text without the NO) refused the sign-in."""
    code = response_code(text)
    if code in ("INUSE", "UNAVAILABLE"):
        # Some builds of Dovecot 2.3.19 say [UNAVAILABLE] of too many connections, later ones [LIMIT].
        return _by_words(text, _IMAP_CODES[code])
    if code in _IMAP_CODES:
        return _IMAP_CODES[code]
    return _by_words(text, Code.AUTH_REJECTED_OTHER, guess=True)


def pop3_sign_in(text: str) -> Code:
    """Why an -ERR (its text without the -ERR) refused the sign-in."""
    code = response_code(text)
    if code in _POP3_CODES:
        # Dovecot says [AUTH] of a locked mailbox and [IN-USE] of too many connections as well.
        return _by_words(text, _POP3_CODES[code])
    return _by_words(text, Code.AUTH_REJECTED_OTHER, guess=True)


def smtp_sign_in(status: int, text: str) -> Code:
    """Why this reply to AUTH refused the sign-in."""
    enhanced = re.match(r"([245])\.(\d+)\.(\d+)", text)
    if status < 500 or (enhanced and enhanced.group(1) == "4"):
        return Code.TOO_MANY_CONNECTIONS if _TOO_MANY.search(text) else Code.AUTH_TEMP_FAILURE
    if _OTHER.search(text):
        return Code.AUTH_REJECTED_OTHER
    if status == 504:  # RFC 4954 section 4: unrecognized authentication type
        return Code.NO_USABLE_MECH
    if status == 503 or status in (500, 502):  # AUTH is unknown or not wanted here
        return Code.AUTH_NOT_OFFERED
    if status == 535:
        return Code.AUTH_FAILED
    return Code.AUTH_REJECTED_OTHER


def greeting_refusal(text: str) -> Code:
    """Why a greeting refuses the connection."""
    if response_code(text) == "LIMIT" or _TOO_MANY.search(text):
        return Code.TOO_MANY_CONNECTIONS
    return Code.BYE_GREETING


def identify_service(text: str) -> str:
    """Whose first line this is: web, ssh, imap, pop3, smtp; "" when it is none of them."""
    return next((name for name, pattern in _SERVICES if pattern.match(text)), "")


def _by_words(text: str, otherwise: Code, *, guess: bool = False) -> Code:
    """A narrower reason from the words; with `guess` there is no code, only the words."""
    if _TOO_MANY.search(text):
        return Code.TOO_MANY_CONNECTIONS
    if otherwise is not Code.AUTH_TEMP_FAILURE and _OTHER.search(text):
        return Code.AUTH_REJECTED_OTHER
    if guess and _TEMPORARY.search(text):
        return Code.AUTH_TEMP_FAILURE
    if guess and _WRONG.search(text):
        return Code.AUTH_FAILED
    return otherwise
