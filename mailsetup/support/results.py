"""What the desk finds for what somebody types: one page at once, or what comes close."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import DeskRights
from accounts.models import Customer, Membership
from mailsetup.clientconfig import AddressError, display_domain, parse_address
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.connection_tests.report import display_address
from mailsetup.hosting.models import Domain, Server
from mailsetup.support import selectors
from mailsetup.support.search import Query, as_stored, may_be_in_a_name, names_above, near_names, query_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One thing that was found, and its page.

    `exact`: it is what was typed; `near`: what was typed is another word, which may be a slip.
    """

    title: str
    note: str
    url: str
    exact: bool = False
    near: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Matches of one kind."""

    title: str
    icon: str
    matches: Sequence[Match]


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What was found for `text`, which is empty where nobody has typed anything."""

    text: str
    groups: Sequence[Group] = ()

    @property
    def count(self) -> int:
        return sum(len(group.matches) for group in self.groups)

    @property
    def only(self) -> Match | None:
        """What opens at once: the one that is meant, or the only one that holds what was typed."""
        matches = [match for group in self.groups for match in group.matches]
        found = [match for match in matches if match.exact] or matches
        return found[0] if len(found) == 1 and not found[0].near else None


def find(text: str, rights: DeskRights) -> Results:
    """What `text` may mean, as far as `rights` reach."""
    query = query_of(text, max_characters=settings.SUPPORT.desk_search_max_characters)
    if not query.text:
        return Results(text="")
    tests = _tests(query) if rights.see_tests else None
    # A word that is one slip away from a reference of ours is that, and hardly a name besides.
    groups = [tests] if tests and tests.matches else _named(query, rights)
    return Results(text=query.text, groups=[group for group in groups if group and group.matches])


def _named(query: Query, rights: DeskRights) -> Iterable[Group | None]:
    """Servers, domains, addresses, people, customers; a whole domain name means that domain, or nearly."""
    domains = _domains(query) if rights.see_domains else None
    if domains and _has_exact(domains):
        return [domains]
    servers = _servers(query) if rights.see_servers else None
    if query.domain and not query.address and any(group and group.matches for group in (domains, servers)):
        return [servers, domains]
    old = _addresses_of_tests(query) if rights.see_tests and rights.see_domains else None
    people = _people(query) if rights.see_customers and rights.see_people else None
    customers = _customers(query) if rights.see_customers else None
    return [servers, domains, old, people, customers]


def _has_exact(group: Group) -> bool:
    return any(match.exact for match in group.matches)


# --- Tests ---------------------------------------------------------------------------------------------


def _tests(query: Query) -> Group | None:
    wanted = query.references or query.near_references
    if not wanted:
        return None
    exact = bool(query.references)
    matches = [_test(test, exact=exact) for test in selectors.tests_by_reference(wanted)]
    return Group(title=_("Tests"), icon="pulse", matches=matches)


def _test(test: ConnectionTest, *, exact: bool) -> Match:
    return Match(
        title=test.reference,
        note=display_address(test.address),
        url=reverse("mailsetup:desk_test", kwargs={"reference": test.reference}),
        exact=exact,
        near=not exact,
    )


# --- Addresses and domains -----------------------------------------------------------------------------


def _domains(query: Query) -> Group:
    limits = settings.SUPPORT
    found, close = _by_name(query)
    matches = [_domain(domain, query, close) for domain in found[: limits.desk_matches_limit]]
    of_addresses = query.address is not None or query.local_part
    title, icon = (_("Addresses"), "mail") if of_addresses else (_("Domains"), "globe")
    return Group(title=title, icon=icon, matches=matches)


def _by_name(query: Query) -> tuple[Sequence[Domain], Collection[str]]:
    """The domain of that name, or those that come close: a piece of the name, or one wrong character.

    With them the names that count as close to a whole one.
    """
    limits = settings.SUPPORT
    if not query.domain:
        piece = as_stored(query.words)
        found = selectors.domains_with(piece, limits.desk_matches_limit) if may_be_in_a_name(piece) else []
        return list(found), ()
    exact = list(selectors.domains_called([query.domain])[: limits.desk_matches_limit])
    if exact:
        return exact, ()
    near = near_names(query.domain) if len(query.domain) <= limits.desk_near_max_characters else set()
    close = near if query.address else near.union(names_above(query.domain))
    return list(selectors.domains_called(close)[: limits.desk_matches_limit]), close


