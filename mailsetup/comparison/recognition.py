"""Which known message a pasted text holds. Plain words are looked for, no patterns: people paste anything."""

import unicodedata
from collections.abc import Iterable
from functools import cache

from mailsetup.guides.clients import GUIDES, Guide, Meaning, Message
from mailsetup.guides.clients.messages import COMMON_WORDS

_GAP = "…"
# Apostrophes and quotation marks come in many shapes, and people leave them out.
_LEFT_OUT = str.maketrans("", "", "'’‘`´\"“”„«»‹›")
# A shorter part of a message is part of too many others.
_PART_WORDS = 3
# Somebody who types by hand leaves out little words. In a longer text they'd all turn up by chance.
_TYPED_WORDS = 30
_GRAVITY = {meaning: place for place, meaning in enumerate(Meaning)}


def recognise(text: str, guide: Guide) -> Message | None:
    """The most telling message in `text`, which the app of `guide` has shown; None: we know none of it.

    The app's own messages and what servers and systems say come first; another app's count where these are
    not found: people aren't always sure which app they have.
    """
    shown = _plain(text)
    typed = _words([shown])
    others = [message for other in GUIDES.values() if other is not guide for message in other.says]
    for known in ((*guide.says, *COMMON_WORDS), others):
        found = [message for message in known if _holds(shown, message)]
        found = found or [message for message in known if _is_part(shown, message)]
        found = found or [message for message in known if _has_the_words(typed, message)]
        if found:
            return min(found, key=_gravity)
    return None


def _gravity(message: Message) -> tuple[int, int]:
    """The most telling first, and of several such the longest."""
    return _GRAVITY[message.meaning], -len(message.text)


def _plain(text: str) -> str:
    """One case, one space between words, no apostrophes; “e-mail” and “email” are the same."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_LEFT_OUT).replace("e-mail", "email")
    return " ".join(folded.split())


@cache
def _parts(message: Message) -> tuple[str, ...]:
    return tuple(_plain(part) for part in message.text.split(_GAP))


def _holds(shown: str, message: Message) -> bool:
    """Whether all parts of `message` stand in `shown`, one after the other, as whole words."""
    start = 0
    for part in _parts(message):
        found = _find_words(shown, part, start)
        if found < 0:
            return False
        start = found + len(part)
    return True


def _find_words(shown: str, part: str, start: int) -> int:
    """Where `part` begins in `shown` without being the inside of a longer word; -1: nowhere."""
    found = shown.find(part, start)
    while found >= 0:
        before, after = shown[found - 1 : found], shown[found + len(part) : found + len(part) + 1]
        if not (part[0].isalnum() and before.isalnum()) and not (part[-1].isalnum() and after.isalnum()):
            return found
        found = shown.find(part, found + 1)
    return -1


def _is_part(shown: str, message: Message) -> bool:
    """Whether somebody has pasted part of `message`."""
    inside = shown.strip(" .,:;!?…")
    return len(inside.split()) >= _PART_WORDS and any(
        _find_words(part, inside, 0) >= 0 for part in _parts(message)
    )


def _has_the_words(typed: set[str], message: Message) -> bool:
    """Whether somebody has typed `message` by hand, nearly."""
    known = _words(_parts(message))
    return len(known) > _PART_WORDS and len(typed) <= _TYPED_WORDS and known <= typed


def _words(texts: Iterable[str]) -> set[str]:
    return {word.strip(".,:;!?()") for text in texts for word in text.split()} - {""}
