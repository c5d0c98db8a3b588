"""Mail on iPhone and iPad: a profile to install, or everything typed in."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Guide, Platform

GUIDE = Guide(
    slug="apple-mail-iphone",
    name="Mail on iPhone and iPad",
    rank=20,
    tile="Ma",
    hue=240,
    platforms=(Platform.IOS,),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    minutes=1,
    way="one_tap",
    evidence=(
        "The profile's keys come from Apple's own device-management schema [V]; the path through Settings "
        "and the labels of the manual way from hosting providers' pages [H]; how long a downloaded profile "
        "waits from such a provider's copy of Apple's page and from Microsoft's pages on enrolment [H]; the "
        "wording around installing a profile and the POP3 menu “Delete from server” are UNSOURCED."
    ),
    checked="iOS 18, from documents",
    profile="mobileconfig",
    profile_minutes=8,
    prefer_ssl=True,
)
