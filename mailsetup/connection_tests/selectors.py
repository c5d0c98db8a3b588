"""Reads: whose test is whose, and whether a worker is there."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import access
from accounts.models import User
from mailsetup.connection_tests.models import ConnectionTest, ConnectionTestStep, WorkerHeartbeat
from mailsetup.probes.findings import Code
from mailsetup.setup_links.models import SetupLink


def tests_of(user: User) -> QuerySet[ConnectionTest]:
    """A person's own tests; an owner sees all of the customer's."""
    owned = access.customers_owned_by(user)
    without = ConnectionTestStep.objects.filter(test=OuterRef("pk"), code=Code.NO_PASSWORD)
    tests = ConnectionTest.objects.filter(Q(user=user) | Q(domain__customer__in=owned)).distinct()
    return tests.annotate(up_to_sign_in=Exists(without))


def tests_of_link(link: SetupLink) -> QuerySet[ConnectionTest]:
    return ConnectionTest.objects.filter(setup_link=link)


def worker_seen_at() -> datetime | None:
    """When a worker was last seen alive; None: never."""
    latest = WorkerHeartbeat.objects.order_by("-seen_at").first()
    return latest.seen_at if latest else None
