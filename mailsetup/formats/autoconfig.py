"""Mozilla autoconfig (draft-ietf-mailmaint-autoconfig), read by Thunderbird and many others.

The rules that the draft leaves open come from what the programs' own code accepts: Thunderbird's
readFromXML, Thunderbird for Android's RealAutoconfigParser, FairEmail's EmailProvider.
"""

from xml.etree import ElementTree as ET

from mailsetup.clientconfig import ClientConfig, Protocol, ServerSettings, ServiceType
from mailsetup.formats.base import (
    Evidence,
    Format,
    NothingToOffer,
    Reader,
    Scope,
    printable,
)

_DISPLAY_NAME_MAX = 60
_DISPLAY_SHORT_NAME_MAX = 20
# Thunderbird's own default for accounts that it makes itself (AccountConfig), said out loud.
DAYS_TO_LEAVE_MESSAGES = 14


class Autoconfig(Format):
    slug = "autoconfig"
    # Thunderbird parses the body as XML only if the type starts with text/xml or application/xml.
    media_type = "text/xml; charset=utf-8"
    readers = (
        Reader("Thunderbird", "asks for it when an account is added", Evidence.RUN),
        Reader("Evolution", "asks for it when an account is added", Evidence.SEEN),
        Reader(
            "Thunderbird for Android, K-9 Mail",
            "asks for it without an address; takes IMAP only",
            Evidence.SOURCE,
        ),
        Reader(
            "FairEmail",
            "asks for it by HTTPS; of several servers of a kind it takes the last",
            Evidence.SOURCE,
        ),
        Reader("KMail, Spark, Nine, MailTime, ProfiMail, Maily", "asks for it", Evidence.SEEN),
    )
    scope = Scope.DOMAIN
    public = True
    signed = False

    def filename(self, config: ClientConfig) -> str:  # noqa: ARG002  # other formats name the address
        return "config-v1.1.xml"  # this for every version of the format, says the draft

    def render(self, config: ClientConfig) -> bytes:
        """The document for the address of `config`, or for its domain if it comes from resolve_domain().

        Both protocols are listed, IMAP first, each in the provider's order. Raises NothingToOffer.
        """
        services = self.tellable(config.services)
        incoming = [
            service for protocol in Protocol for service in services if service.type is protocol.service_type
        ]
        outgoing = [service for service in services if service.type is ServiceType.SMTP]
        if not incoming or not outgoing:
            raise NothingToOffer(f"{config.domain} has no encrypted way to receive and to send.")
        root = ET.Element("clientConfig", version="1.1")
        # The id has to be a legal host name, and one domain has to be without attributes; otherwise
        # Thunderbird rejects the file.
        provider = ET.SubElement(root, "emailProvider", id=config.domain)
        ET.SubElement(provider, "domain").text = config.domain
        name = config.display_name or config.domain
        ET.SubElement(provider, "displayName").text = printable(name, _DISPLAY_NAME_MAX)
        ET.SubElement(provider, "displayShortName").text = printable(name, _DISPLAY_SHORT_NAME_MAX)
        for service in incoming:
            server = _server(provider, "incomingServer", service)
            if service.type is ServiceType.POP3:
                _leave_messages(server)
        for service in outgoing:
            _server(provider, "outgoingServer", service)
        if config.documentation_url:
            documentation = ET.SubElement(provider, "documentation", url=config.documentation_url)
            ET.SubElement(documentation, "descr", lang="en").text = "Set up your mail, step by step"
        username = incoming[0].username
        _collection(root, "addressbook", "carddav", config.carddav_url, username)
        _collection(root, "calendar", "caldav", config.caldav_url, username)
        if config.webmail_url:
            webmail = ET.SubElement(root, "webMail")
            ET.SubElement(webmail, "loginPage", url=config.webmail_url)
        ET.indent(root)
        document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
        return document + b"\n"


def _server(provider: ET.Element, tag: str, service: ServerSettings) -> ET.Element:
    server = ET.SubElement(provider, tag, type=service.type.value)
    ET.SubElement(server, "hostname").text = service.hostname
    ET.SubElement(server, "port").text = str(service.port)
    ET.SubElement(server, "socketType").text = service.socket_type.value
    ET.SubElement(server, "authentication").text = service.authentication.value
    ET.SubElement(server, "username").text = service.username
    return server


def _collection(root: ET.Element, tag: str, kind: str, url: str, username: str) -> None:
    """Address books and calendars, as draft-ietf-mailmaint-autoconfig-06 spells them."""
    if not url:
        return
    collection = ET.SubElement(root, tag, type=kind)
    ET.SubElement(collection, "url").text = url
    ET.SubElement(collection, "authentication", system="http").text = "Basic"
    ET.SubElement(collection, "username").text = username


def _leave_messages(server: ET.Element) -> None:
    """Version 1.1 has these; without them a program may empty the mailbox on the server."""
    pop3 = ET.SubElement(server, "pop3")
    ET.SubElement(pop3, "leaveMessagesOnServer").text = "true"
    ET.SubElement(pop3, "daysToLeaveMessagesOnServer").text = str(DAYS_TO_LEAVE_MESSAGES)


FORMAT = Autoconfig()
