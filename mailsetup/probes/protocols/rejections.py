"""Why a server refuses. Codes first (RFC 5530, RFC 2449, RFC 3206, RFC 3463, RFC 5248), words last.

Whatever may pass by itself is never called a wrong password: people would change a right one.
"""

import re
from collections.abc import Iterable

from mailsetup.probes.findings import Code

_Rules = tuple[tuple[Code, re.Pattern[str]], ...]


# As long as a line of a reply may be (RFC 5321 section 4.5.3.1.5). A server may send far more, to keep us
# busy looking for words.
_LONGEST_REPLY = 512


def _rules(*rules: tuple[Code, str]) -> _Rules:
    return tuple((code, re.compile(words, re.I)) for code, words in rules)


# --- Signing in, and the greeting ----------------------------------------------------------------------

# Words that say why it is not possible now; they pass, so they may narrow any refusal.
_NOT_NOW = _rules(
    (
        Code.RATE_LIMITED,
        r"too many (?!.*(connection|simultaneous|concurrent))"
        r"(\S+ ){0,3}?(attempt|fail|tries|login|error|auth|password|request|bad|wrong|invalid)"
        r"|rate.?limit|throttl|too (often|frequent|fast\b|quick)|slow down",
    ),
    (
        Code.TOO_MANY_CONNECTIONS,
        r"too many|\b(max|maximum|limit)\b.{0,40}?\b(connection|session)s?\b"
        r"|\b(connection|session)s?\b.{0,30}?\b(limit|exceeded|reached)",
    ),
    (
        Code.BANNED,
        r"\bbanned\b|fail2ban|brute.?force|intrusion|\b(ip|address)\b (\S+ ){0,3}?blocked"
        # An account that is blocked is another matter.
        r"|^(?!.*\b(account|mailbox|user)\b).*blocked (because of|due to|after|for) ",
    ),
)
_NO_MECHANISM = r"no mechanism available|(invalid|unsupported|unknown) (authentication |sasl )?mechanism"
# Words that say how it goes instead.
_HINTS = _rules(
    (Code.APP_PASSWORD_NEEDED, r"app(lication)?[- ]?(specific )?password"),
    (
        Code.WEB_LOGIN_REQUIRED,
        r"web ?login|(log|sign) ?in (\S+ )?(via|with|through|using|in) (\S+ )?(web )?browser",
    ),
)
# Words that say why it is not possible at all, however right the password is.
_REASONS = _HINTS + _rules(
    (
        Code.PASSWORD_EXPIRED,
        r"password\b.*\bexpired|expired password|must change (\S+ )?password"
        r"|password (must|has to|needs to) be changed",
    ),
    (
        Code.ACCOUNT_LOCKED,
        r"(account|mailbox|user|login)[\W_].{0,30}?b?locked|b?locked[\W_](account|mailbox|user|out)",
    ),
    (
        Code.ACCOUNT_DISABLED,
        r"(account|mailbox|user)[\W_].{0,30}?(disabled|suspended|deactivated|inactive|closed|expired)"
        r"|(disabled|suspended|deactivated|inactive|closed|expired)[\W_](account|mailbox|user)"
        r"|not (enabled|allowed) for (imap|pop)"
        r"|(?<!or )\b(imap|pop)\d?\b (access |service )?(is |has been )?(disabled|not enabled)",
    ),
    (
        Code.AUTH_ONLY_AFTER_TLS,
        r"(plain|clear).?text (auth\S*|logins?) (is |are )?(disallowed|disabled)"
        r"|(starttls|stls) (command )?first|(encryption|ssl|tls) (is )?required|under a layer",
    ),
    # Exchange Online; Cyrus' library, which Postfix quotes; Dovecot.
    (
        Code.NO_USABLE_MECH,
        rf"basic auth\S* is (disabled|not supported)|{_NO_MECHANISM}",
    ),
    (
        Code.AUTH_UNKNOWN_USER,
        r"^(?!.*( or |password))"
        r".*\b((unknown|no such) (user|mailbox|account)\b"
        r"|(user|mailbox|account) (unknown|not found|does ?n.t exist|does not exist))",
    ),
)
_NOT_AT_ALL = _REASONS + _rules(
    (
        Code.AUTH_REJECTED_OTHER,
        r"locked|disabled|disallowed|suspended|expired|not allowed|access rights|did not meet the criteria",
    ),
)
# Words of a server that has a fault itself, and so can't know whether the password is right. "Generic
# failure" is Cyrus' library without its saslauthd; "(reason unavailable)" is Postfix' word for any no.
_FAULTY = _rules(
    (
        Code.AUTH_TEMP_FAILURE,
        r"temporar|(?<!reason )unavailable|internal (\S+ )?(error|failure)|generic failure|timed? ?out"
        r"|busy|overload|\b(try|retry)\b.{0,20}later|maintenance|connection lost|not responding"
        r"|(server|system|database|backend) (error|failure)|(ca ?n.t|could ?n.t|could not|unable to) connect",
    )
)
_SAYS_NO_MORE = _NOT_NOW + _NOT_AT_ALL + _FAULTY
# Where there is no code: what may pass is asked for first.
_GUESSES = _rules(
    (Code.AUTH_TEMP_FAILURE, r"try again"),
    (
        Code.AUTH_FAILED,
        r"(invalid|incorrect|wrong|bad|unknown)\b.*\b(credential|password|login|user|authentication)"
        r"|(authenticat(ion|e)|authori[sz]ation|login|logon|sign-?in|password|credentials?)\b.*\b"
        r"(fail|invalid|incorrect|wrong|bad|unsuccessful|rejected|denied)",
    ),
)
# Without a code POP3 says so of a session that has the mailbox (RFC 1939 section 8, hMailServer), and not of
# an account.
_MAILDROP_LOCKED = re.compile(
    r"^(?!.*(account|admin|support)).*"
    r"((maildrop|mailbox) (\S+ ){0,2}(locked|in use)|lock (\S+ )?(maildrop|mailbox)|(obtain|get) lock)",
    re.I,
)
# It asks for what we are at.
_ASKS_FOR_SIGN_IN = re.compile(r"^(?!.*(tls|ssl|encrypt)).*authenticat", re.I)
# What each code means, and which words may narrow it.
_IMAP_CODES: dict[str, tuple[Code, _Rules]] = {
    # RFC 5530 section 3: for a reason "on which the server is unwilling to elaborate". The code comes before
    # words, but for a way in, and for those of a server that can't know.
    "AUTHENTICATIONFAILED": (Code.AUTH_FAILED, _NOT_NOW + _HINTS + _FAULTY),
    # Some builds of Dovecot 2.3.19 say [UNAVAILABLE] of too many connections, later ones [LIMIT].
    "UNAVAILABLE": (Code.AUTH_TEMP_FAILURE, _NOT_NOW),
    "INUSE": (Code.AUTH_TEMP_FAILURE, _NOT_NOW),
    "SERVERBUG": (Code.AUTH_TEMP_FAILURE, ()),
    "LIMIT": (Code.TOO_MANY_CONNECTIONS, _NOT_NOW),
    "OVERQUOTA": (Code.OVER_QUOTA, ()),
    "PRIVACYREQUIRED": (Code.IMAP_LOGINDISABLED, ()),
    "EXPIRED": (Code.PASSWORD_EXPIRED, ()),
    "WEBALERT": (Code.WEB_LOGIN_REQUIRED, ()),
    "REFERRAL": (Code.REFERRAL, ()),
    "NONEXISTENT": (Code.AUTH_UNKNOWN_USER, ()),
    "AUTHORIZATIONFAILED": (Code.AUTH_REJECTED_OTHER, _NOT_NOW + _NOT_AT_ALL),
    "CONTACTADMIN": (Code.AUTH_REJECTED_OTHER, _NOT_NOW + _NOT_AT_ALL),
    "NOPERM": (Code.AUTH_REJECTED_OTHER, _NOT_NOW + _NOT_AT_ALL),
}
_POP3_CODES: dict[str, tuple[Code, _Rules]] = {
    "SYS/TEMP": (Code.AUTH_TEMP_FAILURE, _NOT_NOW),
    # Gmail says so of an account that isn't let in by POP3.
    "SYS/PERM": (Code.AUTH_PERM_FAILURE, _REASONS),
    # Dovecot says [AUTH] of a locked mailbox and [IN-USE] of too many connections as well.
    "IN-USE": (Code.POP_IN_USE, _NOT_NOW),
    "LOGIN-DELAY": (Code.POP_LOGIN_DELAY, ()),
    "AUTH": (Code.AUTH_FAILED, _SAYS_NO_MORE),
}
_SMTP_CODES = {
    "5.2.1": Code.ACCOUNT_DISABLED,
    "5.7.11": Code.AUTH_ONLY_AFTER_TLS,
    "5.7.13": Code.ACCOUNT_DISABLED,
    "5.7.14": Code.WEB_LOGIN_REQUIRED,
}
_SMTP_STATUSES = {
    500: Code.AUTH_NOT_OFFERED,  # AUTH is unknown or not wanted here
    502: Code.AUTH_NOT_OFFERED,
    503: Code.AUTH_NOT_OFFERED,
    504: Code.NO_USABLE_MECH,  # RFC 4954 section 4: unrecognized authentication type
    525: Code.ACCOUNT_DISABLED,  # RFC 5248 section 2.4
    530: Code.AUTH_ONLY_AFTER_TLS,  # RFC 3207 section 4
    538: Code.AUTH_ONLY_AFTER_TLS,  # RFC 2554 section 6
}
# In a greeting: who is kept out by address, unless it says that it passes.
_BLOCKLIST = _rules((Code.GREET_554, r"\blisted\b|spamhaus|dnsbl|\brbl\b|b(lack|lock)list"))
_TURNED_AWAY = _rules(
    (Code.GREET_554, r"access (is )?denied|not (allowed|permitted|authori[sz]ed)|reject|block")
)
_PASSING_CODES = frozenset({"UNAVAILABLE", "INUSE", "SERVERBUG", "IN-USE", "SYS/TEMP"})


