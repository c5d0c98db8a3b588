"""Logging without secrets: whoever reads a log must not be able to open what its lines are about.

The record itself has no secrets, not what one handler's filter lets through, so the lines of libraries that
bring their own handlers (granian's access log, Celery) have none either.
"""

import logging
import logging.config
import re
import traceback
from types import TracebackType
from typing import Any

REMOVED = "[removed]"

_SLASH = r"(?:/|%(?:25)*2F)"
_SEGMENT = r"(?:(?!%(?:25)*2F)[^\s/?#&\"'<>\\])+"
# A path may stand in a log with its first slash, without it, or inside the query of another address.
_BEGIN = r"(?:(?<!\w)|(?<=%2F)|(?<=%252F))"
_NAMES = r"(?:token|key|code|state|secret|password|id_token|access_token|refresh_token|client_secret)"

_SECRETS = (
    # Set-up links, invitations, shared results, resets of a password.
    rf"({_BEGIN}s{_SLASH}){_SEGMENT}",
    rf"(invitations{_SLASH}){_SEGMENT}",
    rf"({_BEGIN}report{_SLASH}){_SEGMENT}",
    rf"(reset{_SLASH}key{_SLASH}){_SEGMENT}",
    # A query, of our own or of an OpenID Connect provider's answer, also inside another address.
    rf"((?:[?&]|%(?:25)*3F|%(?:25)*26){_NAMES}(?:=|%(?:25)*3D))(?:(?!%(?:25)*26)[^\s&#\"'<>\\])+",
    # What Python shows of a view's arguments, as in a template's failed look-up.
    rf"(['\"]{_NAMES}['\"]: ['\"])[^'\"]+",
    rf"(\b{_NAMES}=['\"])[^'\"]+",
    # Celery shows the whole message of a task that it does not know.
    r"(?s:(The full contents of the message (?:body|headers)[^\n:]*:).+)",
)
_SECRET = re.compile("|".join(_SECRETS), re.IGNORECASE)


def without_secrets(text: str) -> str:
    """`text` with `[removed]` in place of every token, key and code that stands in an address."""
    return _SECRET.sub(lambda found: next(filter(None, found.groups())) + REMOVED, text)


def configure(config: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG: what it does by default, and records without secrets."""
    logging.config.dictConfig(config)
    logging.setLogRecordFactory(CleanRecord)


class CleanRecord(logging.LogRecord):
    """A record whose message, exception and stack are without secrets before any handler sees them."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if self.exc_info and self.exc_info[0]:
            # Formatters take this in place of their own.
            self.exc_text = without_secrets(_shown(*self.exc_info))
        if self.stack_info:
            self.stack_info = without_secrets(self.stack_info)

    def getMessage(self) -> str:  # noqa: N802  # logging's name
        return without_secrets(super().getMessage())


def _shown(kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> str:
    return "".join(traceback.format_exception(kind, error, trace)).rstrip("\n")
