"""IMAP with TLS from the first byte, and IDLE: pymap on the demo's Maildirs."""

import asyncio
import ssl
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.policy import compat32
from mailbox import MaildirMessage
from pathlib import Path
from uuid import uuid4

from proxyprotocol.sock import SocketInfoLocal
from pymap.backend.maildir import Config, FilterSet, Identity, Login, Session
from pymap.backend.maildir.layout import MaildirLayout
from pymap.backend.maildir.mailbox import MailboxSet, Maildir
from pymap.backend.maildir.users import PasswordsFile, UsersFile
from pymap.concurrent import Event, Subsystem
from pymap.imap import IMAPServer
from pymap.interfaces.login import IdentityInterface
from pymap.selected import SelectedMailbox
from pysasl.hashing import Cleartext

from demo.mailboxes import Mailboxes

IDLE_LOOK_SECONDS = 0.1
IDLE_LOOKS = 10


class DemoConfig(Config):
    @property
    def greeting(self) -> bytes:
        # pymap's own greeting asks the resolver for this machine's name at every connection.
        return b"Northwind demo mail is ready."


class NetworkLinesMaildir(Maildir):
    """Files in a Maildir end lines with LF; on the wire they end with CRLF (RFC 9051 section 2.2)."""

    def get_message(self, key: str) -> MaildirMessage:
        message = super().get_message(key)
        message.policy = compat32.clone(linesep="\r\n")
        return message


class PromptSession(Session):
    """Tells an idling client of a new message within a fraction of a second.

    pymap alone looks once a second and reports a message one look after it saw it.
    """

    def __init__(self, owner: str, config: Config, maildir: Path) -> None:
        layout = MaildirLayout.get(str(maildir), config.layout, NetworkLinesMaildir)
        inbox = NetworkLinesMaildir(str(maildir), create=False)
        super().__init__(owner, config, MailboxSet(inbox, layout), FilterSet(layout.path))
        self._maildir = maildir
        self._reported: frozenset[str] | None = None

    async def check_mailbox(
        self, selected: SelectedMailbox, *, wait_on: Event | None = None, housekeeping: bool = False
    ) -> SelectedMailbox:
        if wait_on is not None:
            for _ in range(IDLE_LOOKS):
                if wait_on.is_set() or self._file_names() != self._reported:
                    break
                await wait_on.wait(timeout=IDLE_LOOK_SECONDS)
        self._reported = self._file_names()
        return await super().check_mailbox(selected, housekeeping=housekeeping)

    def _file_names(self) -> frozenset[str]:
        # A changed flag renames the file, so the names tell of every change to the inbox.
        return frozenset(
            file.name for folder in ("new", "cur") for file in (self._maildir / folder).iterdir()
        )


class DemoIdentity(Identity):
    @asynccontextmanager
    async def new_session(self) -> AsyncIterator[Session]:
        metadata = await self.get()
        yield PromptSession(self.name, self.config, Path(metadata.params["mailbox_path"]))


class DemoLogin(Login):
    async def authorize(self, authenticated: IdentityInterface, authzid: str) -> Identity:
        allowed = await super().authorize(authenticated, authzid)
        return DemoIdentity(allowed.config, allowed.tokens, allowed.name, None, allowed.roles)


async def start_imap(mailboxes: Mailboxes, context: ssl.SSLContext, host: str, port: int) -> asyncio.Server:
    """Listens on `host`:`port`; raises OSError when the port is taken."""
    base_dir = str(mailboxes.folder)
    async with UsersFile.with_write(base_dir) as users, PasswordsFile.with_write(base_dir) as passwords:
        for address, password in mailboxes.passwords.items():
            users.set(users.build_record(address, str(mailboxes.maildir_path(address))))
            passwords.set(passwords.build_record(address, password))
    config = DemoConfig(
        Namespace(passlib_cfg=None, proxy_protocol="noop"),
        host=host,
        port=port,
        base_dir=base_dir,
        layout="++",
        colon=None,
        ssl_context=context,
        # That is its word for STARTTLS: everything here is encrypted before it begins.
        tls_enabled=False,
        # The passwords are generated for this machine and printed on its screen: hashing them for half a
        # second at every sign-in would protect nothing.
        hash_context=Cleartext(),
        subsystem=Subsystem.for_asyncio(),
        cpu_subsystem=Subsystem.for_asyncio(),
    )
    server = IMAPServer(DemoLogin(config), config)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await server(reader, writer, SocketInfoLocal(writer, unique_id=uuid4().bytes))

    return await asyncio.start_server(connected, host, port, ssl=context)
