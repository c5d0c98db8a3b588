"""What a person reads about an address, a domain or a server that won't do."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mailsetup.clientconfig import (
    AddressError,
    AddressFault,
    NotOffered,
    ServerSettings,
    ServiceType,
    SocketType,
    display_domain,
)
from mailsetup.clientconfig.address import ADDRESS_MAX, LOCAL_PART_MAX

ENCRYPTION_NAMES = {SocketType.SSL: "SSL/TLS", SocketType.STARTTLS: "STARTTLS", SocketType.PLAIN: "–"}
_ADDRESS_FAULTS = {
    AddressFault.NO_AT: _("An address has an @ in it, such as anna@example.com."),
    AddressFault.ADDRESS_TOO_LONG: _(
        "An address has %(address_max)d characters at most; this one is longer."
    ),
    AddressFault.INVISIBLE_CHARACTER: _(
        "The address contains characters that can’t be seen. Type it in by hand."
    ),
    AddressFault.LOCAL_PART_TOO_LONG: _("The part before the @ has %(local_part_max)d characters at most."),
    AddressFault.LOCAL_PART_CHARACTER: _(
        "The part before the @ has a character that can’t be in an address."
    ),
    AddressFault.DOMAIN_EMPTY: _("The domain name is empty."),
    AddressFault.DOMAIN_TOO_LONG: _("The domain name is longer than a domain name can be."),
    AddressFault.DOMAIN_INVALID: _("The part after the @ is not a domain name."),
    AddressFault.DOMAIN_INCOMPLETE: _("The part after the @ is not a whole domain name such as example.com."),
}


def address_fault(error: AddressError) -> str:
    """Why the text that somebody typed is no address or domain name, in one sentence."""
    sizes = {"address_max": ADDRESS_MAX, "local_part_max": LOCAL_PART_MAX}
    return str(_ADDRESS_FAULTS[error.fault]) % sizes


def domain_fault(text: str) -> str:
    """That the text which somebody typed is no domain name, in one sentence."""
    return _("“%(text)s” is not a domain name such as example.com.") % {"text": text}


def domain_is_here(name: str) -> str:
    """That nobody can add this name, because it is a domain already, in one sentence."""
    return _("%(domain)s is here already, as a domain of its own.") % {"domain": display_domain(name)}


def alias_is_here(name: str, domain: str) -> str:
    """That nobody can add this name, because it is an alias already, in one sentence."""
    values = {"alias": display_domain(name), "domain": display_domain(domain)}
    return _("%(alias)s is here already, as an alias of %(domain)s.") % values


def mailbox_elsewhere(address: str, domain: str) -> str:
    """That a mailbox is listed under a domain that it is not in, in one sentence."""
    return _("%(address)s is not in %(domain)s.") % {"address": address, "domain": display_domain(domain)}


# What the ports that mail apps know stand for (RFC 8314 section 7.3, RFC 6409 section 3.1).
_USUAL = {
    143: (ServiceType.IMAP, SocketType.STARTTLS),
    993: (ServiceType.IMAP, SocketType.SSL),
    110: (ServiceType.POP3, SocketType.STARTTLS),
    995: (ServiceType.POP3, SocketType.SSL),
    587: (ServiceType.SMTP, SocketType.STARTTLS),
    465: (ServiceType.SMTP, SocketType.SSL),
}
_PORTS = {usual: port for port, usual in _USUAL.items()}


def odd_service(service: ServerSettings) -> str:
    """Why most apps would fail with these settings, which a server may still have; "" when they are usual."""
    if not service.encrypted:
        return gettext(
            "Without encryption everybody on the way can read the password. People are warned of it, and "
            "programs are not told of this row."
        )
    expected, encryption = _USUAL.get(service.port, (service.type, service.socket_type))
    values = {
        "port": service.port,
        "type": service.type.upper(),
        "expected": expected.upper(),
        "encryption": _encryption(encryption),
        "chosen": _encryption(service.socket_type),
        "usual": _PORTS[service.type, service.socket_type],
    }
    if expected is not service.type:
        words = _("Odd: port %(port)d is for %(expected)s; %(type)s with %(chosen)s has port %(usual)d.")
    elif encryption is not service.socket_type:
        words = _("Odd: port %(port)d expects %(encryption)s; %(chosen)s belongs to port %(usual)d.")
    else:
        return ""
    return words % values


def _encryption(socket_type: SocketType) -> str:
    return "SSL/TLS" if socket_type is SocketType.SSL else socket_type.value


def not_offered(error: NotOffered) -> str:
    """Which service a server lacks, in one sentence."""
    if error.service_type is ServiceType.SMTP:
        return _("The server for %(domain)s has no service for sending mail.") % {"domain": error.domain}
    return _("The server for %(domain)s does not offer %(protocol)s.") % {
        "domain": error.domain,
        "protocol": error.service_type.upper(),
    }


def unknown_domain(name: str) -> str:
    """That nothing of ours covers this domain, in one sentence."""
    return _("The domain %(domain)s is not known here, and its MX records match no server.") % {
        "domain": name
    }