def response_code(text: str) -> str:
    """The word in brackets that begins an IMAP or POP3 text, upper case; "" without one."""
    match = re.match(r"\s*\[([^\]\s]+)[^\]]*\]", text)
    return match.group(1).upper() if match else ""


def imap_sign_in(text: str, alerts: Iterable[str] = ()) -> Code:
    """Why a tagged NO (its text without the NO) refused the sign-in; `alerts` are what came before it."""
    code = _of_response(text, _IMAP_CODES)
    if code not in (Code.AUTH_FAILED, Code.AUTH_REJECTED_OTHER):
        return code
    told = (_by_words(alert, _NOT_NOW + _REASONS) for alert in alerts)
    return next((reason for reason in told if reason is not None), code)


def imap_sign_in_not_understood(text: str) -> Code:
    """The same of a tagged BAD, which is about the command: words alone don't make it a wrong password."""
    code = imap_sign_in(text)
    return Code.AUTH_REJECTED_OTHER if code is Code.AUTH_FAILED and not response_code(text) else code


def lacks_mechanism(text: str) -> bool:
    """Whether a NO is about the mechanism, so that nobody looked at the password."""
    return re.search(_NO_MECHANISM, text[:_LONGEST_REPLY], re.I) is not None


def pop3_sign_in(text: str) -> Code:
    """Why an -ERR (its text without the -ERR) refused the sign-in."""
    if not response_code(text) and _MAILDROP_LOCKED.search(text, 0, _LONGEST_REPLY):
        return Code.POP_IN_USE
    return _of_response(text, _POP3_CODES)


