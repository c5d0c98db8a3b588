"""Mail addresses and domain names as people type them."""

import re
from dataclasses import dataclass
from enum import StrEnum, auto

import idna

# RFC 5321 section 4.5.3.1: 64 octets before the @, 254 for the whole path without its brackets.
LOCAL_PART_MAX = 64
ADDRESS_MAX = 254
# RFC 5322 section 3.2.3 dot-atom without the slash, which no mail server gives out and which would
# split the paths of web pages and Maildirs. Quoted local parts are legal and nobody's mailbox.
_ATEXT = r"[a-z0-9!#$%&'*+=?^_`{|}~-]+"
_LOCAL_PART = re.compile(rf"{_ATEXT}(\.{_ATEXT})*")
_SUBADDRESS_SEPARATOR = "+"  # RFC 5233


class AddressFault(StrEnum):
    """Why a text is no mail address or domain name."""

    NO_AT = auto()
    ADDRESS_TOO_LONG = auto()
    INVISIBLE_CHARACTER = auto()
    LOCAL_PART_TOO_LONG = auto()
    LOCAL_PART_CHARACTER = auto()
    DOMAIN_EMPTY = auto()
    DOMAIN_TOO_LONG = auto()
    DOMAIN_INVALID = auto()
    DOMAIN_INCOMPLETE = auto()


class AddressError(ValueError):
    """The text is no mail address or domain name; `fault` says why."""

    def __init__(self, fault: AddressFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


# A name of letters, digits and hyphens alone, which IDNA leaves as it is; asking takes fifty times as long.
_LABEL = r"(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PLAIN_NAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*")


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
        raise AddressError(AddressFault.DOMAIN_EMPTY)
    if len(name) > ADDRESS_MAX:
        raise AddressError(AddressFault.DOMAIN_TOO_LONG)
    ascii_name = name.lower() if name.isascii() else ""
    if not _PLAIN_NAME.fullmatch(ascii_name):
        try:
            ascii_name = idna.encode(name, uts46=True).decode("ascii").lower()
        except (idna.IDNAError, UnicodeError):
            raise AddressError(AddressFault.DOMAIN_INVALID) from None
    if "." not in ascii_name or ascii_name.rpartition(".")[2].isdigit():
        raise AddressError(AddressFault.DOMAIN_INCOMPLETE)
    return ascii_name


def display_domain(name: str) -> str:
    """The domain in its own script; a name that is no valid IDN stays as it is."""
    if _PLAIN_NAME.fullmatch(name):
        return name
    try:
        return idna.decode(name)
    except (idna.IDNAError, UnicodeError):
        return name


def parse_address(text: str) -> Address:
    """The address in `text`; raises AddressError."""
    # People paste addresses with spaces around them; a control character inside is an attack or an accident.
    trimmed = text.strip(" \t\u00a0")
    if any(not character.isprintable() for character in trimmed):
        raise AddressError(AddressFault.INVISIBLE_CHARACTER)
    if len(trimmed) > ADDRESS_MAX:
        raise AddressError(AddressFault.ADDRESS_TOO_LONG)
    local_part, at, domain = trimmed.rpartition("@")
    if not at:
        raise AddressError(AddressFault.NO_AT)
    local_part = local_part.lower()
    if len(local_part) > LOCAL_PART_MAX:
        raise AddressError(AddressFault.LOCAL_PART_TOO_LONG)
    if not _LOCAL_PART.fullmatch(local_part):
        raise AddressError(AddressFault.LOCAL_PART_CHARACTER)
    address = Address(local_part=local_part, domain=parse_domain(domain))
    # A domain in another script is longer as A-labels, which is how it goes over the wire.
    if len(str(address)) > ADDRESS_MAX:
        raise AddressError(AddressFault.ADDRESS_TOO_LONG)
    return address
