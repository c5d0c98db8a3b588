"""POP3 with implicit TLS: Twisted's protocol on the demo's Maildirs."""

import io
import mailbox
from pathlib import Path
from typing import BinaryIO

from twisted.cred.error import UnauthorizedLogin
from twisted.internet.protocol import ServerFactory
from twisted.mail import pop3
from zope.interface import implementer

from demo.mailboxes import Mailboxes


@implementer(pop3.IMailbox)
class MaildirSnapshot:
    """The messages that were there at sign-in; RFC 1939 section 5 lets nothing change under the client.

    Methods count from 0 and raise ValueError for a message that is not there, as Twisted asks.
    """

    def __init__(self, path: Path) -> None:
        self._maildir = mailbox.Maildir(path, create=False)
        files = [file for folder in ("new", "cur") for file in (path / folder).iterdir()]
        arrived = {file.name.split(":")[0]: file.stat().st_mtime_ns for file in files}
        self._keys = sorted(arrived, key=arrived.__getitem__)
        self._deleted: set[int] = set()

    def listMessages(self, i: int | None = None) -> int | list[int]:
        """Octets of message `i`, or of all; 0 for a deleted one."""
        if i is None:
            return [self._size(index) for index in range(len(self._keys))]
        return self._size(self._index(i))

    def getMessage(self, i: int) -> BinaryIO:
        return io.BytesIO(self._maildir.get_bytes(self._keys[self._index(i)]))

    def getUidl(self, i: int) -> bytes:
        return self._keys[self._index(i)].encode("ascii")

    def deleteMessage(self, i: int) -> None:
        self._deleted.add(self._index(i))

    def undeleteMessages(self) -> None:
        self._deleted.clear()

    def sync(self) -> None:
        for index in self._deleted:
            self._maildir.discard(self._keys[index])

    def _index(self, i: int) -> int:
        if not 0 <= i < len(self._keys):
            raise ValueError(b"There is no such message")
        return i

    def _size(self, index: int) -> int:
        if index in self._deleted:
            return 0
        message = self._maildir.get_bytes(self._keys[index])
        # Every line feed in the file goes over the wire as CRLF.
        return len(message) + message.count(b"\n")


class DemoPop3(pop3.POP3):
    factory: "Pop3Factory"

    def generateMagic(self) -> bytes:
        # Without a message-id in the greeting no client tries APOP (RFC 1939 section 7).
        return b"Lindqvist demo mail is ready."

    def listCapabilities(self) -> list[bytes]:
        return [b"USER", b"TOP", b"UIDL", b"PIPELINING", b"RESP-CODES", b"AUTH-RESP-CODE"]

    def failResponse(self, message: object = b"") -> None:
        # RFC 3206: without [AUTH] a client cannot tell a wrong password from a fault of the server.
        if message == b"Authentication failed":
            message = b"[AUTH] Authentication failed"
        super().failResponse(message)

    def do_UIDL(self, i: bytes | None = None) -> object:
        if i is None:
            return super().do_UIDL()
        # Twisted answers with the identifier alone; RFC 1939 section 7 has the number before it.
        try:
            identifier = self.mbox.getUidl(int(i) - 1)
        except ValueError:
            return self.failResponse(b"There is no such message")
        return self.successResponse(b"%d %s" % (int(i), identifier))

    def authenticateUserPASS(self, user: bytes, password: bytes) -> tuple[object, object, object]:
        address = user.decode("utf-8", "replace")
        if not self.factory.mailboxes.accepts(address, password):
            raise UnauthorizedLogin()
        snapshot = MaildirSnapshot(self.factory.mailboxes.maildir_path(address.lower()))
        return pop3.IMailbox, snapshot, lambda: None


class Pop3Factory(ServerFactory):
    protocol = DemoPop3
    noisy = False

    def __init__(self, mailboxes: Mailboxes) -> None:
        self.mailboxes = mailboxes