def _of_response(text: str, codes: dict[str, tuple[Code, _Rules]]) -> Code:
    code = response_code(text)
    if code in codes:
        meant, narrower = codes[code]
        return _by_words(text, narrower) or meant
    # There is no code, only the words.
    return _by_words(text, _SAYS_NO_MORE + _GUESSES) or Code.AUTH_REJECTED_OTHER


def smtp_sign_in(status: int, text: str) -> Code:
    """Why this reply to AUTH refused the sign-in."""
    enhanced = _enhanced_status(text)
    if enhanced in ("4.2.2", "5.2.2"):
        return Code.OVER_QUOTA
    if 400 <= status < 500 or enhanced.startswith("4"):
        return _by_words(text, _NOT_NOW) or Code.AUTH_TEMP_FAILURE
    if enhanced in _SMTP_CODES:
        return _SMTP_CODES[enhanced]
    if (known := _by_words(text, _NOT_NOW + _NOT_AT_ALL)) is not None:
        return known
    if enhanced == "5.7.9":  # RFC 4954 section 6: the mechanism is too weak
        return Code.NO_USABLE_MECH
    if status == 530 and _ASKS_FOR_SIGN_IN.search(text, 0, _LONGEST_REPLY):
        return Code.AUTH_REJECTED_OTHER
    if status == 535 or enhanced == "5.7.8":  # RFC 4954 section 6: the credentials
        return _by_words(text, _FAULTY) or Code.AUTH_FAILED
    return _SMTP_STATUSES.get(status, Code.AUTH_REJECTED_OTHER)


