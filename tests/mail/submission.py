"""Submission where Postfix can't run: it signs the lab's mailboxes in and delivers over Dovecot's LMTP.

python -m tests.mail.submission LMTP_SOCKET CERTIFICATE KEY STARTTLS_PORT IMPLICIT_TLS_PORT
"""

import asyncio
import contextlib
import smtplib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.mail.mailboxes import HOST, MAILBOXES

_PASSWORDS = {box.address: box.password for box in MAILBOXES.values()}


def authenticate(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
) -> AuthResult:
    if isinstance(data, LoginPassword):
        known = _PASSWORDS.get(data.login.decode(errors="replace"))
        if known is not None and known.encode() == data.password:
            return AuthResult(success=True, auth_data=data.login.decode())
    return AuthResult(success=False, handled=False)


class LmtpDelivery:
    """Takes every message, as a queue does, and hands it to Dovecot; what Dovecot refuses is gone."""

    def __init__(self, socket_path: str) -> None:
        self.socket_path = socket_path

    async def handle_MAIL(
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address != session.auth_data:
            return "553 5.7.1 Sender address rejected: not owned by user"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Ok"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        with contextlib.suppress(smtplib.SMTPException):
            await asyncio.to_thread(self._deliver, envelope)
        return "250 2.0.0 Ok: taken"

    def _deliver(self, envelope: Envelope) -> None:
        with smtplib.LMTP(self.socket_path) as delivery:
            delivery.sendmail(envelope.mail_from or "", envelope.rcpt_tos, envelope.original_content or b"")


async def serve(lmtp_socket: str, certificate: str, key: str, starttls_port: int, implicit_port: int) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)

    def starttls() -> SMTP:
        return SMTP(
            LmtpDelivery(lmtp_socket),
            hostname=HOST,
            tls_context=context,
            require_starttls=True,
            auth_required=True,
            authenticator=authenticate,
        )

    def implicit_tls() -> SMTP:
        # The connection is encrypted before aiosmtpd sees it, so it must not ask for STARTTLS as well.
        return SMTP(
            LmtpDelivery(lmtp_socket),
            hostname=HOST,
            auth_required=True,
            auth_require_tls=False,
            authenticator=authenticate,
        )

    loop = asyncio.get_running_loop()
    servers = [
        await loop.create_server(starttls, "127.0.0.1", starttls_port),
        await loop.create_server(implicit_tls, "127.0.0.1", implicit_port, ssl=context),
    ]
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:4], *map(int, sys.argv[4:6])))
