"""The provider as its customers know it. Views ask for the brand of a request and pass it down."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Brand:
    """A name, how to reach support, a colour as #1b6a8f and a logo; everything but the name may be empty.

    The logo is the image itself, as a data address: the page of an error shows it too.
    """

    name: str
    support_phone: str
    support_url: str
    support_hours: str
    privacy_url: str
    colour: str = ""
    logo: str = ""

    @property
    def style(self) -> str:
        """What makes the stylesheet's colours this brand's."""
        return style_of(self.colour)


def style_of(colour: str) -> str:
    """A rule of CSS, which the Content-Security-Policy lets through by its hash."""
    return f":root{{--brand:{colour}}}" if colour else ""


def portal_url() -> str:
    """Where the portal is, from its first name; PORTAL_URL where that isn't enough."""
    if settings.PORTAL_URL:
        return str(settings.PORTAL_URL).rstrip("/")
    return f"{'https' if settings.HTTPS_ONLY else 'http'}://{settings.PORTAL_HOSTS[0]}"


def portal_host() -> str:
    """The host name of portal_url(), or the address that stands in its place."""
    return urlsplit(portal_url()).hostname or ""


def installation_brand() -> Brand:
    """The brand of the whole installation, for what has no request."""
    return Brand(**settings.BRAND)


def brand_of(_request: HttpRequest) -> Brand:
    """The brand under which somebody came; takes a broken request too, so that error pages can show it."""
    return installation_brand()
