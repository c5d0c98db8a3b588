"""One mailbox that the good servers share: what submission takes, IMAP and POP3 show."""

import asyncio
import base64
import binascii
from dataclasses import dataclass, field

ADDRESS = "anna@example.test"
PASSWORD = "correct horse"


@dataclass
class Maildrop:
    """`messages` by UID. `delivers_to` None loses what is sent; `attempts` counts sign-ins."""

    delivers_to: str | None = "INBOX"
    delay: float = 0
    messages: dict[int, tuple[str, str]] = field(default_factory=dict)
    attempts: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    sent: int = 0

    def accepts(self, username: str, password: str) -> bool:
        self.attempts.append(username)
        return (username, password) == (ADDRESS, PASSWORD)

    def accepts_plain(self, encoded: str) -> bool:
        """SASL PLAIN, RFC 4616."""
        try:
            _, username, password = base64.b64decode(encoded, validate=True).decode().split("\0")
        except (binascii.Error, ValueError):
            return False
        return self.accepts(username, password)

    def deliver(self, message: str) -> None:
        self.sent += 1
        if self.delivers_to is None:
            return
        asyncio.get_running_loop().call_later(self.delay, self._arrive, self.delivers_to, message)

    def _arrive(self, folder: str, message: str) -> None:
        self.messages[max(self.messages, default=0) + 1] = (folder, message)
        self.changed.set()

    def uids(self, folder: str) -> list[int]:
        return sorted(uid for uid, (where, _) in self.messages.items() if where == folder)
