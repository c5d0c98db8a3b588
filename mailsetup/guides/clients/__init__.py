"""What is known about mail apps: one file an app, each with a `GUIDE`. A new file is found by itself."""

from importlib import import_module
from pkgutil import iter_modules

from mailsetup.guides.clients import other
from mailsetup.guides.clients.base import (
    PORTS,
    TOPICS,
    Grade,
    Guide,
    Meaning,
    Message,
    Platform,
    Refusal,
    ServerTrait,
    Side,
)

# What the apps' files are made of.
_PARTS = {"base", "messages"}
_APPS = [f"{__name__}.{module.name}" for module in iter_modules(__path__) if module.name not in _PARTS]
_GUIDES: list[Guide] = [import_module(name).GUIDE for name in _APPS]
GUIDES: dict[str, Guide] = {guide.slug: guide for guide in sorted(_GUIDES, key=lambda guide: guide.rank)}


def guides_for(platform: Platform) -> list[Guide]:
    """The named apps with windows that run on `platform` and are still made.

    "Another app" fits everywhere and is offered apart.
    """
    return [
        guide
        for guide in GUIDES.values()
        if platform in guide.platforms
        and guide.status == "current"
        and not guide.terminal
        and guide is not other.GUIDE
    ]


TERMINAL = [guide for guide in GUIDES.values() if guide.terminal]
NO_LONGER_MADE = [guide for guide in GUIDES.values() if guide.status != "current"]

__all__ = [
    "GUIDES",
    "NO_LONGER_MADE",
    "PORTS",
    "TERMINAL",
    "TOPICS",
    "Grade",
    "Guide",
    "Meaning",
    "Message",
    "Platform",
    "Refusal",
    "ServerTrait",
    "Side",
    "guides_for",
]
