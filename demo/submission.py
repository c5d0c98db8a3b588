"""Message submission (RFC 8314, RFC 6409) with AUTH: aiosmtpd, delivering into the demo's Maildirs."""

import asyncio
import ssl
from datetime import UTC, datetime
from email.utils import format_datetime

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from demo.mailboxes import Mailboxes

SIZE_LIMIT = 25 * 1024 * 1024


class Delivery:
    """Hooks that aiosmtpd calls; each returns the SMTP reply."""

    def __init__(self, mailboxes: Mailboxes, hostname: str) -> None:
        self.mailboxes = mailboxes
        self.hostname = hostname

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.mailboxes.find(address) != session.auth_data:
            return "553 5.7.1 Sender address rejected: it does not belong to the signed-in user"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        known = self.mailboxes.find(address)
        if known is None:
            # The demo never sends anything out into the world.
            return "550 5.1.1 Recipient address rejected: there is no such mailbox here"
        envelope.rcpt_tos.append(known)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        keys = [
            self.mailboxes.deliver(recipient, self._stamped(session, envelope, recipient))
            for recipient in dict.fromkeys(envelope.rcpt_tos)
        ]
        return f"250 2.0.0 OK: queued as {keys[0]}"

    def _stamped(self, session: Session, envelope: Envelope, recipient: str) -> bytes:
        """The message under the trace header that RFC 5321 section 4.4 asks for, without changing a byte."""
        trace = (
            f"Return-Path: <{envelope.mail_from}>\r\n"
            f"Delivered-To: {recipient}\r\n"
            f"Received: from {session.host_name} by {self.hostname} with ESMTPSA\r\n"
            f"\tfor <{recipient}>; {format_datetime(datetime.now(UTC))}\r\n"
        )
        # original_content is the message as bytes, whatever else aiosmtpd was told to make of it.
        return trace.encode("utf-8") + (envelope.original_content or b"")


async def start_submission(
    mailboxes: Mailboxes, context: ssl.SSLContext, hostname: str, host: str, port: int
) -> asyncio.Server:
    """Listens on `host`:`port`; raises OSError when the port is taken."""

    def authenticate(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: LoginPassword
    ) -> AuthResult:
        address = login.login.decode("utf-8", "replace")
        if mailboxes.accepts(address, login.password):
            return AuthResult(success=True, auth_data=mailboxes.find(address))
        return AuthResult(success=False, handled=False)

    loop = asyncio.get_running_loop()

    def protocol() -> SMTP:
        return SMTP(
            Delivery(mailboxes, hostname),
            data_size_limit=SIZE_LIMIT,
            enable_SMTPUTF8=True,
            hostname=hostname,
            ident="Northwind demo mail",
            # It knows of no encryption but its own STARTTLS.
            auth_require_tls=False,
            auth_required=True,
            authenticator=authenticate,
            loop=loop,
        )

    return await loop.create_server(protocol, host, port, ssl=context)
