"""PACC, draft-ietf-mailmaint-pacc-03: a JSON document with host names alone. No program is known to ask yet.

It knows no ports, no kinds of encryption and no user names: implicit TLS on the usual ports and the address
as user name are what it means. A server that does it otherwise can't be told of in it.
"""

import json

from mailsetup.clientconfig import Authentication, ClientConfig, ServerSettings, ServiceType, SocketType
from mailsetup.formats.base import Evidence, Format, NothingToOffer, Reader, Scope, printable

# RFC 8314 section 3: implicit TLS.
_PORTS = {ServiceType.IMAP: 993, ServiceType.POP3: 995, ServiceType.SMTP: 465}
# Draft 03 says `submit`, draft 02 said `smtp`; programs skip keys that they don't know.
_KEYS = {ServiceType.IMAP: ("imap",), ServiceType.POP3: ("pop3",), ServiceType.SMTP: ("submit", "smtp")}
_NAME_MAX = 60
_SHORT_NAME_MAX = 20


class Pacc(Format):
    slug = "pacc"
    media_type = "application/json"
    readers = (Reader("himalaya (pimalaya's discovery, draft 02)", "asks for it by HTTPS", Evidence.SOURCE),)
    scope = Scope.DOMAIN
    public = True
    signed = False

    def filename(self, config: ClientConfig) -> str:  # noqa: ARG002  # other formats name the address
        return "user-agent-configuration.json"

    def render(self, config: ClientConfig) -> bytes:
        """The same bytes for the same settings: DNS holds their digest. Raises NothingToOffer."""
        hosts: dict[ServiceType, str] = {}
        for service in config.services:
            if _can_be_said(service, config):
                hosts.setdefault(service.type, service.hostname)
        incoming = {ServiceType.IMAP, ServiceType.POP3} & hosts.keys()
        if not incoming or ServiceType.SMTP not in hosts:
            raise NothingToOffer(
                f"{config.domain} has no way to receive and to send with implicit TLS on the usual ports and "
                "the address as user name, and PACC can't say anything else."
            )
        protocols: dict[str, dict[str, str]] = {
            key: {"host": host} for kind, host in hosts.items() for key in _KEYS[kind]
        }
        for key, url in (("caldav", config.caldav_url), ("carddav", config.carddav_url)):
            if url.startswith("https://"):
                protocols[key] = {"url": url}
        name = config.display_name or config.domain
        provider = {"name": printable(name, _NAME_MAX), "shortName": printable(name, _SHORT_NAME_MAX)}
        info: dict[str, object] = {"provider": provider}
        if config.documentation_url:
            info["help"] = {"documentation": config.documentation_url}
        document = {"authentication": {"password": True}, "info": info, "protocols": protocols}
        return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _can_be_said(service: ServerSettings, config: ClientConfig) -> bool:
    return (
        service.socket_type is SocketType.SSL
        and service.port == _PORTS[service.type]
        and service.username == config.address
        and service.authentication is Authentication.PASSWORD_CLEARTEXT
    )


FORMAT = Pacc()
