"""Reads: whose test is whose, and whether a worker is there."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts import access
from accounts.models import User
from mailsetup.connection_tests.models import (
    ConnectionTest,
    ConnectionTestStep,
    WorkerHeartbeat,
    stored_finding,
)
from mailsetup.probes.findings import Code, Finding, Status, Step, Verdict
from mailsetup.setup_links.models import SetupLink


def tests_of(user: User) -> QuerySet[ConnectionTest]:
    """A person's own tests, as long as they belong to the customer; an owner sees all of the customer's."""
    mine = Q(user=user) & (Q(customer=None) | Q(customer__in=access.customers_of(user)))
    return ConnectionTest.objects.filter(mine | Q(customer__in=access.customers_owned_by(user)))


def tests_of_link(link: SetupLink) -> QuerySet[ConnectionTest]:
    return ConnectionTest.objects.filter(setup_link=link)


@dataclass(frozen=True, slots=True)
class Outline:
    """How far the services of a test came.

    Whether it went up to the sign-in only, and what each service (its index) stopped at.
    """

    up_to_sign_in: bool
    stopped: dict[int, Code]


def latest_with_outlines(tests: QuerySet[ConnectionTest], limit: int) -> list[tuple[ConnectionTest, Outline]]:
    """The newest of `tests`, and how far each came."""
    steps = ConnectionTestStep.objects.filter(test=OuterRef("pk"))
    skipped = steps.filter(step=Step.SIGN_IN, status=Status.SKIPPED)
    latest = list(tests.select_related("user").annotate(up_to_sign_in=Exists(skipped))[:limit])
    failed = ConnectionTestStep.objects.filter(test__in=latest, status=Status.FAILED).order_by("pk")
    stopped: dict[int, dict[int, Code]] = defaultdict(dict)
    for test, service, code in failed.values_list("test", "service", "code"):
        stopped[test].setdefault(service, Code(code))
    return [(test, Outline(test.up_to_sign_in, stopped[test.pk])) for test in latest]


def findings_of(tests: Iterable[ConnectionTest]) -> dict[int, list[tuple[int, Finding]]]:
    """By the number of each of `tests` what its steps found, each with the index of its service."""
    found: dict[int, list[tuple[int, Finding]]] = defaultdict(list)
    for step in ConnectionTestStep.objects.filter(test__in=tests).order_by("pk"):
        found[step.test_id].append((step.service, step.as_finding()))
    return found


def lost() -> Q:
    """The tests that no worker will finish: nobody took them, or who took them has gone silent.

    A worker that is alive and has hung is known by the time that a test may take at most.
    """
    limits, now = settings.CONNECTION_TESTS, timezone.now()
    silent_since = now - timedelta(seconds=limits.worker_silence_seconds)
    heard = WorkerHeartbeat.objects.filter(name=OuterRef("worker"), seen_at__gte=silent_since)
    running = Q(state=ConnectionTest.State.RUNNING)
    return (
        Q(
            state=ConnectionTest.State.QUEUED,
            created_at__lt=now - timedelta(seconds=limits.test_queue_seconds),
        )
        | running & Q(started_at__lt=now - timedelta(seconds=limits.test_lost_seconds))
        # A worker takes tests from its first moment on, and may say a moment later that it is there.
        | running & Q(started_at__lt=silent_since) & Q(~Exists(heard))
    )


def unfinished_tests() -> QuerySet[ConnectionTest]:
    """Those that wait or run, without what a dead worker left behind; the reaper may not have come by yet."""
    # By its age the database finds them among those of three months.
    recent = ConnectionTest.objects.filter(created_at__gte=oldest_unfinished())
    return recent.exclude(state=ConnectionTest.State.DONE).exclude(lost())


def oldest_unfinished() -> datetime:
    """When a test may have been started that still runs."""
    limits = settings.CONNECTION_TESTS
    return timezone.now() - timedelta(seconds=limits.test_queue_seconds + limits.test_lost_seconds)


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who else is there: how many tests a worker takes before a test that waits, how many wait or run in all.

    The latter counts those that are lost and not cleared away yet, too: pages only take turns by it.
    """

    before: int
    unfinished: int


