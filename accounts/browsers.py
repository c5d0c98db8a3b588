"""What a browser says that it is, as a person would say it: "Chrome on Linux"."""

import re
from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import gettext as _
from ua_parser import BasicResolver, Parser, load_lazy_builtins

# Each rule is made ready when it is first needed: all of them would take a quarter of a second of the first
# page. The kinds of device are for links alone.
_BROWSERS, _SYSTEMS, _DEVICES = load_lazy_builtins()
_parser = Parser(BasicResolver((_BROWSERS, _SYSTEMS, [])))
_devices = Parser(BasicResolver(([], [], _DEVICES)))
# Of those that show where a link leads, what ua-parser takes for no robot: Teams, Outlook and Skype, and
# Messages on Apple's devices, which calls itself a Mac's browser and Facebook's robot in one.
_MORE_ROBOTS = re.compile(r"SkypeUriPreview|facebookexternalhit")
# And what it takes for one though a person's own script says no more than this.
_A_SCRIPT = re.compile(r"(?:Python-urllib3?|Java)/[\d._]+$", re.IGNORECASE)
# What ua-parser adds to the browser's own name; the system says it too.
_ADDED = re.compile(r"\b(?:Mobile|iOS|Headless)\b ?|^Headless")
# Some rules take the name from what was sent, which may be anything: a dot or a slash would become a link.
_A_NAME = re.compile(r"[\w +-]{1,40}")


def system_of(agent: str) -> str:
    """The system by the name that ua-parser has for it, such as "Mac OS X"; "" where nothing tells."""
    found = _parser.parse_os(_shortened(agent))
    return found.family if found else ""


def describe(agent: str) -> str:
    """One line about the browser and its system, made of words that are safe in a mail."""
    found = _parser.parse_user_agent(_shortened(agent))
    browser = _ADDED.sub("", found.family).strip() if found else ""
    systems = {"Mac OS X": _("a Mac"), "iOS": _("an iPhone or iPad")}
    system = system_of(agent)
    system = systems.get(system, system)
    if not _A_NAME.fullmatch(browser):
        browser = _("A browser")
    if not _A_NAME.fullmatch(system):
        return browser if found else _("A browser that we don’t know")
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}


def is_robot(agent: str) -> bool:
    """Whether a program says that it follows links by itself: a chat's preview, a scanner, a search."""
    agent = _shortened(agent)
    if _A_SCRIPT.match(agent):
        return False
    device = _devices.parse_device(agent)
    return (device is not None and device.family == "Spider") or bool(_MORE_ROBOTS.search(agent))


def is_prefetch(headers: Mapping[str, str]) -> bool:
    """Whether a browser loads a page that nobody has asked for yet.

    `Sec-Purpose` is the Fetch Standard's, `Purpose` what Chrome and Safari sent before, `X-Moz` Firefox.
    """
    return any("prefetch" in headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz"))


def _shortened(agent: str) -> str:
    return agent[: settings.ACCOUNTS.user_agent_characters]
