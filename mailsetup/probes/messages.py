"""The test message."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

TEST_HEADER = "X-Mailway-Test"


def compose_test_message(address: str, token: str, now: datetime) -> bytes:
    """A small message from `address` to itself that names the test in a header of its own.

    Auto-Submitted keeps vacation notices quiet (RFC 3834 section 5).
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = message["To"] = address
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{token.lower()}.connection-test@{address.rpartition('@')[2]}>"
    message["Subject"] = f"Connection test {token}"
    message["Auto-Submitted"] = "auto-generated"
    message[TEST_HEADER] = token
    message.set_content("This message tests that mail can be sent and received. The test removes it again.\n")
    return message.as_bytes()