def _is_called(domain: Domain, name: str) -> bool:
    return name in (domain.name, *(alias.name for alias in domain.aliases.all()))


def _domain(domain: Domain, query: Query, close: Collection[str]) -> Match:
    """The address or domain as it was typed where it is that, else by the name that comes close."""
    exact = bool(query.domain) and _is_called(domain, query.domain)
    name = query.domain if exact else _closest(domain, query, close)
    local_part = query.address.local_part if query.address else query.local_part
    return Match(
        title=f"{local_part}@{display_domain(name)}" if local_part else display_domain(name),
        note=_note(domain, name),
        url=page_of_address(f"{local_part}@{name}") if local_part else page_of_domain(name),
        exact=exact,
        near=bool(query.domain) and not exact and name not in names_above(query.domain),
    )


def _closest(domain: Domain, query: Query, close: Collection[str]) -> str:
    """The name of `domain` for which it was found: its own, or else an alias."""
    names = [domain.name, *(alias.name for alias in domain.aliases.all())]
    hits = [name for name in names if name in close or (not query.domain and as_stored(query.words) in name)]
    return hits[0] if hits else domain.name


def _note(domain: Domain, name: str) -> str:
    parts = [
        "" if name == domain.name else _("Alias of %(domain)s") % {"domain": domain.display_name},
        domain.customer.name if domain.customer else _("No customer"),
        "" if domain.enabled else _("switched off"),
    ]
    return ", ".join(filter(None, parts))


def page_of_address(address: str) -> str:
    """The desk's page of an address, or of the domain where what stands before the @ can be nobody's."""
    try:
        parsed = parse_address(address)
    except AddressError:
        return page_of_domain(address.rpartition("@")[2])
    return reverse("mailsetup:desk_address", kwargs={"address": str(parsed)})


def page_of_domain(name: str) -> str:
    return reverse("mailsetup:desk_domain", kwargs={"name": name})


def _addresses_of_tests(query: Query) -> Group | None:
    """An address of which there are only tests: its domain is gone, or was ours by its MX records."""
    if query.address is None:
        return None
    address = str(query.address)
    if not selectors.tests_of_address(address).exists():
        return None
    match = Match(
        title=query.address.display,
        note=_("Tested here; the domain isn’t on the list."),
        url=page_of_address(address),
        exact=True,
    )
    return Group(title=_("Tested addresses"), icon="mail", matches=[match])


# --- Servers --------------------------------------------------------------------------------------------


def _servers(query: Query) -> Group | None:
    """The mail servers of that name or host name; a host name below a domain's own is found as the domain."""
    if query.address or query.local_part or not query.words:
        return None
    found = selectors.servers_with(query.words)[: settings.SUPPORT.desk_matches_limit]
    return Group(title=_("Servers"), icon="server", matches=[_server(server) for server in found])


def _server(server: Server) -> Match:
    return Match(
        title=server.name,
        note=server.software or _("Mail server"),
        url=reverse("admin:hosting_server_change", args=[server.pk]),
    )


# --- People and customers -------------------------------------------------------------------------------


def _people(query: Query) -> Group | None:
    """Whoever signs in with this address, which opens at once, or is called so; nobody's name has a digit."""
    limit = settings.SUPPORT.desk_matches_limit
    if query.address is not None:
        people, exact = selectors.people_with_address(str(query.address)), True
    elif query.words and not query.local_part and not re.search(r"\d", query.words):
        people, exact = selectors.people_called(query.words, limit), False
    else:
        return None
    return Group(
        title=_("People"), icon="person", matches=[_person(each, exact=exact) for each in people[:limit]]
    )


def _person(membership: Membership, *, exact: bool) -> Match:
    user, customer = membership.user, membership.customer
    return Match(
        title=user.get_full_name(),
        note=", ".join((membership.get_role_display(), customer.name, user.email)),
        url=f"{_page_of_customer(customer)}?person={user.pk}#person-{user.pk}",
        exact=exact,
    )


def _customers(query: Query) -> Group | None:
    if query.address is not None or query.local_part or not query.words:
        return None
    found = selectors.customers_with(query.words, settings.SUPPORT.desk_matches_limit)
    return Group(title=_("Customers"), icon="person", matches=[_customer(each) for each in found])


def _customer(customer: Customer) -> Match:
    return Match(title=customer.name, note=customer.external_id, url=_page_of_customer(customer))


def _page_of_customer(customer: Customer) -> str:
    return reverse("mailsetup:desk_customer", kwargs={"customer_id": customer.pk})
