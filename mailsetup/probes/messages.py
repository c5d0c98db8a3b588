"""The test message: how it is made, and how it is told from anybody else's."""

import re
from datetime import datetime
from email.message import EmailMessage, Message
from email.parser import HeaderParser
from email.policy import SMTP
from email.utils import format_datetime

from mailsetup.probes.hops import moment_of

TEST_HEADER = "X-Mailway-Test"
# All that has to be known of a message to tell whether it is ours, and which way it took.
TOLD_BY = ("Received", "Date", "From", "To", "Message-ID", TEST_HEADER)
_TOKEN = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")


def compose_test_message(address: str, token: str, now: datetime) -> bytes:
    """A small message from `address` to itself that names the test in a header of its own.

    Auto-Submitted keeps vacation notices quiet (RFC 3834 section 5).
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = message["To"] = address
    message["Date"] = format_datetime(now)
    message["Message-ID"] = _message_id(address, token)
    message["Subject"] = f"Connection test {token}"
    message["Auto-Submitted"] = "auto-generated"
    message[TEST_HEADER] = token
    message.set_content("This message tests that mail can be sent and received. The test removes it again.\n")
    return message.as_bytes()


def _message_id(address: str, token: str) -> str:
    return f"<{token.lower()}.connection-test@{address.rpartition('@')[2]}>"


def names_test(header: str, token: str) -> bool:
    """Whether `header` is that of the message of the test with this token."""
    return _only(HeaderParser().parsestr(header), TEST_HEADER).upper() == token.upper()


def was_left_behind(header: str, address: str, before: datetime) -> bool:
    """Whether `header` is that of a test message of `address` which was made before this moment.

    The own header, the Message-ID made of the same token, sender and recipient all have to agree, each of
    them there once: what somebody else wrote, answered or forwarded does not.
    """
    message = HeaderParser().parsestr(header)
    token, made = _only(message, TEST_HEADER), moment_of(_only(message, "Date"))
    return (
        _TOKEN.fullmatch(token) is not None
        and _only(message, "Message-ID") == _message_id(address, token)
        # As we wrote them: an address of a stranger's may nest parentheses until its parser breaks.
        and _only(message, "From").lower() == _only(message, "To").lower() == address.lower()
        and made is not None
        and made < before
    )


def _only(message: Message, name: str) -> str:
    """The one field of this name; empty where there is none, or more than one."""
    fields = message.get_all(name, [])
    return str(fields[0]).strip() if len(fields) == 1 else ""
