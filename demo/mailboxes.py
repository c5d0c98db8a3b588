"""The demo's mailboxes: their addresses, passwords and Maildirs. All three servers share them."""

import json
import mailbox
import secrets
from pathlib import Path

from demo.private_files import made_once, private_folder, write_private

ADDRESSES = ("anna@lindqvist.example", "office@lindqvist.example", "hej@xn--smrgsbutiken-wcb9u.example")
PASSWORD_WORDS = 4


class Mailboxes:
    """Mailboxes kept in `folder`; Maildirs and passwords are made at first use and kept afterwards."""

    def __init__(self, folder: Path) -> None:
        self.folder = private_folder(folder)
        file = folder / "passwords.json"
        self.passwords: dict[str, str] = json.loads(made_once(file, lambda: "{}"))
        missing = {address: generated_password() for address in ADDRESSES if address not in self.passwords}
        if missing:
            self.passwords |= missing
            write_private(file, json.dumps(self.passwords, indent=2).encode())
        for address in self.passwords:
            # pymap lists a Maildir only if it is there before anybody signs in.
            mailbox.Maildir(self.maildir_path(address), create=True)

    def maildir_path(self, address: str) -> Path:
        return self.folder / address

    def find(self, address: str) -> str | None:
        """The stored spelling of `address`, or None when there is no such mailbox."""
        lowered = address.lower()
        return lowered if lowered in self.passwords else None

    def accepts(self, address: str, password: bytes) -> bool:
        known = self.find(address)
        expected = self.passwords[known] if known else secrets.token_urlsafe()
        return secrets.compare_digest(expected.encode(), password) and known is not None

    def deliver(self, address: str, message: bytes) -> str:
        """Puts `message` (lines end in CRLF) into the Maildir of `address` and returns its key there."""
        # Maildirs keep lines as the file system has them; IMAP and POP3 put the CRLF back.
        return mailbox.Maildir(self.maildir_path(address)).add(message.replace(b"\r\n", b"\n"))


def generated_password() -> str:
    """A password of 80 random bits that is easy to read aloud and to type on a phone."""
    alphabet = "abcdefghijkmnpqrstuvwxyz23456789"  # 32 characters; no l/1 and no o/0
    groups = ("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(PASSWORD_WORDS))
    return "-".join(groups)
