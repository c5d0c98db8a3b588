"""What may stand as a server's host name, port, user name and web address, whoever types it in.

They go into commands, certificates, files and pages: a break in them would break those. Each function raises
ValueError with a sentence.
"""

import re

import idna

# Labels as DNS has them, each perhaps with a placeholder in it; an IPv6 address has colons.
_HOSTNAME = re.compile(r"(?:[A-Za-z0-9_.-]|%EMAILDOMAIN%|%EMAILLOCALPART%)+|[0-9A-Fa-f:.]+")
# A host name with a dot, perhaps a port and a path: neither `mailto:x` nor a word.
_WITHOUT_SCHEME = re.compile(r"[^\s:/?#@]+\.[^\s:/?#@]+(?::\d+)?(?:[/?#].*)?")

_SMTP_RELAY_PORT = 25


def check_host_name(text: str) -> None:
    """In any script; placeholders are allowed."""
    if not _HOSTNAME.fullmatch(with_a_labels(text)):
        raise ValueError(f"“{text}” is not a host name.")


def check_port(service_type: str, port: int) -> None:
    if (service_type, port) == ("smtp", _SMTP_RELAY_PORT):
        raise ValueError(
            "Port 25 is for servers among themselves and blocked on most networks; "
            "mail apps send on 465 with SSL, or on 587 with STARTTLS (RFC 8314)."
        )


def check_user_name(text: str) -> None:
    if not text.isprintable():
        raise ValueError("There is a character in it that can't be seen.")


def check_web_address(text: str) -> None:
    """Customers click on it, so it leads to a web page and runs nothing."""
    if text and not (text.startswith(("https://", "http://")) and text.isprintable()):
        raise ValueError("A web address starts with https://.")


def with_https(text: str) -> str:
    """A web address as people say it, `webmail.hoster.example/login`, with what a browser puts before it."""
    return f"https://{text}" if _WITHOUT_SCHEME.fullmatch(text) else text


def with_a_labels(hostname: str) -> str:
    """The host name with each label in its own script as an A-label; empty when one can't be."""
    try:
        return ".".join(
            label if label.isascii() else idna.encode(label, uts46=True).decode("ascii")
            for label in hostname.split(".")
        )
    except (idna.IDNAError, UnicodeError):
        return ""
