"""Reads: what the provider told us, and whose it is; a stranger finds nothing."""

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db.models import Q, QuerySet

from accounts import access
from accounts.models import Customer, User
from mailsetup.clientconfig import Address, Hosting, Source, display_domain
from mailsetup.hosting import dns
from mailsetup.hosting.models import Domain, DomainAlias, Mailbox, Revision, Server


class UnknownDomain(LookupError):
    """No domain, alias or MX pattern of ours covers the name."""


class NotLookedUp(UnknownDomain):
    """So many ask about MX that this name was not looked up; another time it may be known."""


def find_hosting(address: Address, *, display_name: str) -> tuple[Hosting, Domain | None]:
    """What we know about the domain of `address`, and its row unless MX said so; raises UnknownDomain.

    `display_name` is the provider's name as the person who asks knows it.
    """
    try:
        return find_stored_hosting(address, display_name=display_name)
    except UnknownDomain:
        return _hosting_by_mx(address.domain, display_name), None


def find_stored_hosting(
    address: Address, *, display_name: str, among: QuerySet[Domain] | None = None
) -> tuple[Hosting, Domain]:
    """The same without asking DNS, so only where the domain or alias was provisioned; `among` those alone."""
    # By two indexes; a join of the aliases would look at every domain.
    alias_of = DomainAlias.objects.filter(name=address.domain).values("domain")
    domains = Domain.objects.all() if among is None else among
    found = domains.filter(Q(name=address.domain) | Q(pk__in=alias_of), enabled=True)
    domain = found.select_related("server").prefetch_related("server__services").first()
    if domain is None:
        raise UnknownDomain(address.domain)
    source = Source.DOMAIN if domain.name == address.domain else Source.ALIAS
    plus = address.local_part != address.mailbox_local_part
    exact = plus and domain.mailboxes.filter(local_part=address.local_part).exists()
    hosting = Hosting(
        domain=address.domain,
        primary_domain=domain.name,
        source=source,
        display_name=display_name,
        exact_mailbox=exact,
        **_server_facts(domain.server),
    )
    return hosting, domain


def find_domain_hosting(name: str, *, display_name: str) -> Hosting:
    """The same for a domain alone, as programs ask by host name; raises UnknownDomain."""
    return find_hosting(Address(local_part="", domain=name), display_name=display_name)[0]


def revision() -> int:
    """The number of the last change to anything that programs are told."""
    found = Revision.objects.filter(pk=1).values_list("number", flat=True).first()
    return found or 0


def servers_of_names() -> dict[str, tuple[int, str]]:
    """Of every enabled domain and alias the server's number, and the domain that it belongs to."""
    domains = Domain.objects.filter(enabled=True).order_by()
    names = {name: (server, name) for name, server in domains.values_list("name", "server_id").iterator()}
    aliases = DomainAlias.objects.filter(domain__enabled=True).order_by()
    rows = aliases.values_list("name", "domain__server_id", "domain__name").iterator()
    return {**{name: (server, primary) for name, server, primary in rows}, **names}


def hostings_by_server(*, display_name: str) -> dict[int, Callable[..., Hosting]]:
    """For each server what is to be said of any of its domains, but for the names."""
    servers = Server.objects.prefetch_related("services")
    return {
        server.pk: partial(Hosting, display_name=display_name, **_server_facts(server)) for server in servers
    }


def _server_facts(server: Server) -> dict[str, Any]:
    return {
        "services": tuple(service.as_settings() for service in server.services.all()),
        "webmail_url": server.webmail_url,
        "password_url": server.password_url,
        "caldav_url": server.caldav_url,
        "carddav_url": server.carddav_url,
        "activesync_url": server.activesync_url,
        "alias_uses_primary": server.alias_uses_primary,
    }


def _hosting_by_mx(name: str, display_name: str) -> Hosting:
    # A domain that we know and that is switched off must not come back through its MX records.
    if Domain.objects.filter(name=name).exists() or DomainAlias.objects.filter(name=name).exists():
        raise UnknownDomain(name)
    servers = [server for server in Server.objects.prefetch_related("services") if server.mx_patterns]
    if not servers:
        raise UnknownDomain(name)
    hosts = _cached_mx_hosts(name)
    for server in servers:
        if dns.matches(hosts, server.mx_patterns):
            return Hosting(
                domain=name,
                primary_domain=name,
                source=Source.MX,
                display_name=display_name,
                **_server_facts(server),
            )
    raise UnknownDomain(name)


def named(domains: QuerySet[Domain], text: str) -> QuerySet[Domain]:
    """Those of `domains` that `text` may mean: an address, a part of a name or an alias, a customer."""
    text = text.strip()
    customers = Customer.objects.filter(Q(name__icontains=text) | Q(external_id__icontains=text))
    of_customers = Q(customer__in=customers.values("pk"))
    part = text.rpartition("@")[2].lower().strip(".")
    if not part:  # Such as “anna@”: every name would have it.
        return domains.filter(of_customers)
    names = _containing(Domain.objects.all(), part)
    aliases = DomainAlias.objects.filter(_containing(DomainAlias.objects.all(), part))
    # By subqueries: a join with the aliases would look at each row of it, and find a domain twice.
    return domains.filter(names | Q(pk__in=aliases.values("domain")) | of_customers)


def _containing(rows: QuerySet[Any], part: str) -> Q:
    """Names are stored as A-labels, in which a part of a word in another script is not a part any more."""
    if part.isascii():
        return Q(name__contains=part)
    others = rows.filter(name__contains="xn--").values_list("pk", "name")
    return Q(pk__in=[pk for pk, name in others if part in display_domain(name)])


_turnstile = dns.Turnstile(
    at_once=settings.HOSTING.mx_waiting_limit, a_second=settings.HOSTING.mx_questions_per_second_limit
)


def _cached_mx_hosts(name: str) -> tuple[str, ...]:
    # Anybody can ask for invented names, so this cache holds nothing else.
    cache = caches["mx"]
    key = hashlib.sha256(name.encode()).hexdigest()
    hosts: tuple[str, ...] | None = cache.get(key)
    if hosts is None:
        limits = settings.HOSTING
        try:
            with _turnstile:
                hosts = dns.mx_hosts(name, settings.PROBE_RESOLVER, limits.mx_timeout_seconds) or ()
        except dns.Busy:
            raise NotLookedUp(name) from None
        cache.set(key, hosts, limits.mx_found_cache_seconds if hosts else limits.mx_missing_cache_seconds)
    return hosts


def domains_of(user: User) -> QuerySet[Domain]:
    """The enabled domains of the customers that `user` belongs to."""
    return Domain.objects.filter(customer__in=access.customers_of(user), enabled=True)


def mailboxes_of(user: User) -> QuerySet[Mailbox]:
    return Mailbox.objects.filter(domain__in=domains_of(user)).select_related("domain").order_by("local_part")
