"""Every domain's answer, known before anybody asks: the server of each name, and some documents a server.

A document has places for the domain and the local part, so a provider with a hundred thousand domains on
three servers keeps a dozen documents and one dictionary. Each web process keeps its own and looks whether
anything was changed; strangers' names are not in it.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
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
class Index:
    """`names` says of each domain and alias its server and the domain that it belongs to.

    `documents` are by server, whether the name is an alias, and what is asked; None where there is nothing
    that may be offered. `revision` is that of what was read.
    """

    revision: int
    names: dict[str, tuple[int, str]] = field(default_factory=dict)
    documents: dict[tuple[int, bool, Asked], bytes | None] = field(default_factory=dict)

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
        """Read it anew if anything has changed."""
        if self.index is None or selectors.revision() != self.index.revision:
            self.index = load()

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
