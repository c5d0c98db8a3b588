"""Reads. What belongs to somebody starts from `accounts.access`; a stranger finds nothing."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts import access
from accounts.models import User
from mailsetup import mx
from mailsetup.clientconfig import Address, Hosting, ServiceType, Source, parse_address, parse_domain
from mailsetup.findings import Code
from mailsetup.models import (
    ConnectionTest,
    ConnectionTestStep,
    Domain,
    DomainAlias,
    Mailbox,
    Server,
    SetupLink,
    WorkerHeartbeat,
)

_MX_FOUND_SECONDS = 3600
_MX_NOTHING_SECONDS = 600


class UnknownDomain(LookupError):
    """No domain, alias or MX pattern of ours covers the name."""


class LinkGone(LookupError):
    """The link was good once; `reason` is expired, revoked or used."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who may set up one address: a signed-in user, or whoever holds a set-up link."""

    address: Address
    hosting: Hosting
    domain: Domain | None
    user: User | None = None
    link: SetupLink | None = None


def find_hosting(address: Address) -> tuple[Hosting, Domain | None]:
    """What we know about the domain of `address`, and its row unless MX said so; raises UnknownDomain."""
    found = Domain.objects.filter(Q(name=address.domain) | Q(aliases__name=address.domain), enabled=True)
    domain = found.select_related("server").prefetch_related("server__services").first()
    if domain is None:
        return _hosting_by_mx(address.domain), None
    source = Source.DOMAIN if domain.name == address.domain else Source.ALIAS
    plus = address.local_part != address.mailbox_local_part
    exact = plus and domain.mailboxes.filter(local_part=address.local_part).exists()
    return _hosting(domain.server, address.domain, domain.name, source, exact_mailbox=exact), domain


def find_domain_hosting(name: str) -> Hosting:
    """The same for a domain alone, as programs ask by host name; raises UnknownDomain."""
    return find_hosting(Address(local_part="", domain=name))[0]


def _hosting(
    server: Server, name: str, primary: str, source: Source, *, exact_mailbox: bool = False
) -> Hosting:
    return Hosting(
        domain=name,
        primary_domain=primary,
        source=source,
        display_name=settings.BRAND["name"],
        services=tuple(service.as_settings() for service in server.services.all()),
        webmail_url=server.webmail_url,
        alias_uses_primary=server.alias_uses_primary,
        exact_mailbox=exact_mailbox,
    )


def _hosting_by_mx(name: str) -> Hosting:
    # A domain that we know and that is switched off must not come back through its MX records.
    if Domain.objects.filter(name=name).exists() or DomainAlias.objects.filter(name=name).exists():
        raise UnknownDomain(name)
    servers = [server for server in Server.objects.prefetch_related("services") if server.mx_patterns]
    if not servers:
        raise UnknownDomain(name)
    hosts = _cached_mx_hosts(name)
    for server in servers:
        if mx.matches(hosts, server.mx_patterns):
            return _hosting(server, name, name, Source.MX)
    raise UnknownDomain(name)


def _cached_mx_hosts(name: str) -> tuple[str, ...]:
    key = "mx:" + hashlib.sha256(name.encode()).hexdigest()
    hosts: tuple[str, ...] | None = cache.get(key)
    if hosts is None:
        hosts = mx.mx_hosts(name, settings.PROBE_RESOLVER)
        cache.set(key, hosts, _MX_FOUND_SECONDS if hosts else _MX_NOTHING_SECONDS)
    return hosts


def visit_of_user(user: User, text: str) -> Visit:
    """The visit of a signed-in user to one address; raises AddressError or UnknownDomain.

    An address of somebody else's domain is as unknown as one that does not exist.
    """
    address = parse_address(text)
    hosting, domain = find_hosting(address)
    if domain is None or not domains_of(user).filter(pk=domain.pk).exists():
        raise UnknownDomain(address.domain)
    return Visit(address=address, hosting=hosting, domain=domain, user=user)


def visit_of_link(token: str, device_key: str) -> Visit:
    """The visit of whoever holds `token`; raises UnknownDomain for a forged one, LinkGone for an old one.

    `device_key` is what the browser's cookie says; it matters for links of one device.
    """
    link = (
        SetupLink.objects.filter(token_hash=token_hash(token))
        .select_related("created_by", "made_behind")
        .first()
    )
    if link is None:
        raise UnknownDomain("no such link")
    for needed in filter(None, (link, link.made_behind)):
        if needed.revoked_at is not None:
            raise LinkGone("revoked")
        if not needed.is_open(timezone.now()):
            raise LinkGone("expired")
    if link.one_device and link.device_hash and token_hash(device_key) != link.device_hash:
        raise LinkGone("used")
    address = parse_address(link.address)
    hosting, domain = find_hosting(address)
    return Visit(address=address, hosting=hosting, domain=domain, link=link)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def domains_of(user: User) -> QuerySet[Domain]:
    """The enabled domains of the customers that `user` belongs to."""
    return Domain.objects.filter(customer__in=access.customers_of(user), enabled=True)


def mailboxes_of(user: User) -> QuerySet[Mailbox]:
    return Mailbox.objects.filter(domain__in=domains_of(user)).select_related("domain").order_by("local_part")


def tests_of(user: User) -> QuerySet[ConnectionTest]:
    """A person's own tests; an owner sees all of the customer's."""
    owned = access.customers_owned_by(user)
    without = ConnectionTestStep.objects.filter(test=OuterRef("pk"), code=Code.NO_PASSWORD)
    tests = ConnectionTest.objects.filter(Q(user=user) | Q(domain__customer__in=owned)).distinct()
    return tests.annotate(up_to_sign_in=Exists(without))


def tests_of_link(link: SetupLink) -> QuerySet[ConnectionTest]:
    return ConnectionTest.objects.filter(setup_link=link)


def may_issue_certificate(name: str) -> bool:
    """Whether a certificate may be issued for `autoconfig.` or `autodiscover.` plus a domain of ours."""
    prefix, _, rest = name.lower().partition(".")
    if prefix not in ("autoconfig", "autodiscover"):
        return False
    domain = parse_domain(rest)
    return Domain.objects.filter(Q(name=domain) | Q(aliases__name=domain), enabled=True).exists()


def offered_protocols(hosting: Hosting) -> list[ServiceType]:
    return [protocol for protocol in (ServiceType.IMAP, ServiceType.POP3) if hosting.offers(protocol)]


def worker_seen_at() -> datetime | None:
    """When a worker was last seen alive; None: never."""
    latest = WorkerHeartbeat.objects.order_by("-seen_at").first()
    return latest.seen_at if latest else None
