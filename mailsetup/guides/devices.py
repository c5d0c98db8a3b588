"""A guess at the device in the visitor's hand, always shown as a guess."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from accounts.browsers import system_of
from mailsetup.guides.clients import Guide, Platform

_HINTS = {
    '"Windows"': Platform.WINDOWS,
    '"macOS"': Platform.MAC,
    '"Android"': Platform.ANDROID,
    '"iOS"': Platform.IOS,
    '"Linux"': Platform.LINUX,
}
# What ua-parser calls the systems. A Chromebook, a Windows Phone or a television is none of ours.
_SYSTEMS = {
    "Windows": Platform.WINDOWS,
    "iOS": Platform.IOS,
    "Android": Platform.ANDROID,
    "Mac OS X": Platform.MAC,
    **dict.fromkeys(
        (
            *("Linux", "Ubuntu", "Kubuntu", "Lubuntu", "Linux Mint", "Debian", "Fedora", "Red Hat", "CentOS"),
            *(
                "openSUSE",
                "SUSE",
                "Arch Linux",
                "Gentoo",
                "Slackware",
                "Mageia",
                "FreeBSD",
                "OpenBSD",
                "NetBSD",
            ),
        ),
        Platform.LINUX,
    ),
}

# What the visitor holds, what the group of apps is called, and its picture.
DEVICES = {
    Platform.WINDOWS: (_("a Windows computer"), _("Windows"), "desktop"),
    Platform.IOS: (_("an iPhone or iPad"), _("iPhone and iPad"), "phone"),
    Platform.ANDROID: (_("a phone or tablet with Android"), _("Android"), "phone"),
    Platform.MAC: (_("a Mac"), _("Mac"), "laptop"),
    Platform.LINUX: (_("a Linux computer"), _("Linux"), "desktop"),
}


def only_device(guide: Guide) -> str:
    """What the one kind of device is called that the app runs on, unless its name says so; else empty."""
    names = [str(DEVICES[platform][1]) for platform in guide.platforms]
    return names[0] if len(names) == 1 and names[0] not in guide.name else ""


def may_be_an_ipad(headers: Mapping[str, str]) -> bool:
    """Whether the browser is Safari that calls itself a Mac's: on an iPad it says the same, to the letter."""
    agent = headers.get("User-Agent", "")
    return "Macintosh" in agent and "Version/" in agent and "Safari/" in agent


def guess_platform(headers: Mapping[str, str]) -> Platform | None:
    """From `Sec-CH-UA-Platform` where the browser sends it, else from `User-Agent`; None: neither tells.

    Browsers that know the hint send it without Accept-CH, since it tells so little, but by HTTPS alone (MDN,
    "Sec-CH-UA-Platform").
    """
    hint = _HINTS.get(headers.get("Sec-CH-UA-Platform", ""))
    if hint:
        return hint
    return _SYSTEMS.get(system_of(headers.get("User-Agent", "")))
