"""Whether an app finds the settings by itself once the address is typed."""

from collections.abc import Iterable
from enum import Enum

from mailsetup.clientconfig import Protocol, ServerSettings, ServiceType
from mailsetup.discovery.dns_watch import watcher
from mailsetup.formats import FORMATS
from mailsetup.guides.clients import Guide
from mailsetup.hosting.models import Domain


class Lookup(Enum):
    WORKS = "works"  # it asks us, we answer, and the domain's DNS leads it here
    NOT_LED_HERE = "not led here"  # as above, but the name that it asks leads nowhere or elsewhere
    UNSURE = "unsure"  # nobody has looked yet, or something else answers


def lookup(guide: Guide, protocol: Protocol, domain: Domain | None, name: str) -> Lookup:
    """What comes of typing an address of `name`, which is `domain` or an alias of it.

    Where there is no row of `domain` its MX records led to us, and it isn't ours to look at.
    """
    asked = guide.asks.get(protocol)
    if asked is None or domain is None or not _answers(domain, protocol, asked):
        return Lookup.UNSURE
    leads_here = watcher.leads_here(name, asked)
    if leads_here is None:
        return Lookup.UNSURE
    return Lookup.WORKS if leads_here else Lookup.NOT_LED_HERE


def told(asked: str, services: Iterable[ServerSettings]) -> set[ServiceType]:
    """Of which kinds of `services` a program hears that asks for the format `asked`."""
    return {service.type for service in FORMATS[asked].tellable(services)}


def _answers(domain: Domain, protocol: Protocol, asked: str) -> bool:
    """Whether it is we who answer, and with both servers: the format can't name every kind."""
    if asked == "autodiscover" and domain.server.answers_autodiscover:
        return False
    services = [service.as_settings() for service in domain.server.services.all()]
    return {protocol.service_type, ServiceType.SMTP} <= told(asked, services)
