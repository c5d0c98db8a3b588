"""Thunderbird for Windows, Mac and Linux: finds the settings by autoconfig."""

from mailsetup.clientconfig import Protocol
from mailsetup.formats.autoconfig import DAYS_TO_LEAVE_MESSAGES
from mailsetup.guides.clients.base import Guide, Platform

GUIDE = Guide(
    slug="thunderbird",
    name="Thunderbird",
    rank=30,
    tile="Tb",
    hue=270,
    platforms=(Platform.WINDOWS, Platform.MAC, Platform.LINUX),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    minutes=2,
    way="type_address",
    evidence=(
        "Labels, their order and what is found by itself were read out of Thunderbird's own files [P]; "
        "the older look comes from hosting providers' pages [H]."
    ),
    checked="Thunderbird 153.7 ESR, from its own files",
    days_on_server=DAYS_TO_LEAVE_MESSAGES,
)
