"""What the desk says about one address or domain: the settings and why, and what each program is told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from mailsetup.clientconfig import (
    Address,
    ClientConfig,
    Hosting,
    NotOffered,
    Protocol,
    ServerSettings,
    ServiceType,
    Source,
    display_domain,
    resolve,
    resolve_domain,
)
from mailsetup.connection_tests.report import State
from mailsetup.discovery import documents
from mailsetup.discovery.dns_watch import ASKED_BELOW, dns_can_lead_here, watcher
from mailsetup.formats import FORMATS, Format, NothingToOffer, Scope
from mailsetup.guides.clients import GUIDES, Guide
from mailsetup.hosting import dns, sentences
from mailsetup.hosting.dns import Lead
from mailsetup.hosting.models import Domain, Server
from mailsetup.hosting.selectors import UnknownDomain, find_hosting
from mailsetup.hosting.sentences import ENCRYPTION_NAMES
from mailsetup.support import selectors
from mailsetup.support.search import near_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One thing that led to the settings, or away from them."""

    state: State
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailGoes:
    """Where new mail for a domain goes, by its MX: in a word or two with its `hint`, and in a sentence."""

    state: State
    title: str
    text: str
    hint: str = ""
    elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Whether a program comes by what a format says, and what stands against it."""

    state: State
    title: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to receive or to send, as programs are told of it; `first`: before the others of its kind."""

    title: str
    protocol: str
    first: bool
    hostname: str
    port: int
    encryption: str
    username: str

    @property
    def server(self) -> str:
        return f"{self.hostname}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one format says: `text` if it can be read, `problem` where there is nothing to say.

    Of a domain alone it may be known whether programs get here that have to name an address.
    """

    slug: str
    read_by: str
    text: str
    problem: str
    served: Served | None


@dataclass(frozen=True, slots=True)
class Subject:
    """An address, or a domain alone, and what we know of it.

    `domain` is also there when it is switched off, and then there is no `hosting`.
    """

    address: Address
    domain: Domain | None
    hosting: Hosting | None

    @property
    def whole_domain(self) -> bool:
        return not self.address.local_part

    @property
    def title(self) -> str:
        return display_domain(self.address.domain) if self.whole_domain else self.address.display

    def config(self, protocol: Protocol) -> ClientConfig | None:
        """The settings, with placeholders for a domain alone; None where the server lacks a service."""
        if self.hosting is None:
            return None
        try:
            if self.whole_domain:
                return resolve_domain(self.hosting, protocol)
            return resolve(self.address, self.hosting, protocol)
        except NotOffered:
            return None


def subject_of(address: Address, *, display_name: str) -> Subject:
    """What is known of `address`; one without a local part stands for the domain."""
    try:
        hosting, domain = find_hosting(address, display_name=display_name)
    except UnknownDomain:
        hosting = None
        domain = selectors.domains_called([address.domain]).select_related("server").first()
    return Subject(address, domain, hosting)


@dataclass(frozen=True, slots=True)
class Unknown:
    """An address that isn't among the known ones of its domain; `near`: those that it may be by a slip."""

    near: list[Address]


def unknown(subject: Subject, *, near_limit: int, near_max_characters: int) -> Unknown | None:
    """None where the address is known, or where nobody named the addresses of its domain."""
    address, domain = subject.address, subject.domain
    if subject.whole_domain or domain is None or not selectors.is_unknown_mailbox(domain, address):
        return None
    typed = address.mailbox_local_part
    slips = near_names(typed) if len(typed) <= near_max_characters else ()
    found = selectors.mailboxes_called(domain, slips)[:near_limit]
    return Unknown([Address(mailbox.local_part, address.domain) for mailbox in found])


def _not_known(name: str) -> str:
    return _("The DNS gives no answer") if watcher.has_looked_at(name) else _("Not looked up yet")


def mail_of(servers: Mapping[str, Server]) -> list[MailGoes]:
    """Of each of these domains of ours, by name, where new mail goes, as far as a moment is enough to know.

    `servers` are those that the domains are on.
    """
    patterns = selectors.mx_patterns()
    watcher.give_a_moment(servers, seconds=settings.HOSTING.mx_timeout_seconds)
    return [_mail_goes(name, server, patterns) for name, server in servers.items()]


