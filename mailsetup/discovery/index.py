"""Every domain's answer, known before anybody asks: the server of each name, and some documents a server.

A document has places for the domain and the local part, so a provider with a hundred thousand domains on
three servers keeps a dozen documents and one dictionary. Each web process keeps its own and looks whether
anything was changed. What was looked up for other names is kept beside it for a while, and goes with it.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection

from accounts.brands import installation_brand
from mailsetup.clientconfig import Address, Hosting, Protocol, Source, resolve, resolve_domain
from mailsetup.clientconfig.resolve import NotOffered
from mailsetup.discovery import documents
from mailsetup.formats import FORMATS, NothingToOffer
from mailsetup.hosting import selectors

_log = logging.getLogger(__name__)
# Stand in a kept document where the names go; nobody is called so.
LOCAL_PART = "mailway-0f6c1d-local-part"
_DOMAIN = "mailway-0f6c1d-domain.invalid"
_PRIMARY = "mailway-0f6c1d-primary.invalid"


class Asked(Enum):
    """What programs ask for, and the format of the answer."""

    AUTOCONFIG_OF_DOMAIN = ("autoconfig", "domain")
    AUTOCONFIG_OF_ADDRESS = ("autoconfig", "address")
    AUTODISCOVER = ("autodiscover", "address")

    @property
    def slug(self) -> str:
        return self.value[0]


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What was found out about names that are not the provider's own: a document, or that they are nobody's.

    It is emptied as a whole (Follower.look), so a program's question is a look into a dictionary. The two
    are apart, because anybody can invent names that are nobody's; what is full takes no more.
    """

    documents: dict[tuple[str, bool], bytes] = field(default_factory=dict)
    nobodys: set[tuple[str, bool]] = field(default_factory=set)
    since: float = field(default_factory=time.time)

    def keep(self, domain: str, document: bytes | None, *, of_address: bool) -> None:
        """For an address of the domain or the domain itself; no document: it is nobody's."""
        most = settings.DISCOVERY.discovery_answers_count
        if document is not None and len(self.documents) < most:
            self.documents[domain, of_address] = document
        elif document is None and len(self.nobodys) < most:
            self.nobodys.add((domain, of_address))

    def document(self, domain: str, *, of_address: bool) -> bytes | None:
        """What is kept; None if nothing is. Raises UnknownDomain if the name is kept as nobody's."""
        document = self.documents.get((domain, of_address))
        if document is None and (domain, of_address) in self.nobodys:
            raise selectors.UnknownDomain(domain)
        return document


@dataclass(frozen=True, slots=True)
class Index:
    """`names` says of each domain and alias its server and the domain that it belongs to.

    `documents` are by server, whether the name is an alias, and what is asked; None where there is nothing
    that may be offered. `revision` is that of what was read.
    """

    revision: int
    names: dict[str, tuple[int, str]] = field(default_factory=dict)
    documents: dict[tuple[int, bool, Asked], bytes | None] = field(default_factory=dict)
    looked_up: LookedUp = field(default_factory=LookedUp)

    def document(self, domain: str, asked: Asked) -> bytes | None:
        """The document for a domain, with a place for the local part where it is about an address.

        Raises KeyError for a name that isn't here; None where nothing may be offered.
        """
        server, primary = self.names[domain]
        document = self.documents[server, primary != domain, asked]
        if document is None:
            return None
        document = document.replace(_DOMAIN.encode(), domain.encode())
        # Only an alias has a place for the other name.
        return document if primary == domain else document.replace(_PRIMARY.encode(), primary.encode())


def load() -> Index:
    """Everything as the database has it now."""
    revision = selectors.revision()
    names = selectors.servers_of_names()
    index = Index(revision, names)
    display_name = installation_brand().name
    for server, hosting in selectors.hostings_by_server(display_name=display_name).items():
        for is_alias in (False, True):
            for asked in Asked:
                index.documents[server, is_alias, asked] = _document(hosting, asked, is_alias=is_alias)
    return index


def _document(hosting: Callable[..., Hosting], asked: Asked, *, is_alias: bool) -> bytes | None:
    primary = _PRIMARY if is_alias else _DOMAIN
    source = Source.ALIAS if is_alias else Source.DOMAIN
    told = hosting(domain=_DOMAIN, primary_domain=primary, source=source)
    protocol = next(iter(told.protocols), Protocol.IMAP)
    try:
        if asked is Asked.AUTOCONFIG_OF_DOMAIN:
            config = resolve_domain(told, protocol)
        else:
            config = resolve(Address(LOCAL_PART, _DOMAIN), told, protocol)
        return documents.for_config(FORMATS[asked.slug], config)
    except (NotOffered, NothingToOffer):
        return None


class Follower:
    """Keeps an index that is never older than a few seconds, in a thread of its own."""

    def __init__(self) -> None:
        self.index: Index | None = None
        self._ending = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._follow, name="discovery index", daemon=True).start()

    def stop(self) -> None:
        self._ending.set()

    def look(self) -> None:
        """Read it anew if anything has changed, and forget what was looked up long ago."""
        if self.index is None or selectors.revision() != self.index.revision:
            self.index = load()
        elif time.time() - self.index.looked_up.since >= settings.DISCOVERY.discovery_kept_seconds:
            self.index = replace(self.index, looked_up=LookedUp())

    def _follow(self) -> None:
        while not self._ending.is_set():
            try:
                self.look()
            except DatabaseError as error:
                # Rather no answer from memory than an old one.
                self.index = None
                _log.warning("The index of domains can't be read: %s", type(error).__name__)
            close_old_connections()
            self._ending.wait(settings.DISCOVERY.discovery_index_seconds)
        connection.close()


follower = Follower()