def farewell(text: str) -> Code:
    """Why a * BYE (its text without the BYE) ends the sign-in."""
    limit = Code.TOO_MANY_CONNECTIONS if response_code(text) == "LIMIT" else Code.AUTH_DROPPED
    return _by_words(text, _NOT_NOW) or limit


def greeting_refusal(text: str) -> Code:
    """Why a greeting of IMAP or POP3 refuses the connection."""
    if (known := _by_words(text, _BLOCKLIST + _NOT_NOW)) is not None:
        return known
    code = response_code(text)
    if code == "LIMIT":
        return Code.TOO_MANY_CONNECTIONS
    turned_away = None if code in _PASSING_CODES else _by_words(text, _TURNED_AWAY)
    return turned_away or Code.BYE_GREETING


def smtp_greeting_refusal(status: int, text: str) -> Code:
    """The same of a greeting of submission."""
    if status == 521:  # RFC 7504: this host takes no mail at all
        return Code.GREET_521
    lasting = Code.SMTP_421_BUSY if status < 500 else Code.GREET_554
    return _by_words(text, (_BLOCKLIST if status >= 500 else ()) + _NOT_NOW) or lasting


def ehlo_refusal(status: int, text: str) -> Code:
    """Why EHLO is refused: a server that doesn't know it has no sign-in, another doesn't want us."""
    unknown = status in (500, 502, 504)
    return Code.AUTH_NOT_OFFERED if unknown else smtp_greeting_refusal(status, text)


# --- The mailbox, and a message ------------------------------------------------------------------------

_MAILBOX_CODES = {"NONEXISTENT": Code.MAILBOX_MISSING, "NOPERM": Code.MAILBOX_MISSING}
# The last two numbers of an enhanced status: the first one says only whether it passes.
_MESSAGE_CODES = {
    "2.2": Code.OVER_QUOTA,
    "2.3": Code.SIZE_LIMIT,
    "3.4": Code.SIZE_LIMIT,
    # Exchange: the client was not authenticated, may not send as this sender.
    "7.57": Code.AUTH_REQUIRED,
    "7.60": Code.SENDER_MISMATCH,
}
_RCPT_CODES = {"1.1": Code.RCPT_UNKNOWN, "1.10": Code.RCPT_UNKNOWN}
_TOO_MUCH = (
    Code.SEND_RATE_LIMITED,
    r"rate.?limit|throttl|too many (\S+ )?(messages|e?-?mails)"
    r"|(messages?|e?-?mails?|recipients?) (per|an?|in the last) (\d+ )?(minute|hour|day)"
    r"|(hourly|daily|sending) (\S+ )?(limit|quota)",
)
_RELAY = (
    Code.RELAY_DENIED,
    r"relay(ing)? (\S+ )?(denied|prohibited|not (allowed|permitted))|unable to relay",
)
# RFC 5321 section 4.2.3 has words for 552.
_FULL = (
    Code.OVER_QUOTA,
    r"over.?quota|quota (is |was )?exceeded|mailbox (\S+ ){0,4}full|storage (allocation|limit)",
)
# What a 4xx says and doesn't pass by itself: a full mailbox, and 454 4.7.1 Relay access denied, which is
# Postfix' default where a rule is missing (defer_unauth_destination).
_LATER = _rules((Code.GREYLIST, r"gr[ae]y.?list"), _TOO_MUCH, _RELAY, _FULL)
_NEVER = _rules(
    _RELAY,
    (
        Code.SENDER_MISMATCH,
        r"not owned by|send.?as.?denied|permissions? to send as"
        r"|not (allowed|permitted|authori[sz]ed) to (send|use)\b.*\b(as|from|sender|address)"
        r"|sender (address )?(\S+ )?(mismatch|not allowed|does not match|must match)",
    ),
    # Postfix with reject_unauth_destination or reject for whoever has not signed in.
    (
        Code.AUTH_REQUIRED,
        r"authentication (is )?required|not authenticated|must (authenticate|log ?in)"
        r"|(recipient address|client host) rejected: access denied|not logged in",
    ),
    _TOO_MUCH,
    _FULL,
    (Code.SIZE_LIMIT, r"too (big|large)|size (limit|exceeds)|exceeds (\S+ ){0,3}size"),
)
_UNKNOWN_RECIPIENT = _rules(
    (
        Code.RCPT_UNKNOWN,
        r"(unknown|no such) (user|mailbox|recipient|address)|user (unknown|not found)|does ?n.t exist",
    )
)
# Where we come from is not what is in the message.
_CONTENT = _rules(
    (Code.SEND_REJECTED, r"client host|blocked using|b(lack|lock)list|spamhaus|spamcop"),
    (Code.CONTENT_REJECTED, r"spam|virus|malware|phish|content|policy|d(marc|kim)|\bspf\b"),
)