def _mail_goes(name: str, server: Server, patterns: Sequence[str]) -> MailGoes:
    """Where the MX of a domain leads; `patterns` are those of the hosts that are ours, of any server."""
    hosts = watcher.mail_hosts(name)
    if hosts is None:
        title = _not_known(name)
        return MailGoes(state="wait", title=title, text=f"{title}.")
    if not hosts:
        text = _("%(name)s has no MX.") % {"name": display_domain(name)}
        return MailGoes(state="warn", title=_("No MX"), text=text)
    host = {"host": hosts[0]}
    if ours := [each for each in hosts if dns.matches([each], patterns)]:
        text = _("New mail goes to us, to %(ours)s.")
        if hosts[0] not in ours:
            text = _("New mail goes to %(host)s or to us, to %(ours)s.")
        return MailGoes(state="ok", title=_("To us"), text=text % (host | {"ours": ours[0]}))
    # Without patterns of its own server it may be that one's host.
    if not server.mx_patterns:
        return MailGoes(state="wait", title=hosts[0], text=_("New mail goes to %(host)s.") % host)
    text = _("New mail goes elsewhere, to %(host)s.") % host
    return MailGoes(state="warn", title=_("Elsewhere"), text=text, hint=hosts[0], elsewhere=True)


def reasons(subject: Subject) -> Iterator[Reason]:
    """Why the settings are these, or why there are none: domain, alias, MX, server."""
    name, domain, hosting = display_domain(subject.address.domain), subject.domain, subject.hosting
    if hosting is None:
        yield _why_none(name, domain)
        return
    if hosting.source is Source.MX:
        yield Reason(
            state="ok",
            title=_("MX"),
            text=_("The MX records of %(name)s lead to our server.") % {"name": name},
        )
        return
    if domain is None:
        return
    customer = domain.customer.name if domain.customer else _("no customer")
    yield Reason(
        state="ok",
        title=_("Domain"),
        text=_("%(domain)s is on the list: %(customer)s.")
        % {"domain": domain.display_name, "customer": customer},
    )
    if hosting.source is Source.ALIAS:
        text = _("%(name)s is an alias of %(domain)s and gets its settings.")
        if not hosting.alias_uses_primary:
            text = _("%(name)s is an alias of %(domain)s; host and user names are its own.")
        yield Reason(state="ok", title=_("Alias"), text=text % {"name": name, "domain": domain.display_name})
    (mail,) = mail_of({subject.address.domain: domain.server})
    text = _("%(sentence)s Who is on the list needs no MX to be known.") % {"sentence": mail.text}
    yield Reason(state=mail.state, title=_("MX"), text=text)
    yield _server(domain.server, hosting)


def _why_none(name: str, domain: Domain | None) -> Reason:
    if domain is not None:
        return Reason(
            state="warn",
            title=_("Switched off"),
            text=_("%(domain)s is on the list and switched off. Programs are told nothing.")
            % {"domain": domain.display_name},
        )
    return Reason(
        state="bad",
        title=_("Not ours"),
        text=_("%(name)s is not on the list, and its MX records lead to no server of ours.") % {"name": name},
    )


def _server(server: Server, hosting: Hosting) -> Reason:
    values = {"server": server.name, "software": server.software or _("software not stated")}
    lacking = [kind.upper() for kind in ("imap", "pop3") if Protocol(kind) not in hosting.protocols]
    text = _("%(server)s, %(software)s.") % values
    if lacking:
        text = f"{text} {_('It has no %(protocols)s.') % {'protocols': ', '.join(lacking)}}"
    sends = any(service.type is ServiceType.SMTP for service in hosting.services)
    if not sends:
        text = f"{text} {_('It has no way to send.')}"
    return Reason(state="ok" if sends and hosting.protocols else "bad", title=_("Server"), text=text)


