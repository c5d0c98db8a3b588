"""What is known about mail apps: one file an app, each with a `GUIDE`. A new file is found by itself."""

from importlib import import_module
from pkgutil import iter_modules

from mailsetup.guides.clients import other
from mailsetup.guides.clients.base import TOPICS, Grade, Guide, Platform, Refusal, ServerTrait

_APPS = [
    module.name for module in iter_modules(__path__, f"{__name__}.") if not module.name.endswith(".base")
]
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
    "TERMINAL",
    "TOPICS",
    "Grade",
    "Guide",
    "Platform",
    "Refusal",
    "ServerTrait",
    "guides_for",
]