def crowd_around(test: ConnectionTest) -> Crowd:
    oldest = timezone.now() - timedelta(seconds=settings.CONNECTION_TESTS.test_queue_seconds)
    before = Q(state=ConnectionTest.State.QUEUED, created_at__gte=oldest, pk__lt=test.pk)
    recent = ConnectionTest.objects.filter(created_at__gte=oldest_unfinished())
    unfinished = recent.exclude(state=ConnectionTest.State.DONE).order_by()
    return Crowd(**unfinished.aggregate(before=Count("pk", filter=before), unfinished=Count("pk")))


def workers_are_busy() -> bool:
    """Whether a worker that is alive runs a test."""
    return unfinished_tests().filter(state=ConnectionTest.State.RUNNING).exists()


def find_test(
    tests: QuerySet[ConnectionTest], reference: str
) -> tuple[ConnectionTest, list[tuple[int, Finding]], bool] | None:
    """The one of `tests` with that reference, what its steps found so far, and whether it is lost.

    A finding comes with the index of its service.

    One query, and one more for an old test: it is joined to its steps and comes once for each. A page asks
    five times a second.
    """
    rows = list(
        tests.filter(reference=reference.upper())
        .annotate(
            step_service=F("steps__service"),
            step_name=F("steps__step"),
            step_status=F("steps__status"),
            step_code=F("steps__code"),
            step_ms=F("steps__ms"),
            step_evidence=F("steps__evidence"),
        )
        .order_by("steps__id")
    )
    if not rows:
        return None
    found = [
        (
            row.step_service,
            stored_finding(row.step_name, row.step_status, row.step_code, row.step_ms, row.step_evidence),
        )
        for row in rows
        if row.step_name is not None  # the one row of a test without any step yet
    ]
    return rows[0], found, _is_lost(rows[0])


def _is_lost(test: ConnectionTest) -> bool:
    """lost() of one test, which is asked only when it is old enough: most pages need not."""
    limits, now = settings.CONNECTION_TESTS, timezone.now()
    if test.state == ConnectionTest.State.RUNNING and test.started_at:
        soonest = min(limits.worker_silence_seconds, limits.test_lost_seconds)
        old_enough = now - test.started_at > timedelta(seconds=soonest)
    else:
        waits = test.state == ConnectionTest.State.QUEUED
        old_enough = waits and now - test.created_at > timedelta(seconds=limits.test_queue_seconds)
    return old_enough and ConnectionTest.objects.filter(lost(), pk=test.pk).exists()


def latest_finished(tests: QuerySet[ConnectionTest], address: str, since: datetime) -> str:
    """The reference of the newest of `tests` of `address` that ran to its end; empty: none since then.

    One that was stopped or lost says nothing about the servers.
    """
    over = tests.filter(address=address, state=ConnectionTest.State.DONE, created_at__gte=since)
    return over.exclude(verdict=Verdict.NOT_RUN).values_list("reference", flat=True).first() or ""


def latest_good_before(test: ConnectionTest, tests: QuerySet[ConnectionTest]) -> ConnectionTest | None:
    """The newest of `tests` of the same address that was signed in to all it tried, before `test`."""
    steps = ConnectionTestStep.objects.filter(test=OuterRef("pk"), step=Step.SIGN_IN)
    good = tests.filter(
        Exists(steps.filter(status=Status.PASSED)),
        ~Exists(steps.exclude(status=Status.PASSED)),
        address=test.address,
        protocol=test.protocol,
        created_at__lt=test.created_at,
        verdict__in=(Verdict.PASSED, Verdict.WARNING),
    )
    return good.first()


def worker_seen_at() -> datetime | None:
    """When a worker was last seen alive; None: never."""
    latest = WorkerHeartbeat.objects.order_by("-seen_at").first()
    return latest.seen_at if latest else None
