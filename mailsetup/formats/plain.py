"""The settings as lines of text, for a message, a note or a camera that shows what a code says."""

from mailsetup.clientconfig import (
    AddressError,
    ClientConfig,
    ServerSettings,
    ServiceType,
    SocketType,
    parse_address,
)
from mailsetup.formats.base import Evidence, Format, NothingToOffer, Reader, Scope

_ENCRYPTION = {SocketType.SSL: "SSL/TLS", SocketType.STARTTLS: "STARTTLS", SocketType.PLAIN: "none: not safe"}


class Plain(Format):
    slug = "text"
    media_type = "text/plain; charset=utf-8"
    readers = (Reader("Any camera or reader of codes", "shows it, to copy from", Evidence.RUN),)
    scope = Scope.ADDRESS
    public = False
    signed = False

    def filename(self, config: ClientConfig) -> str:  # noqa: ARG002  # other formats name the address
        return "mail-settings.txt"

    def render(self, config: ClientConfig) -> bytes:
        """The address, then receiving and sending, a line each; raises NothingToOffer."""
        try:
            address = parse_address(config.address)
        except AddressError:
            raise NothingToOffer("text is made for one address.") from None
        lines = [address.display, _line("Receiving", config.incoming), _line("Sending", config.outgoing)]
        return ("\n".join(lines) + "\n").encode()


def _line(direction: str, service: ServerSettings) -> str:
    kind = "SMTP" if service.type is ServiceType.SMTP else service.type.upper()
    return (
        f"{direction}: {kind}, {service.hostname}, port {service.port}, {_ENCRYPTION[service.socket_type]}, "
        f"user name {service.username}"
    )


FORMAT = Plain()
