"""What a person reads about an address, a domain or a server that won't do."""

from django.utils.translation import gettext_lazy as _

from mailsetup.clientconfig import AddressError, AddressFault, NotOffered, ServiceType
from mailsetup.clientconfig.address import ADDRESS_MAX, LOCAL_PART_MAX

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
