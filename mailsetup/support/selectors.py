"""Reads of the desk: who and what is there. What may be shown to whom is asked by its views."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import and_, or_
from typing import Any, Generic, TypeVar

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Count, Exists, F, Lookup, Max, Min, Model, OuterRef, Q, QuerySet, Value
from django.db.models.fields import CharField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, StrIndex
from django.db.models.lookups import GreaterThan
from django.db.models.sql.compiler import SQLCompiler

from accounts.models import Customer, Invitation, Membership, SupportVisit, User
from mailsetup.clientconfig import Address
from mailsetup.connection_tests import reaper
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.connection_tests.selectors import find_test
from mailsetup.hosting.models import Domain, DomainAlias, Mailbox, Server, Service
from mailsetup.probes.findings import Finding, Verdict
from mailsetup.setup_links.models import SetupLink

Row = TypeVar("Row", bound=Model)
Test = tuple[ConnectionTest, list[tuple[int, Finding]]]


@dataclass(frozen=True, slots=True)
class Listed(Generic[Row]):
    """The first rows of what was found, as many as a page has room for, and how many more there are."""

    found: QuerySet[Row]
    rows: list[Row]
    more: int

    @classmethod
    def first_of(cls, found: QuerySet[Row]) -> "Listed[Row]":
        limit = settings.SUPPORT.desk_customer_rows_limit
        rows = list(found[:limit])
        return cls(found, rows, found.count() - limit if len(rows) == limit else 0)


def test_by_reference(reference: str) -> Test | None:
    """The test and what was found so far; one that has lost its worker ends here."""
    everything = ConnectionTest.objects.select_related("domain__customer", "user")
    read = find_test(everything, reference)
    if read is not None and read[2]:
        reaper.mark_lost(read[0])
        read = find_test(everything, reference)
    return read[:2] if read is not None else None


def tests_by_reference(references: Iterable[str]) -> QuerySet[ConnectionTest]:
    return ConnectionTest.objects.filter(reference__in=tuple(references))


def domains_called(names: Iterable[str]) -> QuerySet[Domain]:
    """The domains that have one of these names, or an alias of that name; switched off or not."""
    return _domains_by_name(Q(Among(F("name"), list(names))))


def domains_with(piece: str, limit: int) -> QuerySet[Domain]:
    """The domains in whose name, or in an alias' name, this piece is: so many at most."""
    # Names are in small letters, so nothing has to be folded. PostgreSQL has an index for LIKE
    # (accounts.trigrams); SQLite, which has none, is faster without it.
    by_index = connection.vendor == "postgresql"
    holds = Q(name__contains=piece) if by_index else Q(GreaterThan(StrIndex("name", Value(piece)), 0))
    return _domains_by_name(holds, limit)


class Among(Lookup[str]):
    """As `in`, for a thousand names of domains: given as one text, they take a tenth of the time."""

    lookup_name = "among"
    prepare_rhs = False

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        name, parameters = self.process_lhs(compiler, connection)
        # With ANY it may take the index of trigrams for each of them; an array is slow to write down.
        among = f"{name} IN (SELECT unnest(string_to_array(%s, ' ')))"
        return among, [*parameters, " ".join(self.rhs)]

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        name, parameters = self.process_lhs(compiler, connection)
        among = f"{name} IN (SELECT value FROM json_each(%s))"  # noqa: S608  # a column's name
        return among, [*parameters, json.dumps(self.rhs)]


def _domains_by_name(condition: Q, limit: int | None = None) -> QuerySet[Domain]:
    """The domains that have a name for which `condition` holds, their own or an alias'; at most `limit`."""
    # By one index each: with an OR, and with a join, a database looks at every domain.
    own = Domain.objects.filter(condition).order_by().values("pk")
    of_aliases = DomainAlias.objects.filter(condition).order_by().values("domain")
    found = Domain.objects.filter(pk__in=own.union(of_aliases, all=True)[:limit])
    return found.select_related("customer").prefetch_related("aliases")


