"""Microsoft Autodiscover, the kind that is asked by POST with XML ("POX"), and its JSON pointer.

Elements and their order: MicrosoftDocs/office-developer-exchange-docs, web-service-reference, *-pox.md. The
namespaces there begin with https by mistake; programs compare with http.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from defusedxml import DefusedXmlException
from defusedxml import ElementTree as SafeET

from mailsetup.clientconfig import (
    AddressError,
    Authentication,
    ClientConfig,
    ServerSettings,
    ServiceType,
    SocketType,
    parse_address,
)
from mailsetup.formats.base import (
    Evidence,
    Format,
    NothingToOffer,
    Reader,
    Scope,
    encrypted_only,
)

_SCHEMAS = "http://schemas.microsoft.com/exchange/autodiscover"
_DOCUMENT = f"{_SCHEMAS}/responseschema/2006"
OUTLOOK_REQUEST = f"{_SCHEMAS}/outlook/requestschema/2006"
OUTLOOK_RESPONSE = f"{_SCHEMAS}/outlook/responseschema/2006a"
MOBILESYNC_REQUEST = f"{_SCHEMAS}/mobilesync/requestschema/2006"
MOBILESYNC_RESPONSE = f"{_SCHEMAS}/mobilesync/responseschema/2006"

MEDIA_TYPE = "text/xml; charset=utf-8"
JSON_MEDIA_TYPE = "application/json"
_POX = "AutodiscoverV1"

ADDRESS_NOT_FOUND = (500, "The email address can't be found.")
INVALID_REQUEST = (600, "Invalid Request")
NO_SUCH_PROVIDER = (601, "The requested response schema is not available.")


class Malformed(ValueError):
    """What came is no request for settings."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a program asked: for whom, and in which schema it wants the answer."""

    address: str
    response_schema: str


def parse_request(body: bytes) -> Request:
    """Raises Malformed: no XML, XML with entities, another document, no address or no schema."""
    try:
        root = SafeET.fromstring(body, forbid_dtd=True)
    except (ET.ParseError, DefusedXmlException, ValueError, LookupError):
        raise Malformed("no XML") from None
    for schema in (OUTLOOK_REQUEST, MOBILESYNC_REQUEST):
        if root.tag == f"{{{schema}}}Autodiscover":
            address = root.findtext(f"{{{schema}}}Request/{{{schema}}}EMailAddress") or ""
            wanted = root.findtext(f"{{{schema}}}Request/{{{schema}}}AcceptableResponseSchema") or ""
            if address.strip() and wanted.strip():
                return Request(address.strip(), wanted.strip())
    raise Malformed("no address or no schema")


class Autodiscover(Format):
    slug = "autodiscover"
    media_type = MEDIA_TYPE
    readers = (
        Reader("Thunderbird", "asks for it besides autoconfig, which counts more", Evidence.SOURCE),
        Reader(
            "Outlook 2007 to 2021, classic",
            "asks for it; newer ones often ask Microsoft instead",
            Evidence.VENDOR,
        ),
        Reader("MyMail, Spike, Nine", "asks for it", Evidence.SEEN),
    )
    scope = Scope.ADDRESS
    public = True
    signed = False

    def filename(self, config: ClientConfig) -> str:  # noqa: ARG002  # other formats name the address
        return "autodiscover.xml"

    def render(self, config: ClientConfig) -> bytes:
        """The settings of one address, the protocols in the provider's order; raises NothingToOffer."""
        try:
            address = parse_address(config.address)
        except AddressError:
            raise NothingToOffer("Autodiscover answers for one address.") from None
        usable = self.tellable(config.services)
        # Thunderbird reads the port and not the kind of encryption, so implicit TLS is the one to name.
        usable.sort(key=lambda service: service.socket_type is not SocketType.SSL)
        offered = {service.type: service for service in reversed(usable)}
        incoming = [service for kind, service in offered.items() if kind is not ServiceType.SMTP]
        outgoing = offered.get(ServiceType.SMTP)
        if not incoming or outgoing is None:
            raise NothingToOffer(f"{config.domain} has no encrypted way to receive and to send.")
        root, response = _document(OUTLOOK_RESPONSE)
        _add(_add(response, "User"), "DisplayName", str(address))
        account = _add(response, "Account")
        _add(account, "AccountType", "email")
        _add(account, "Action", "settings")
        for service in sorted(incoming, key=config.services.index):
            _protocol(account, service)
        _protocol(account, outgoing, same_as=incoming)
        return _bytes(root)

    def tellable(self, services: Iterable[ServerSettings]) -> list[ServerSettings]:
        """Of the encrypted ones those with a plain password: it can name no other way to sign in."""
        return [
            service
            for service in encrypted_only(services)
            if service.authentication is Authentication.PASSWORD_CLEARTEXT
        ]


