"""Thunderbird for Windows, Mac and Linux: finds the settings by autoconfig."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Guide, Platform, for_both_protocols

GUIDE = Guide(
    slug="thunderbird",
    name="Thunderbird",
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
    # Steps 1 to 4 are the automatic way, 5 to 7 the manual one, where a single value can be mended.
    step_counts=for_both_protocols(4),
    steps=for_both_protocols(
        {"password": 4, "incoming": 6, "user_name": 6, "outgoing": 7, "authentication": 7}
    ),
)