def customers_with(words: str, limit: int) -> QuerySet[Customer]:
    """The customers in whose name these words are, or whose number this is: 1234 is whmcs:1234 as well.

    So many at most, whichever a database meets first: to sort thousands takes longer than to find them.
    """
    conditions = [Q(external_id=words), _is_in_name(words)]
    if re.search(r"\d", words):
        # SQLite looks for a piece in half the time of LIKE, and so for an end only where the piece is.
        has = Q(GreaterThan(StrIndex("external_id", Value(f":{words}")), 0))
        conditions.insert(1, has & Q(external_id__endswith=f":{words}"))
    # By one index each, as with the domains.
    number, *others = (Customer.objects.filter(each).order_by().values("pk") for each in conditions)
    return Customer.objects.filter(pk__in=number.union(*others, all=True)[:limit])


def _is_in_name(words: str) -> Q:
    """In any case: SQLite folds the letters of ASCII alone, so others are tried as they may be written."""
    spellings = (words,) if words.isascii() else (words, words.lower(), words.upper(), words.title())
    return reduce(or_, (Q(name__icontains=each) for each in dict.fromkeys(spellings)))


def people_with_address(email: str) -> QuerySet[Membership]:
    """Whoever signs in with this address, once for each customer that they belong to."""
    # By one index each, as with the domains.
    own = User.objects.filter(email=email).order_by().values("pk")
    others = EmailAddress.objects.filter(email=email).order_by().values("user")
    return _people(own.union(others, all=True))


def people_called(words: str, limit: int) -> QuerySet[Membership]:
    """Whoever has each of these words in their name, in any order, once for each customer.

    Of so many people at most, as with the customers: thousands are called Anna.
    """
    called = reduce(and_, (_is_in_name(word) for word in words.split()))
    belong = Exists(Membership.objects.filter(user=OuterRef("pk")))
    return _people(User.objects.filter(called, belong).order_by().values("pk")[:limit])


def _people(users: QuerySet[Any, Any]) -> QuerySet[Membership]:
    # The people first: with a join a database looks at every membership.
    found = Membership.objects.filter(user__in=users)
    return found.select_related("user", "customer").order_by("user__name", "pk")


def servers_with(piece: str) -> QuerySet[Server]:
    """The mail servers that have this piece in their name, or a host name that begins so."""
    hosts = Service.objects.filter(hostname__istartswith=piece).order_by().values("server")
    return Server.objects.filter(_is_in_name(piece) | Q(pk__in=hosts))


def is_unknown_mailbox(domain: Domain, address: Address) -> bool:
    """Whether the provider named the mailboxes of `domain`, and this is none of them."""
    known = domain.mailboxes.filter(local_part__in={address.local_part, address.mailbox_local_part})
    return domain.mailboxes.exists() and not known.exists()


def mailboxes_called(domain: Domain, local_parts: Iterable[str]) -> QuerySet[Mailbox]:
    """The known mailboxes of `domain` that have one of these names before the @."""
    return domain.mailboxes.filter(local_part__in=tuple(local_parts))


def failed_tests() -> QuerySet[ConnectionTest]:
    return ConnectionTest.objects.filter(verdict=Verdict.FAILED.value)


def last_failed_of_each_address(limit: int, *, of_tests: int) -> dict[int, int]:
    """The number of each address' last test that failed, the newest first, and how many of its tests did.

    Only the newest `of_tests` that failed are looked at.
    """
    latest: dict[str, int] = {}
    newest = failed_tests().values_list("address", "pk")[:of_tests]
    counts = Counter(address for address, number in newest if latest.setdefault(address, number))
    return {number: counts[address] for address, number in list(latest.items())[:limit]}


@dataclass(frozen=True, slots=True)
class FailedAlike:
    """How many addresses met one root cause on one server, from when to when; `latest` is a test's key."""

    server: str
    code: str
    addresses: int
    first: datetime
    last: datetime
    latest: int


def failed_alike(since: datetime, *, at_least: int, of_tests: int) -> list[FailedAlike]:
    """What at least so many addresses met, the most first; only the newest `of_tests` tests are looked at."""
    newest = failed_tests().filter(created_at__gte=since).order_by("-created_at")[:of_tests]
    failed = ConnectionTest.objects.filter(pk__in=newest.values("pk")).exclude(server="")
    # The first cause is the gravest of what stopped the test.
    by_cause = failed.order_by().values("server", code=KT("causes__0"))
    found = by_cause.annotate(
        addresses=Count("address", distinct=True),
        first=Min("created_at"),
        last=Max("created_at"),
        latest=Max("pk"),
    )
    return [
        FailedAlike(**group)
        for group in found.filter(addresses__gte=at_least).order_by("-addresses", "server", "code")
    ]


