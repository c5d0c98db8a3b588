"""What somebody at the desk may mean by what they type: a reference, an address, a domain, a customer.

Plain text in, plain text out: what is there is another question (`selectors`).
"""

import string
from collections.abc import Iterator
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a text may mean.

    `reference` is one that can be right, `near_references` are those that it may be with one slip; `address`
    and `domain` are what it is in full; `words` is the text for names, `local_part` what stands before an @
    whose domain isn't whole.
    """

    text: str
    words: str
    reference: str = ""
    near_references: tuple[str, ...] = ()
    address: Address | None = None
    local_part: str = ""
    domain: str = ""


def query_of(text: str, *, max_characters: int) -> Query:
    """What `text` may mean; whatever it holds, it is one line of so many characters at most."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    cleaned = " ".join(printable[:max_characters].split())
    if "@" in cleaned:
        return _with_at(cleaned)
    return Query(
        text=cleaned,
        words=cleaned,
        reference=_reference(cleaned),
        near_references=tuple(_near_references(cleaned)),
        domain=_domain(cleaned),
    )


def _with_at(text: str) -> Query:
    local_part, _, domain = text.rpartition("@")
    try:
        address = parse_address(text)
    except AddressError:
        return Query(
            text=text,
            words=domain.strip(),
            local_part=local_part.strip().lower(),
            domain=_domain(domain),
        )
    return Query(text=text, words=text.lower(), address=address, domain=address.domain)


def _domain(text: str) -> str:
    try:
        return parse_domain(text)
    except AddressError:
        return ""


def _reference(text: str) -> str:
    code = normal_code(text)
    return "" if is_mistyped(code) else display_code(code)


def _near_references(text: str) -> Iterator[str]:
    """The references that become this text by one wrong character or two that changed places.

    The last character follows from the others, so of each place there is one at most.
    """
    code = normal_code(text)
    if len(code) != CODE_LENGTH or not is_mistyped(code):
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


def near_names(name: str) -> set[str]:
    """Every name that becomes `name` by one character: wrong, missing, too many, or changed with the next."""
    cuts = [(name[:place], name[place:]) for place in range(len(name) + 1)]
    near = {before + after[1:] for before, after in cuts if after}
    near |= {before + each + after[1:] for before, after in cuts if after for each in _NAME_CHARACTERS}
    near |= {before + each + after for before, after in cuts for each in _NAME_CHARACTERS}
    near |= {before + after[1] + after[0] + after[2:] for before, after in cuts if len(after) > 1}
    return near - {name, ""}
