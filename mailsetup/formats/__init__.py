"""From the settings of an address to the bytes that a program reads: one file a format."""

from mailsetup.formats import autoconfig, mobileconfig
from mailsetup.formats.base import Format, NothingToOffer, Scope

_IN_ORDER: tuple[Format, ...] = (autoconfig.FORMAT, mobileconfig.FORMAT)
FORMATS: dict[str, Format] = {file_format.slug: file_format for file_format in _IN_ORDER}

__all__ = ["FORMATS", "Format", "NothingToOffer", "Scope"]
