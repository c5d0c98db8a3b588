"""Mail addresses and domain names as people type them."""

import re
from dataclasses import dataclass

import idna

# RFC 5321 section 4.5.3.1: 64 octets before the @, 254 for the whole path without its brackets.
_LOCAL_PART_MAX = 64
_ADDRESS_MAX = 254
# RFC 5322 section 3.2.3 dot-atom without the slash, which no mail server gives out and which would
# split the paths of web pages and Maildirs. Quoted local parts are legal and nobody's mailbox.
_ATEXT = r"[a-z0-9!#$%&'*+=?^_`{|}~-]+"
_LOCAL_PART = re.compile(rf"{_ATEXT}(\.{_ATEXT})*")
_SUBADDRESS_SEPARATOR = "+"  # RFC 5233


class AddressError(ValueError):
    """The text is no mail address or domain name; the message says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Address:
    """A mail address, lower case, its domain as A-labels."""

    local_part: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local_part}@{self.domain}"

    @property
    def mailbox_local_part(self) -> str:
        """The local part without a sub-address: `anna` of `anna+shop` (RFC 5233)."""
        base, _, _ = self.local_part.partition(_SUBADDRESS_SEPARATOR)
        return base or self.local_part

    @property
    def mailbox(self) -> str:
        """The address without a sub-address: the mailbox that one signs in to."""
        return f"{self.mailbox_local_part}@{self.domain}"

    @property
    def display(self) -> str:
        """The address as people write it, the domain in its own script."""
        return f"{self.local_part}@{display_domain(self.domain)}"


def parse_domain(text: str) -> str:
    """A domain name as lower-case A-labels; raises AddressError."""
    name = text.strip().rstrip(".")
    if not name:
        raise AddressError("The domain name is empty.")
    if len(name) > _ADDRESS_MAX:
        raise AddressError("The domain name is longer than a domain name can be.")
    try:
        ascii_name = idna.encode(name, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        raise AddressError("The part after the @ is not a domain name.") from None
    if "." not in ascii_name or ascii_name.rpartition(".")[2].isdigit():
        raise AddressError("The part after the @ is not a whole domain name such as example.com.")
    return ascii_name


def display_domain(name: str) -> str:
    """The domain in its own script; a name that is no valid IDN stays as it is."""
    try:
        return idna.decode(name)
    except (idna.IDNAError, UnicodeError):
        return name


def parse_address(text: str) -> Address:
    """The address in `text`; raises AddressError with one sentence for the person who typed it."""
    # People paste addresses with spaces around them; a control character inside is an attack or an accident.
    trimmed = text.strip(" \t\u00a0")
    if any(not character.isprintable() for character in trimmed):
        raise AddressError("The address contains characters that can’t be seen. Type it in by hand.")
    if len(trimmed) > _ADDRESS_MAX:
        raise AddressError(f"An address has {_ADDRESS_MAX} characters at most; this one is longer.")
    local_part, at, domain = trimmed.rpartition("@")
    if not at:
        raise AddressError("An address has an @ in it, such as anna@example.com.")
    local_part = local_part.lower()
    if len(local_part) > _LOCAL_PART_MAX:
        raise AddressError(f"The part before the @ has {_LOCAL_PART_MAX} characters at most.")
    if not _LOCAL_PART.fullmatch(local_part):
        raise AddressError("The part before the @ has a character that can’t be in an address.")
    return Address(local_part=local_part, domain=parse_domain(domain))