def mailbox_refusal(text: str) -> Code:
    """Why a tagged NO (its text without the NO) keeps a folder closed."""
    return _MAILBOX_CODES.get(response_code(text), Code.MAILBOX_UNAVAILABLE)


def message_refusal(phase: str, status: int, text: str) -> Code:
    """Why a message is not taken; `phase` is the command that was answered, "message" after its text."""
    enhanced = _enhanced_status(text)
    detail = enhanced.partition(".")[2]
    if detail in _MESSAGE_CODES:
        return _MESSAGE_CODES[detail]
    if enhanced == "5.4.5":  # Google: the day's messages are used up; 4.4.5 is a server out of breath
        return Code.SEND_RATE_LIMITED
    if 400 <= status < 500 or enhanced.startswith("4"):
        return _by_words(text, _LATER) or Code.SEND_TEMP_FAILURE
    if status == 530:  # RFC 4954 section 6
        return Code.AUTH_REQUIRED
    if phase == "rcpt" and detail in _RCPT_CODES:
        return _RCPT_CODES[detail]
    recipient = _UNKNOWN_RECIPIENT if phase == "rcpt" else ()
    # RFC 3463: x.0 says nothing, x.6 is about the content and x.7 about policy.
    about_message = phase == "message" and detail[:2] in ("", "0.", "6.", "7.")
    otherwise = Code.CONTENT_REJECTED if about_message else Code.SEND_REJECTED
    return _by_words(text, (*_NEVER, *recipient, *_CONTENT)) or otherwise


# --- What they have in common --------------------------------------------------------------------------

_SERVICES = (
    ("web", re.compile(r"HTTP/|<!doctype|<html", re.I)),
    ("ssh", re.compile(r"SSH-")),
    ("imap", re.compile(r"\* (OK|PREAUTH|BYE)\b", re.I)),
    ("pop3", re.compile(r"(\+OK|-ERR)\b", re.I)),
    ("smtp", re.compile(r"[245]\d\d[ -].*(smtp|mail)", re.I)),
)


def identify_service(text: str) -> str:
    """Whose first line this is: web, ssh, imap, pop3, smtp; "" when it is none of them."""
    return next((name for name, pattern in _SERVICES if pattern.match(text)), "")


def _by_words(text: str, rules: Iterable[tuple[Code, re.Pattern[str]]]) -> Code | None:
    return next((code for code, words in rules if words.search(text, 0, _LONGEST_REPLY)), None)


def _enhanced_status(text: str) -> str:
    """Such as 5.7.8 (RFC 3463); "" without one."""
    match = re.match(r"[245]\.\d{1,3}\.\d{1,3}", text)
    return match.group() if match else ""