def render_mobilesync(config: ClientConfig) -> bytes:
    """Where Exchange ActiveSync is, for programs that ask in its schema; raises NothingToOffer."""
    if not config.activesync_url:
        raise NothingToOffer(f"{config.domain} has no Exchange ActiveSync.")
    root, response = _document(MOBILESYNC_RESPONSE)
    _add(response, "Culture", "en:en")
    user = _add(response, "User")
    _add(user, "DisplayName", config.address)
    _add(user, "EMailAddress", config.address)
    server = _add(_add(_add(response, "Action"), "Settings"), "Server")
    _add(server, "Type", "MobileSync")
    _add(server, "Url", config.activesync_url)
    _add(server, "Name", config.activesync_url)
    return _bytes(root)


def render_error(error: tuple[int, str], *, time: str, number: int) -> bytes:
    """An answer that says why there are no settings; it goes out with HTTP 200.

    `time` is HH:MM:SS.fffffff; `number` is unsigned and for whoever looks for it in a log.
    """
    code, message = error
    # Unlike that of an answer, this Response is in the namespace of the document.
    root, response = _document(_DOCUMENT)
    element = _add(response, "Error", attributes={"Time": time, "Id": str(number)})
    _add(element, "ErrorCode", str(code))
    _add(element, "Message", message)
    _add(element, "DebugData")
    return _bytes(root)


def render_pointer(protocol: str, url: str) -> tuple[int, bytes]:
    """Status and body of the JSON answer, which says where the XML is asked for.

    Programs write `protocol` in any case.
    """
    if protocol.casefold() == _POX.casefold():
        return 200, json.dumps({"Protocol": _POX, "Url": url}).encode()
    message = f"The given protocol value '{protocol[:40]}' is invalid. Supported values are '{_POX}'"
    return 400, json.dumps({"ErrorCode": "InvalidProtocol", "ErrorMessage": message}).encode()


def _document(response_namespace: str) -> tuple[ET.Element, ET.Element]:
    root = ET.Element("Autodiscover", xmlns=_DOCUMENT)
    attributes = {} if response_namespace == _DOCUMENT else {"xmlns": response_namespace}
    return root, ET.SubElement(root, "Response", attributes)


def _add(
    parent: ET.Element, tag: str, text: str | None = None, attributes: dict[str, str] | None = None
) -> ET.Element:
    element = ET.SubElement(parent, tag, attributes or {})
    element.text = text
    return element


def _protocol(
    account: ET.Element, service: ServerSettings, same_as: list[ServerSettings] | None = None
) -> None:
    """In Microsoft's order. Each flag is said: SPA, SSL and AuthRequired are on where they are missing."""
    protocol = _add(account, "Protocol")
    _add(protocol, "Type", service.type.value.upper())
    _add(protocol, "Server", service.hostname)
    _add(protocol, "Port", str(service.port))
    _add(protocol, "LoginName", service.username)
    _add(protocol, "DomainRequired", "off")
    _add(protocol, "SPA", "off")
    # Old programs read the first, newer ones the second.
    _add(protocol, "SSL", "on")
    _add(protocol, "Encryption", "SSL" if service.socket_type is SocketType.SSL else "TLS")
    _add(protocol, "AuthRequired", "on")
    if same_as is not None:
        same = all(each.username == service.username for each in same_as)
        _add(protocol, "UsePOPAuth", "on" if same else "off")
        _add(protocol, "SMTPLast", "off")


def _bytes(root: ET.Element) -> bytes:
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


FORMAT = Autodiscover()
