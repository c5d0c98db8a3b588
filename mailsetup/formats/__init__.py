"""From the settings of an address to the bytes that a program reads: one file a format."""

from mailsetup.formats import autoconfig, autodiscover, mobileconfig, pacc, plain, thunderbird_qr
from mailsetup.formats.base import Evidence, Format, NothingToOffer, Reader, Scope
from mailsetup.formats.terminal import (
    aerc,
    curl,
    fetchmail,
    getmail,
    himalaya,
    mbsync,
    msmtp,
    neomutt,
    offlineimap,
)

_IN_ORDER: tuple[Format, ...] = (
    autoconfig.FORMAT,
    autodiscover.FORMAT,
    mobileconfig.FORMAT,
    pacc.FORMAT,
    thunderbird_qr.FORMAT,
    plain.FORMAT,
    mbsync.FORMAT,
    offlineimap.FORMAT,
    getmail.FORMAT,
    fetchmail.FORMAT,
    msmtp.FORMAT,
    neomutt.FORMAT,
    aerc.FORMAT,
    himalaya.FORMAT,
    curl.FORMAT,
)
FORMATS: dict[str, Format] = {file_format.slug: file_format for file_format in _IN_ORDER}

__all__ = ["FORMATS", "Evidence", "Format", "NothingToOffer", "Reader", "Scope"]
