"""What goes out for a format: downloads, discovery and the command line all take their bytes from here."""

from mailsetup.clientconfig import (
    Address,
    ClientConfig,
    Hosting,
    NotOffered,
    Protocol,
    resolve,
    resolve_domain,
)
from mailsetup.discovery.signing import signer
from mailsetup.formats import Format, NothingToOffer, Scope


def for_config(file_format: Format, config: ClientConfig) -> bytes:
    """The document for settings that are known already; raises NothingToOffer."""
    body = file_format.render(config)
    signing = signer() if file_format.signed else None
    return signing.sign(body) if signing else body


def for_address(file_format: Format, address: Address, hosting: Hosting) -> bytes:
    """The document for one address, whatever protocols its server has; raises NothingToOffer."""
    try:
        return for_config(file_format, resolve(address, hosting, _any_protocol(hosting)))
    except NotOffered as error:
        raise NothingToOffer(str(error)) from error


def for_domain(file_format: Format, hosting: Hosting) -> bytes:
    """The document for every address of a domain, with placeholders; raises NothingToOffer."""
    if file_format.scope is not Scope.DOMAIN:
        raise NothingToOffer(f"{file_format.slug} is made for one address.")
    try:
        return for_config(file_format, resolve_domain(hosting, _any_protocol(hosting)))
    except NotOffered as error:
        raise NothingToOffer(str(error)) from error


def _any_protocol(hosting: Hosting) -> Protocol:
    """A public document lists every protocol, so any one that the server offers will do to resolve it."""
    return next(iter(hosting.protocols), Protocol.IMAP)
