"""The DNS records with which mail programs find a domain's settings.

RFC 6186 (receiving and submission), RFC 8314 section 5.1 (submission with implicit TLS), RFC 6764 (calendars
and address books); CNAMEs for the names that programs ask by HTTP; PACC's digest.
"""

import base64
import hashlib
import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from mailsetup.clientconfig import ClientConfig, ServiceType, SocketType
from mailsetup.discovery import documents
from mailsetup.formats import FORMATS, NothingToOffer

_NAMES = {
    (ServiceType.IMAP, SocketType.SSL): "_imaps._tcp",
    (ServiceType.IMAP, SocketType.STARTTLS): "_imap._tcp",
    (ServiceType.POP3, SocketType.SSL): "_pop3s._tcp",
    (ServiceType.POP3, SocketType.STARTTLS): "_pop3._tcp",
    (ServiceType.SMTP, SocketType.SSL): "_submissions._tcp",
    (ServiceType.SMTP, SocketType.STARTTLS): "_submission._tcp",
}
# RFC 6186 section 3.4: the target "." says that a service is not offered.
_NOT_OFFERED = "0 0 0 ."
# IMAP is preferred to POP3 by its priority (RFC 6186 section 3.4).
_POP3_PRIORITY = 10
_TXT_MAX = 255
_IPV4 = 4


@dataclass(frozen=True, slots=True)
class Record:
    """`name` is relative to the domain; `value` as a zone file has it, host names with their final dot."""

    name: str
    type: str
    value: str


def records_for(config: ClientConfig, portal_host: str, *, with_autodiscover: bool) -> list[Record]:
    """What to publish for the domain of `config`, which comes from resolve_domain().

    `with_autodiscover`: no, where the server answers Autodiscover itself.
    """
    here = _to(portal_host)
    records = [Record("autoconfig", *here)]
    if with_autodiscover:
        records.append(Record("autodiscover", *here))
        if here[0] == "CNAME":
            records.append(Record("_autodiscover._tcp", "SRV", f"0 0 443 {here[1]}"))
    records += _services(config)
    records += _collections(config)
    records += _pacc(config, here)
    return records


def _to(host: str) -> tuple[str, str]:
    """The type and value of a record that leads to `host`, which may be an address in place of a name."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "CNAME", f"{host}."
    return ("A" if address.version == _IPV4 else "AAAA"), host


def _services(config: ClientConfig) -> Iterator[Record]:
    for (service_type, socket_type), name in _NAMES.items():
        offered = [
            service
            for service in config.services
            if (service.type, service.socket_type) == (service_type, socket_type)
        ]
        first = _POP3_PRIORITY if service_type is ServiceType.POP3 else 0
        for place, service in enumerate(offered):
            yield Record(name, "SRV", f"{first + place} 1 {service.port} {service.hostname}.")
        if not offered:
            yield Record(name, "SRV", _NOT_OFFERED)


def _collections(config: ClientConfig) -> Iterator[Record]:
    for kind, url in (("caldavs", config.caldav_url), ("carddavs", config.carddav_url)):
        name = f"_{kind}._tcp"
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.hostname:
            yield Record(name, "SRV", _NOT_OFFERED)
            continue
        yield Record(name, "SRV", f"0 1 {parts.port or 443} {parts.hostname}.")
        if parts.path not in ("", "/") and len(parts.path) < _TXT_MAX - len("path="):
            yield Record(name, "TXT", f'"path={parts.path}"')


def _pacc(config: ClientConfig, here: tuple[str, str]) -> Iterator[Record]:
    """Nothing where PACC can't say what the server does."""
    try:
        body = documents.for_config(FORMATS["pacc"], config)
    except NothingToOffer:
        return
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    yield Record("ua-auto-config", *here)
    yield Record("_ua-auto-config", "TXT", f'"v=UAAC1; a=sha256; d={digest}"')


def zone_lines(domain: str, records: list[Record]) -> list[str]:
    """As BIND reads them (RFC 1035 section 5)."""
    width = max(len(record.name) for record in records)
    return [
        f"$ORIGIN {domain}.",
        *(f"{record.name:<{width}} IN {record.type:<5} {record.value}" for record in records),
    ]
