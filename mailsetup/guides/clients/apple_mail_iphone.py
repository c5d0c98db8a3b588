"""Mail on iPhone and iPad: a profile to install, or everything typed in."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Guide, Platform, for_both_protocols

GUIDE = Guide(
    slug="apple-mail-iphone",
    name="Mail on iPhone and iPad",
    tile="Ma",
    hue=240,
    platforms=(Platform.IOS,),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    minutes=1,
    way="one_tap",
    evidence=(
        "The profile's keys come from Apple's own device-management schema [V]; the path through Settings "
        "and the labels of the manual way from hosting providers' pages [H]; the wording around installing "
        "a profile and the POP3 menu “Delete from server” are UNSOURCED."
    ),
    checked="iOS 18, from documents",
    profile="mobileconfig",
    # Steps 1 to 5 install the profile, 6 to 9 are the manual way, where a single value can be mended.
    step_counts=for_both_protocols(5),
    steps=for_both_protocols(
        {"password": 4, "incoming": 8, "user_name": 8, "outgoing": 9, "authentication": 9}
    ),
    prefer_ssl=True,
)
