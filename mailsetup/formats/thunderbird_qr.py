"""The import code of Thunderbird for Android, version 1 (its docs/qr-code-format.md and QRExport.sys.mjs).

JSON in nested lists, read by the app's own scanner. Its reader refuses the whole code for one field that it
does not like, and takes no null although the description allows it.
"""

import json
from typing import Any

from mailsetup.clientconfig import (
    AddressError,
    Authentication,
    ClientConfig,
    Protocol,
    ServerSettings,
    ServiceType,
    SocketType,
    parse_address,
)
from mailsetup.formats.base import Evidence, Format, NothingToOffer, Reader, Scope, pick

_VERSION = 1
_ONE_OF_ONE = [1, 1]
_PROTOCOLS = {Protocol.IMAP: 0, Protocol.POP3: 1}
_SMTP = 0
_SECURITY = {SocketType.STARTTLS: 2, SocketType.SSL: 3}
_AUTHENTICATION = {Authentication.PASSWORD_CLEARTEXT: 1, Authentication.PASSWORD_ENCRYPTED: 2}
# Desktop Thunderbird warns of longer ones: a camera no longer reads them well.
EASY_TO_SCAN_CHARACTERS = 800


class ThunderbirdQr(Format):
    slug = "thunderbird-qr"
    media_type = "application/json"
    readers = (
        Reader(
            "Thunderbird for Android, K-9 Mail", "scans it as a QR code: Settings, Import", Evidence.SOURCE
        ),
    )
    scope = Scope.ADDRESS
    public = False
    signed = False

    def filename(self, config: ClientConfig) -> str:  # noqa: ARG002  # other formats name the address
        return "thunderbird-android.json"

    def render(self, config: ClientConfig) -> bytes:
        """What the code says of one address and protocol, without a password; raises NothingToOffer."""
        try:
            address = str(parse_address(config.address))
        except AddressError:
            raise NothingToOffer("A code is made for one address.") from None
        incoming = pick(config, config.protocol.service_type)
        outgoing = pick(config, ServiceType.SMTP)
        if not (address.isascii() and incoming.username.isascii() and outgoing.username.isascii()):
            raise NothingToOffer("Thunderbird for Android takes ASCII alone in a code.")
        document = [
            _VERSION,
            _ONE_OF_ONE,
            [_PROTOCOLS[config.protocol], *_server(incoming)],
            [[[_SMTP, *_server(outgoing)], [address, ""]]],
        ]
        return json.dumps(document, separators=(",", ":")).encode()


def _server(service: ServerSettings) -> list[Any]:
    return [
        service.hostname,
        service.port,
        _SECURITY[service.socket_type],
        _AUTHENTICATION[service.authentication],
        service.username,
    ]


FORMAT = ThunderbirdQr()
