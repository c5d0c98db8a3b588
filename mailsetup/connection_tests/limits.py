"""How often who may test what, so that nobody stops testing for the others, nor gets the portal blocked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Customer, User
from mailsetup.clientconfig import ClientConfig
from mailsetup.connection_tests.models import ConnectionTest, ConnectionTestStep
from mailsetup.connection_tests.selectors import lost
from mailsetup.hosting.models import Server
from mailsetup.probes.findings import REFUSED_CREDENTIALS, Code, Step
from mailsetup.setup_links.models import SetupLink
from mailsetup.setup_links.setups import Setup

Reason = Literal["busy", "crowded", "often", "rejected", "refusing"]

# What a server says, or does without a word, when it wants no more connections from the portal.
REFUSALS = (
    Code.BANNED,
    Code.BYE_GREETING,
    Code.CLOSED_AT_ONCE,
    Code.GREET_554,
    Code.RATE_LIMITED,
    Code.SMTP_421_BUSY,
    Code.TOO_MANY_CONNECTIONS,
)


class TooManyTests(RuntimeError):
    """No test at the moment: `reason` says what there is too much of, `seconds` until there is less of it.

    busy: the person's own test still runs; crowded: the mailbox's or the customer's tests do; often: there
    were many; rejected: many passwords were refused, or may have been when a test was stopped; refusing: the
    server turns the portal away. The time is None where it ends with the tests that run.
    """

    def __init__(self, reason: Reason, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class _Scope:
    """Tests that are counted together, and how many of them there may be; None: any number."""

    tests: QuerySet[ConnectionTest]
    busy: Reason
    unfinished_limit: int | None
    tests_limit: int | None
    rejected_limit: int


def server_of(setup: Setup, config: ClientConfig) -> str:
    """What a test's server is counted by; aliases and customers' own host names lead to one."""
    return setup.domain.server.name if setup.domain else config.incoming.hostname


def refuse_too_many(setup: Setup, config: ClientConfig) -> None:
    """Raises TooManyTests; to be called in the transaction that inserts the test.

    Two presses at once are then counted as two.
    """
    _wait_for_others(setup, config)
    limits, now = settings.CONNECTION_TESTS, timezone.now()
    window = timedelta(minutes=limits.test_window_minutes)
    for scope in _scopes(setup, config):
        _refuse_unfinished(scope)
        recent = scope.tests.filter(created_at__gt=now - window)
        if scope.tests_limit is not None:
            _refuse(recent, scope.tests_limit, window, "often")
        _refuse(_not_signed_in(recent), scope.rejected_limit, window, "rejected")
    pause = timedelta(seconds=limits.server_pause_seconds)
    at_server = ConnectionTest.objects.filter(server=server_of(setup, config), created_at__gt=now - pause)
    _refuse(_ended_with(at_server, *REFUSALS), limits.server_refusals_limit, pause, "refusing")


def _wait_for_others(setup: Setup, config: ClientConfig) -> None:
    """Lock what is counted by, always in this order. SQLite has one writer anyway."""
    customer = setup.domain.customer if setup.domain else None
    locks: list[QuerySet[Any]] = [
        *(User.objects.filter(pk=user.pk) for user in filter(None, [setup.user])),
        *(SetupLink.objects.filter(pk=link.pk) for link in filter(None, [setup.link])),
        *(Customer.objects.filter(pk=one.pk) for one in filter(None, [customer])),
        Server.objects.filter(name=server_of(setup, config)),
    ]
    for rows in locks:
        # Rows that point to these may still be written meanwhile.
        rows.select_for_update(no_key=True).first()


def _scopes(setup: Setup, config: ClientConfig) -> Iterator[_Scope]:
    limits, tests, incoming = settings.CONNECTION_TESTS, ConnectionTest.objects, config.incoming
    if setup.user or setup.link:
        mine = Q(user=setup.user) if setup.user else Q(setup_link=setup.link)
        yield _Scope(
            tests.filter(mine),
            "busy",
            limits.person_unfinished_limit,
            limits.person_tests_limit,
            limits.person_rejected_limit,
        )
    # anna+1@, anna+2@ and an alias domain sign in to one mailbox, so they share its limits.
    same_login = Q(services__0__username=incoming.username, services__0__hostname=incoming.hostname)
    yield _Scope(
        tests.filter(same_login | Q(address=str(setup.address))),
        "crowded",
        limits.mailbox_unfinished_limit,
        limits.mailbox_tests_limit,
        limits.mailbox_rejected_limit,
    )
    if setup.domain and setup.domain.customer_id:
        yield _Scope(
            tests.filter(customer=setup.domain.customer_id),
            "crowded",
            limits.customer_unfinished_limit,
            limits.customer_tests_limit,
            limits.customer_rejected_limit,
        )
    yield _Scope(
        tests.filter(server=server_of(setup, config)),
        "crowded",
        unfinished_limit=None,
        tests_limit=None,
        rejected_limit=limits.server_rejected_limit,
    )


def _refuse_unfinished(scope: _Scope) -> None:
    if scope.unfinished_limit is None:
        return
    # What a dead worker left behind counts no longer; the reaper may not have come by yet.
    unfinished = scope.tests.exclude(state=ConnectionTest.State.DONE).exclude(lost())
    if unfinished.count() >= scope.unfinished_limit:
        raise TooManyTests(scope.busy)


def _refuse(recent: QuerySet[ConnectionTest], limit: int, window: timedelta, reason: Reason) -> None:
    """Refuse if there are `limit` of these, until the oldest of the newest `limit` has left the window."""
    newest = recent.order_by("-created_at").values_list("created_at", flat=True)[limit - 1 : limit]
    oldest = newest.first()
    if oldest is not None:
        raise TooManyTests(reason, (oldest + window - timezone.now()).total_seconds())


def _not_signed_in(tests: QuerySet[ConnectionTest]) -> QuerySet[ConnectionTest]:
    """Those in which the server refused who asked, or may have after somebody stopped them.

    Otherwise stopping each test a moment after its sign-in would be a way around the limit.
    """
    steps = ConnectionTestStep.objects.filter(test=OuterRef("pk"))
    refused = Exists(steps.filter(code__in=REFUSED_CREDENTIALS))
    answered = Exists(steps.filter(service=0, step=Step.SIGN_IN))
    stopped = Q(causes=[Code.CANCELLED.value], started_at__isnull=False) & ~answered
    return tests.filter(Q(refused) | stopped)


def _ended_with(tests: QuerySet[ConnectionTest], *codes: Code) -> QuerySet[ConnectionTest]:
    """Those of the tests in which a step found one of these codes."""
    return tests.filter(Exists(ConnectionTestStep.objects.filter(test=OuterRef("pk"), code__in=codes)))


def has_room(test: ConnectionTest) -> bool:
    """Whether the workers have a thread left for one more test of its server.

    To be called in the transaction that takes it.
    """
    list(Server.objects.filter(name=test.server).select_for_update(no_key=True).values_list("pk"))
    running = ConnectionTest.objects.filter(server=test.server, state=ConnectionTest.State.RUNNING)
    limit = settings.CONNECTION_TESTS.server_running_limit
    # Who is lost among them is asked only where it matters: it is the longest question of all.
    return running.count() < limit or running.exclude(lost()).count() < limit
