"""What goes out for a format: downloads, discovery and the command line all take their bytes from here."""

from collections.abc import Sequence
from dataclasses import replace

from django.conf import settings
from django.urls import reverse

from accounts.brands import portal_url
from mailsetup.clientconfig import (
    Address,
    ClientConfig,
    Hosting,
    NotOffered,
    Protocol,
    Source,
    resolve,
    resolve_domain,
)
from mailsetup.discovery.signing import signer
from mailsetup.formats import Format, NothingToOffer, Scope, mobileconfig


def for_config(file_format: Format, config: ClientConfig) -> bytes:
    """The document for settings that are known already; raises NothingToOffer."""
    body = file_format.render(replace(config, documentation_url=_documentation_url(config)))
    signing = signer() if file_format.signed else None
    return signing.sign(body) if signing else body


def _documentation_url(config: ClientConfig) -> str:
    """The page that tells anybody what this document tells programs."""
    if config.source is Source.MX:
        return f"{portal_url()}/"  # A page that asked DNS would let strangers hold up its readers.
    # Under a customer's name the request has no addresses but discovery's.
    return portal_url() + reverse(
        "mailsetup:public_guide", settings.ROOT_URLCONF, kwargs={"domain": config.domain}
    )


def for_several(configs: Sequence[ClientConfig], *, owner: str) -> bytes:
    """One Apple profile for several addresses of `owner`; raises NothingToOffer."""
    body = mobileconfig.FORMAT.render_several(configs, owner)
    signing = signer()
    return signing.sign(body) if signing else body


def config_for_address(address: Address, hosting: Hosting) -> ClientConfig:
    """The settings of one address, whatever protocols its server has; raises NothingToOffer."""
    try:
        return resolve(address, hosting, _any_protocol(hosting))
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