def ways(subject: Subject) -> list[Way]:
    """Every way in the provider's order, receiving before sending."""
    if subject.hosting is None:
        return []
    configs = [subject.config(protocol) for protocol in subject.hosting.protocols]
    config = next((each for each in configs if each is not None), None)
    services: Sequence[ServerSettings] = config.services if config else subject.hosting.services
    kinds = (*(protocol.service_type for protocol in Protocol), ServiceType.SMTP)
    found: list[Way] = []
    for kind in kinds:
        of_kind = [service for service in services if service.type is kind]
        found += [_way(service, first=place == 0) for place, service in enumerate(of_kind)]
    return found


def _way(service: ServerSettings, *, first: bool) -> Way:
    return Way(
        title=_("Sending") if service.type is ServiceType.SMTP else _("Receiving"),
        protocol=service.type.upper(),
        first=first,
        hostname=service.hostname,
        port=service.port,
        encryption=ENCRYPTION_NAMES[service.socket_type],
        username=_in_words(service.username),
    )


def _in_words(username: str) -> str:
    """Of a domain alone: what its programs put in the place of the signs for an address."""
    if username == "%EMAILADDRESS%":
        return _("the whole address")
    return username.replace("%EMAILLOCALPART%", "…")


def documents_of(subject: Subject, protocol: Protocol) -> list[Told]:
    """What each format would say, every one that is registered."""
    return [_told(file_format, subject, protocol) for file_format in FORMATS.values()]


def _told(file_format: Format, subject: Subject, protocol: Protocol) -> Told:
    text = problem = ""
    try:
        body = document(file_format, subject, protocol)
        text = body.decode()
    except NothingToOffer as nothing:
        problem = str(nothing)
    except UnicodeDecodeError:
        pass  # a signature is made of bytes; the file itself is a link away
    served = None
    if not problem or _asked_with_an_address(file_format, subject):
        served = _served(file_format, subject, signed=not text and not problem)
    return Told(
        slug=file_format.slug,
        read_by=", ".join(dict.fromkeys(reader.app for reader in file_format.readers)),
        text=text,
        problem=problem,
        served=served,
    )


def _asked_with_an_address(file_format: Format, subject: Subject) -> bool:
    return subject.whole_domain and file_format.scope is Scope.ADDRESS and file_format.slug in ASKED_BELOW


def _served(file_format: Format, subject: Subject, *, signed: bool) -> Served:
    below, domain = ASKED_BELOW.get(file_format.slug), subject.address.domain
    if below is None or subject.domain is None:
        return Served(state="ok", title=_("Served, signed") if signed else _("Served"))
    name = {"name": f"{below}.{display_domain(domain)}"}
    if not dns_can_lead_here():
        text = _("This portal has no name that %(name)s could lead to.") % name
        return Served(state="warn", title=_("Not reachable"), text=text)
    lead = watcher.lead_of(domain, file_format.slug)
    if lead is None:
        return Served(state="wait", title=_not_known(domain))
    if lead is Lead.THERE:
        return Served(state="ok", title=_("Served"))
    if lead is Lead.NOWHERE:
        return Served(state="warn", title=_("Not reachable"), text=_("No DNS entry for %(name)s") % name)
    text = _("%(name)s leads elsewhere") % name
    if file_format.slug == "autodiscover" and subject.domain.server.answers_autodiscover:
        return Served(state="wait", title=_("Left to the mail server"), text=text)
    return Served(state="warn", title=_("Not reachable"), text=text)


def document(file_format: Format, subject: Subject, protocol: Protocol) -> bytes:
    """The very bytes that go out; raises NothingToOffer."""
    if subject.hosting is None:
        raise NothingToOffer(_("Nothing is known of this domain."))
    if subject.whole_domain:
        return documents.for_domain(file_format, subject.hosting)
    try:
        return documents.for_config(file_format, resolve(subject.address, subject.hosting, protocol))
    except NotOffered as error:
        raise NothingToOffer(sentences.not_offered(error)) from None


def guides_of(protocol: Protocol) -> list[Guide]:
    """The guides that have steps for this protocol."""
    return [guide for guide in GUIDES.values() if protocol in guide.protocols and guide.status != "retired"]
