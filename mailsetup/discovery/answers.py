"""What programs are told, kept in memory: the same question comes from every program of a domain.

An answer holds the place of the local part, so that one is enough for all mailboxes of a domain.
"""

import hashlib
from dataclasses import dataclass, replace
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from django.conf import settings
from django.http.request import split_domain_port

from mailsetup.clientconfig import Address, AddressError, ClientConfig, parse_address, parse_domain
from mailsetup.discovery import documents
from mailsetup.discovery.index import LOCAL_PART, Asked, follower
from mailsetup.formats import FORMATS, Format, NothingToOffer, autodiscover
from mailsetup.hosting import selectors
from mailsetup.hosting.selectors import NotLookedUp, UnknownDomain

AUTOCONFIG = FORMATS["autoconfig"]
AUTOCONFIG_PATHS = (
    "mail/config-v1.1.xml",
    ".well-known/autoconfig/mail/config-v1.1.xml",
    # Nine for Android asks here (facts: wdes issue 4), and mail-v1.xml is Stalwart's and PACC's elder.
    "v1.1/mail/config-v1.1.xml",
    ".well-known/mail-v1.xml",
)
_PREFIXES = ("autoconfig.", "autodiscover.", "ua-auto-config.")
# Evolution asks for this mailbox of the domain in place of the real one, and fills the placeholders itself
# (its source: e-config-lookup, mail-autoconfig).
_NOBODY = "evolutionuser"
NOT_KNOWN = "No mail settings are known for this name.\n"


@dataclass(frozen=True, slots=True)
class Question:
    """What a program asks: about a domain, or about one address of it."""

    domain: str
    address: Address | None = None

    @classmethod
    def of(cls, host: str, query: str) -> "Question":
        """From the host name and the query as they came; raises AddressError."""
        asked = parse_qs(query, max_num_fields=20).get("emailaddress", [""])[-1]
        # A plus that was not encoded arrives as a space, which no address has.
        text = asked.strip(" ").replace(" ", "+")
        if text:
            address = parse_address(text)
            return cls(address.domain, None if address.local_part == _NOBODY else address)
        name, _port = split_domain_port(host.lower())
        for prefix in _PREFIXES:
            name = name.removeprefix(prefix)
        return cls(parse_domain(name))


@dataclass(frozen=True, slots=True)
class Answer:
    """A document, and what a cache on the way needs to know."""

    body: bytes
    cache_control: str
    media_type: str = AUTOCONFIG.media_type

    @property
    def etag(self) -> str:
        """A strong one: the same bytes, the same tag (RFC 9110 section 8.8.3)."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'

    def reply(self, if_none_match: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body for a program that says which answers it has."""
        etag = self.etag
        headers = {"Cache-Control": self.cache_control, "ETag": etag}
        if etag in if_none_match:
            return 304, headers, b""
        # A mail program in a browser may read it, too: it is public.
        headers |= {"Content-Type": self.media_type, "Access-Control-Allow-Origin": "*"}
        return 200, headers, self.body


def known(question: Question) -> Answer | None:
    """The answer that is kept, without asking the database; raises UnknownDomain if that is what is known."""
    index, of_address = follower.index, question.address is not None
    if index is None:
        return None
    if question.domain in index.names:
        asked = Asked.AUTOCONFIG_OF_ADDRESS if of_address else Asked.AUTOCONFIG_OF_DOMAIN
        document = index.document(question.domain, asked)
        if document is None:
            raise UnknownDomain(question.domain)
        return _filled(question, document)
    document = index.looked_up.document(question.domain, of_address=of_address)
    return None if document is None else _filled(question, document)


def known_settings(body: bytes) -> bytes | None:
    """Autodiscover's answer to this XML without asking the database; None where that isn't enough."""
    index = follower.index
    if index is None:
        return None
    try:
        request = autodiscover.parse_request(body)
        address = parse_address(request.address)
        if request.response_schema != autodiscover.OUTLOOK_RESPONSE:
            return None
        document = index.document(address.domain, Asked.AUTODISCOVER)
    except (autodiscover.Malformed, AddressError, KeyError):
        return None
    if document is None or address.mailbox_local_part != address.local_part:
        return None
    return document.replace(LOCAL_PART.encode(), escape(address.local_part).encode())


def answer(question: Question, *, display_name: str) -> Answer:
    """The answer, which is kept; raises UnknownDomain, also where there is nothing that may be offered."""
    found = known(question)
    if found is not None:
        return found
    # Where this changes meanwhile, what is found now is kept with what was, and forgotten with it.
    index = follower.index
    try:
        document: bytes | None = _document(question, display_name)
    except NotLookedUp:
        raise
    except (UnknownDomain, NothingToOffer):
        document = None
    if index is not None:
        index.looked_up.keep(question.domain, document, of_address=question.address is not None)
    if document is None:
        raise UnknownDomain(question.domain)
    return _filled(question, document)


def domain_answer(file_format: Format, domain: str, *, display_name: str) -> Answer:
    """The document of a format for a whole domain, made anew; raises UnknownDomain, NothingToOffer."""
    hosting = selectors.find_domain_hosting(domain, display_name=display_name)
    seconds = settings.DISCOVERY.discovery_max_age_seconds
    body = documents.for_domain(file_format, hosting)
    return Answer(body, f"public, max-age={seconds}", file_format.media_type)


def _document(question: Question, display_name: str) -> bytes:
    if question.address is None:
        hosting = selectors.find_domain_hosting(question.domain, display_name=display_name)
        return documents.for_domain(AUTOCONFIG, hosting)
    config = config_for_stranger(Address(LOCAL_PART, question.domain), display_name=display_name)
    return documents.for_config(AUTOCONFIG, config)


def config_for_stranger(address: Address, *, display_name: str) -> ClientConfig:
    """The settings of an address, for somebody who did not sign in; raises UnknownDomain, NothingToOffer."""
    hosting, _domain = selectors.find_hosting(address, display_name=display_name)
    # Whether anna+shop is a mailbox of its own is nothing for a stranger.
    return documents.config_for_address(address, replace(hosting, exact_mailbox=False))


def _filled(question: Question, document: bytes) -> Answer:
    seconds = settings.DISCOVERY.discovery_max_age_seconds
    if question.address is None:
        return Answer(document, f"public, max-age={seconds}")
    local_part = escape(question.address.mailbox_local_part).encode()
    return Answer(document.replace(LOCAL_PART.encode(), local_part), f"private, max-age={seconds}")
