"""What somebody at the desk may mean by what they type: a reference, an address, a domain, a customer.

Plain text in, plain text out: what is there is another question (`selectors`).
"""

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import idna

from mailsetup.clientconfig import Address, AddressError, parse_address, parse_domain
from mailsetup.setup_links.codes import (
    CODE_ALPHABET,
    CODE_LENGTH,
    display_code,
    is_mistyped,
    normal_code,
)

_NAME_CHARACTERS = string.ascii_lowercase + string.digits + "-."
# What stands between the words of a sentence, or between the parts of a pasted web address.
_BETWEEN_WORDS = re.compile(r"[\s/?#&=,;:<>()]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a text may mean.

    `references` are those that can be right, `near_references` those that it may be with one slip; `address`
    and `domain` are what it is in full; `words` is the text for names, `local_part` what stands before an @
    whose domain isn't whole.
    """

    text: str
    words: str
    references: tuple[str, ...] = ()
    near_references: tuple[str, ...] = ()
    address: Address | None = None
    local_part: str = ""
    domain: str = ""


def query_of(text: str, *, max_characters: int) -> Query:
    """What `text` may mean; whatever it holds, it is one line of so many characters at most."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    cleaned = " ".join(printable[:max_characters].split())
    host, words = _parts(cleaned)
    with_at = next((word for word in words if "@" in word), "")
    if with_at:
        return _with_at(cleaned, with_at)
    references = tuple(_references(words))
    return Query(
        text=cleaned,
        words=host or cleaned,
        references=references,
        near_references=() if references else tuple(_near_references(words)),
        domain=_domain(host or cleaned),
    )


def _parts(text: str) -> tuple[str, list[str]]:
    """The host of a pasted web address, if it is one, and the words of the text without it."""
    host = ""
    if "://" in text:
        try:
            address = urlsplit(text)
        except ValueError:  # brackets that aren't those of an IPv6 address
            return "", _BETWEEN_WORDS.split(text)
        host, text = address.hostname or "", unquote(f"{address.path} {address.query}")
    return host, [word for word in _BETWEEN_WORDS.split(text) if word]


def _with_at(text: str, word: str) -> Query:
    """Of an address that is the whole text, or that stands in it: `Anna <anna@lindqvist.example>`."""
    for candidate in (text, word.strip(".")):
        try:
            address = parse_address(candidate)
        except AddressError:
            continue
        return Query(text=text, words=text.lower(), address=address, domain=address.domain)
    local_part, _, domain = text.rpartition("@")
    return Query(
        text=text,
        words=domain.strip(),
        local_part=local_part.strip().lower(),
        domain=_domain(domain),
    )


def _domain(text: str) -> str:
    try:
        return parse_domain(text)
    except AddressError:
        return ""


def _codes(words: list[str]) -> Iterator[str]:
    """Words, or neighbours together, that are as long as a code: `7k4q 29xm` behind a word or before one."""
    normal = [normal_code(word) for word in words]
    for start in range(len(normal)):
        code = ""
        for part in normal[start : start + CODE_LENGTH]:
            code += part
            if len(code) >= CODE_LENGTH:
                break
        if len(code) == CODE_LENGTH:
            yield code


def _references(words: list[str]) -> Iterator[str]:
    for code in _codes(words):
        if not is_mistyped(code):
            yield display_code(code)


def _near_references(words: list[str]) -> Iterator[str]:
    """The references that become the last such word by one wrong character or two that changed places.

    The last character follows from the others, so of each place there is one at most.
    """
    code = next(reversed(list(_codes(words))), "")
    if not code:
        return
    for place in range(CODE_LENGTH):
        for character in CODE_ALPHABET:
            candidate = code[:place] + character + code[place + 1 :]
            if not is_mistyped(candidate):
                yield display_code(candidate)
    for place in range(CODE_LENGTH - 1):
        candidate = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        if not is_mistyped(candidate):
            yield display_code(candidate)


def as_stored(words: str) -> str:
    """A piece of a domain name in the letters in which names are stored: `xn--bcher-kva` for `Bücher`."""
    try:
        return words.lower() if words.isascii() else idna.encode(words, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return words.lower()


def may_be_in_a_name(piece: str) -> bool:
    """Whether any domain name can have this piece in it."""
    return bool(piece) and set(piece) <= set(_NAME_CHARACTERS)


def names_above(name: str) -> list[str]:
    """The domains that a host of this name may belong to: `example.com` for `mail.example.com`."""
    labels = name.split(".")
    return [".".join(labels[place:]) for place in range(1, len(labels) - 1)]


def near_names(name: str) -> set[str]:
    """Every name that becomes `name` by one character: wrong, missing, too many, or changed with the next."""
    cuts = [(name[:place], name[place:]) for place in range(len(name) + 1)]
    near = {before + after[1:] for before, after in cuts if after}
    near |= {before + each + after[1:] for before, after in cuts if after for each in _NAME_CHARACTERS}
    near |= {before + each + after for before, after in cuts for each in _NAME_CHARACTERS}
    near |= {before + after[1] + after[0] + after[2:] for before, after in cuts if len(after) > 1}
    return near - {name, ""}