def last_good_tests(servers: Iterable[str], since: datetime) -> dict[str, datetime]:
    """By server when its last test passed, of these servers, if one did since then."""
    passed = ConnectionTest.objects.filter(
        created_at__gt=since, verdict__in=(Verdict.PASSED.value, Verdict.WARNING.value)
    )
    # By time first: asked for the servers at once SQLite would go through all their tests of three months.
    of_these = ConnectionTest.objects.filter(
        pk__in=passed.order_by().values("pk"), server__in=tuple(servers)
    ).order_by()
    last = of_these.values("server").annotate(last=Max("created_at"))
    return dict(last.values_list("server", "last"))


def tests_by_number(numbers: Iterable[int]) -> QuerySet[ConnectionTest]:
    # In the order of time a database would go through all there are.
    return ConnectionTest.objects.filter(pk__in=tuple(numbers)).order_by("pk")


def tests_of_address(address: str) -> QuerySet[ConnectionTest]:
    return ConnectionTest.objects.filter(address=address)


def tests_of_domain(name: str, domain: Domain | None) -> QuerySet[ConnectionTest]:
    """The tests of a domain; of one that is gone those of its addresses, while they are kept."""
    if domain is not None:
        return ConnectionTest.objects.filter(domain=domain)
    return ConnectionTest.objects.filter(domain=None, address__endswith=f"@{name}")


def open_links(addresses: Q) -> QuerySet[SetupLink]:
    return SetupLink.objects.filter(addresses).select_related("created_by")


def domains_of(customer: Customer) -> QuerySet[Domain]:
    """A customer's domains, those that are switched off too, each with how many mailboxes are known."""
    counted = customer.domains.annotate(mailboxes_count=Count("mailboxes"))
    return counted.select_related("server").prefetch_related("aliases").order_by("name")


@dataclass(frozen=True, slots=True)
class DeviceLinks:
    """How many links for one device were opened, and when the last one was; None: none.

    Each belongs to the device that opened it. A device that opened two counts twice: nobody can tell.
    """

    count: int
    last: datetime | None


def opened_on_devices(address: str, domain: Domain | None) -> DeviceLinks:
    """Those to `address`, an address of `domain` or of no domain of ours, as long as they are kept."""
    opened = SetupLink.objects.filter(address=address, domain=domain, one_device=True).exclude(opened_at=None)
    return DeviceLinks(**opened.aggregate(count=Count("pk"), last=Max("opened_at")))


def mx_patterns() -> list[str]:
    """The patterns of MX hosts that are ours, of whichever server."""
    return [
        pattern for patterns in Server.objects.values_list("mx_patterns", flat=True) for pattern in patterns
    ]


def domain_counts(customer: Customer) -> tuple[int, int]:
    """How many domains a customer has, switched off or not, and how many mailboxes of them are known."""
    return customer.domains.count(), Mailbox.objects.filter(domain__customer=customer).count()


def people_of(customer: Customer) -> QuerySet[Membership]:
    """Everybody who belongs to `customer`, owners first."""
    return customer.memberships.select_related("user").order_by("-role", "user__email")


def people_wanted(people: Listed[Membership], *, number: str, address: str) -> Iterator[User]:
    """Those who are listed, and from beyond them whoever has this number or signs in with this address."""
    yield from (each.user for each in people.rows)
    if people.more:
        # Compared as text: what is typed in the place of a number may be anything.
        numbered = people.found.annotate(number=Cast("user", CharField()))
        wanted = numbered.filter(Q(number=number.replace("\0", "")) | Q(user__email=address))
        yield from (each.user for each in wanted if each not in people.rows)


def invitations_of(customer: Customer) -> QuerySet[Invitation]:
    return customer.invitations.waiting().select_related("invited_by")


def visits_to(customer: Customer) -> QuerySet[SupportVisit]:
    """When staff looked at the portal as somebody of `customer`, the latest first."""
    people = customer.memberships.values("user")
    return SupportVisit.objects.filter(user__in=people).select_related("staff", "user")
