"""A guess at the device in the visitor's hand, always shown as a guess."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from mailsetup.guides.clients import Platform

# Order matters: an iPhone says "like Mac OS X", Android says "Linux".
_SIGNS = (
    ("iPhone", Platform.IOS),
    ("iPad", Platform.IOS),
    ("iPod", Platform.IOS),
    ("Android", Platform.ANDROID),
    ("Windows", Platform.WINDOWS),
    ("Macintosh", Platform.MAC),
    ("Linux", Platform.LINUX),
    ("X11", Platform.LINUX),
)
_HINTS = {
    '"Windows"': Platform.WINDOWS,
    '"macOS"': Platform.MAC,
    '"Android"': Platform.ANDROID,
    '"iOS"': Platform.IOS,
    '"Linux"': Platform.LINUX,
}

# What the visitor holds, what the group of apps is called, and its picture.
DEVICES = {
    Platform.WINDOWS: (_("a Windows computer"), _("Windows"), "desktop"),
    Platform.IOS: (_("an iPhone or iPad"), _("iPhone and iPad"), "phone"),
    Platform.ANDROID: (_("a phone or tablet with Android"), _("Android"), "phone"),
    Platform.MAC: (_("a Mac"), _("Mac"), "laptop"),
    Platform.LINUX: (_("a Linux computer"), _("Linux"), "desktop"),
}


def may_be_an_ipad(headers: Mapping[str, str]) -> bool:
    """Whether the browser is Safari that calls itself a Mac's: on an iPad it says the same, to the letter."""
    agent = headers.get("User-Agent", "")
    return "Macintosh" in agent and "Version/" in agent and "Safari/" in agent


def guess_platform(headers: Mapping[str, str]) -> Platform | None:
    """From `Sec-CH-UA-Platform` where the browser sends it, else from `User-Agent`; None: neither tells."""
    hint = _HINTS.get(headers.get("Sec-CH-UA-Platform", ""))
    if hint:
        return hint
    agent = headers.get("User-Agent", "")
    return next((platform for sign, platform in _SIGNS if sign in agent), None)
