"""Finding an app by what people type: part of its name, its maker, its device, a word spelt wrongly."""

import re
from difflib import get_close_matches

from mailsetup.guides.clients import GUIDES, Guide
from mailsetup.guides.devices import DEVICES

# Of two words, how alike they have to be: "thunderbrid" is Thunderbird, "pegasus" is nothing of ours.
_ALIKE = 0.75
# A word shorter than this is like too many others.
_TOO_SHORT_TO_GUESS = 4


def find_guides(text: str) -> list[Guide]:
    """The apps that `text` may mean, best first: every word begins a word of the app, or nearly is one."""
    words = _words(text)
    if not words:
        return []
    named = [guide for guide in _candidates() if all(_begins_one(word, _names(guide)) for word in words)]
    known = [guide for guide in _candidates() if all(_begins_one(word, _known(guide)) for word in words)]
    exact = list(dict.fromkeys([*named, *known]))
    return exact or [guide for guide in _candidates() if all(_is_like_one(word, guide) for word in words)]


def _candidates() -> list[Guide]:
    return [guide for guide in GUIDES.values() if guide.slug != "other"]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _names(guide: Guide) -> list[str]:
    # People write in one what isn't, and leave out the maker: "livemail".
    words = [_words(name) for name in (guide.name, *guide.also)]
    return [
        part for name in words for start in range(len(name)) for part in (name[start], "".join(name[start:]))
    ]


def _known(guide: Guide) -> list[str]:
    devices = " ".join(str(DEVICES[platform][1]) for platform in guide.platforms)
    return [
        *_names(guide),
        *_words(guide.vendor),
        *_words(devices),
        *(["terminal"] if guide.terminal else []),
    ]


def _begins_one(word: str, names: list[str]) -> bool:
    return any(name.startswith(word) for name in names)


def _is_like_one(word: str, guide: Guide) -> bool:
    if len(word) < _TOO_SHORT_TO_GUESS:
        return _begins_one(word, _known(guide))
    return bool(get_close_matches(word, _known(guide), n=1, cutoff=_ALIKE))
