"""How often who may test what, so that nobody stops testing for the others, nor gets the portal blocked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from accounts import counting
from mailsetup.clientconfig import ClientConfig
from mailsetup.connection_tests import deadlines
from mailsetup.connection_tests.models import ConnectionTest, ConnectionTestStep
from mailsetup.connection_tests.selectors import oldest_unfinished, unfinished_tests
from mailsetup.probes.findings import REFUSED_CREDENTIALS, Code, Step
from mailsetup.setup_links.setups import Setup

Reason = Literal["busy", "mailbox", "crowded", "often", "rejected", "refusing"]

_REJECTED: Reason = "rejected"
_REFUSING: Reason = "refusing"

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

    busy: as many of the person's own tests run as may; mailbox: this mailbox is being tested; crowded: the
    customer's tests are as many as may be; often: there were many; rejected: many passwords were refused, or
    may have been when a test was stopped; refusing: the server turns the portal away. `own` is the test that
    has to end first, if it is the visitor's, `unfinished` is how many wait or run.
    """

    def __init__(
        self, reason: Reason, seconds: float, own: ConnectionTest | None = None, unfinished: int = 0
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = seconds
        self.own = own
        self.unfinished = unfinished


@dataclass(frozen=True, slots=True)
class _Scope:
    """Tests that are counted together, and how many of them there may be."""

    counts: Callable[[ConnectionTest], bool]
    busy: Reason
    unfinished_limit: int
    tests_limit: int
    rejected_limit: int


def server_of(setup: Setup, config: ClientConfig) -> str:
    """What a test's server is counted by; aliases and customers' own host names lead to one."""
    return setup.domain.server.name if setup.domain else config.incoming.hostname


def refuse_too_many(setup: Setup, config: ClientConfig, *, signs_in: bool) -> None:
    """Raises TooManyTests; to be called in the transaction that inserts the test.

    Two presses at once are then counted as two. A test that does not sign in has no password that a server
    could reject: it is counted with the tests and connections, and never with the passwords.
    """
    counting.wait_for_turn(*_turns(setup, config))
    limits, now = settings.CONNECTION_TESTS, timezone.now()
    window = timedelta(minutes=limits.test_window_minutes)
    earlier = _earlier_tests(setup, config, now - window)
    for scope in _scopes(setup, config):
        tests = [one for one in earlier if scope.counts(one.test)]
        recent = [one for one in tests if one.test.created_at > now - window]
        unfinished = [one.test for one in tests if one.unfinished]
        _refuse([one.test.created_at for one in recent], scope.tests_limit, window, "often")
        waits_for = _ends_last(unfinished, scope.unfinished_limit)
        if signs_in:
            rejected = [one.test.created_at for one in recent if one.may_be_rejected]
            _refuse(rejected, scope.rejected_limit, window, _REJECTED)
            # Those that still run may be rejected, too.
            signing_in = [test for test in unfinished if test.signs_in]
            waits_for += _ends_last(signing_in, scope.rejected_limit - len(rejected))
        if waits_for:
            last = max(waits_for, key=deadlines.ends_by)
            seconds = (deadlines.ends_by(last) - timezone.now()).total_seconds()
            own = last if _is_own(last, setup) else None
            raise TooManyTests(scope.busy, seconds, own, unfinished=len(unfinished))
    _refuse_for_the_server(server_of(setup, config), now, window, signs_in=signs_in)


def _turns(setup: Setup, config: ClientConfig) -> Iterator[str]:
    """What tests are counted by, always in this order."""
    if setup.user:
        yield f"tests of user {setup.user.pk}"
    if setup.link:
        yield f"tests of link {setup.link.pk}"
    if setup.domain and setup.domain.customer_id:
        yield f"tests of customer {setup.domain.customer_id}"
    yield f"tests of mailbox {config.incoming.username} at {config.incoming.hostname}"


@dataclass(frozen=True, slots=True)
class _Earlier:
    """A test of before that counts for somebody who wants another."""

    test: ConnectionTest
    unfinished: bool
    may_be_rejected: bool


def _earlier_tests(setup: Setup, config: ClientConfig, since: datetime) -> list[_Earlier]:
    """Of the visitor, the mailbox and the customer: those since then, and those that still run."""
    incoming = config.incoming
    whose = Q(address=str(setup.address)) | Q(
        services__0__username=incoming.username, services__0__hostname=incoming.hostname
    )
    if setup.user:
        whose |= Q(user=setup.user)
    if setup.link:
        whose |= Q(setup_link=setup.link)
    if setup.domain and setup.domain.customer_id:
        whose |= Q(customer=setup.domain.customer_id)
    # The index knows how old they are, and no old one still runs.
    tests = list(ConnectionTest.objects.filter(whose, created_at__gt=min(since, oldest_unfinished())))
    unfinished, rejected = _unfinished_among(tests), _maybe_rejected_among(tests)
    return [_Earlier(test, test.pk in unfinished, test.pk in rejected) for test in tests]


def _unfinished_among(tests: Sequence[ConnectionTest]) -> set[int]:
    """Those that wait or run; whether a worker is dead is the longest question, and most tests are over."""
    keys = [test.pk for test in tests if test.state != ConnectionTest.State.DONE]
    return set(unfinished_tests().filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()


def _maybe_rejected_among(tests: Sequence[ConnectionTest]) -> set[int]:
    """Those whose password was refused, or may have been before the test was stopped."""
    signing_in = {test.pk: test for test in tests if test.signs_in}
    if not signing_in:
        return set()
    judged = Q(code__in=REFUSED_CREDENTIALS) | Q(service=0, step=Step.SIGN_IN)
    steps = ConnectionTestStep.objects.filter(judged, test__in=list(signing_in)).order_by()
    rows = list(steps.values_list("test", "code"))
    refused = {test for test, code in rows if code in REFUSED_CREDENTIALS}
    stopped = {key for key, test in signing_in.items() if _was_stopped_in_mid_run(test)}
    return refused | (stopped - {test for test, _code in rows})


def _was_stopped_in_mid_run(test: ConnectionTest) -> bool:
    """Stopping each test a moment after its sign-in would be a way around the limit."""
    return Code.CANCELLED in test.causes and test.started_at is not None


def _scopes(setup: Setup, config: ClientConfig) -> Iterator[_Scope]:
    limits, incoming = settings.CONNECTION_TESTS, config.incoming
    customer = setup.domain.customer_id if setup.domain else None

    def is_own(test: ConnectionTest) -> bool:
        return _is_own(test, setup)

    def is_of_mailbox(test: ConnectionTest) -> bool:
        # anna+1@, anna+2@ and an alias domain sign in to one mailbox, so they share its limits.
        login = test.services[0]
        same_login = (login["username"], login["hostname"]) == (incoming.username, incoming.hostname)
        return same_login or test.address == str(setup.address)

    yield _Scope(
        is_own,
        "busy",
        limits.person_unfinished_limit,
        limits.person_tests_limit,
        limits.person_rejected_limit,
    )
    yield _Scope(
        is_of_mailbox,
        "mailbox",
        limits.mailbox_unfinished_limit,
        limits.mailbox_tests_limit,
        limits.mailbox_rejected_limit,
    )
    if customer:
        yield _Scope(
            lambda test: test.customer_id == customer,
            "crowded",
            limits.customer_unfinished_limit,
            limits.customer_tests_limit,
            limits.customer_rejected_limit,
        )


def _is_own(test: ConnectionTest, setup: Setup) -> bool:
    """Whether the visitor started it."""
    if setup.user:
        return test.user_id == setup.user.pk
    return setup.link is not None and test.setup_link_id == setup.link.pk


def _ends_last(unfinished: Sequence[ConnectionTest], most: int) -> list[ConnectionTest]:
    """If there are `most` of these, the one with whose end there are fewer; else none."""
    by_end = sorted(unfinished, key=deadlines.ends_by)
    return by_end[-most:][:1] if len(by_end) >= most else []


def _refuse(moments: Sequence[datetime], limit: int, window: timedelta, reason: Reason) -> None:
    """Refuse if there are `limit` of these, until the oldest of the newest `limit` has left the window."""
    newest = sorted(moments, reverse=True)
    if len(newest) >= limit:
        raise TooManyTests(reason, (newest[limit - 1] + window - timezone.now()).total_seconds())


def _refuse_for_the_server(server: str, now: datetime, window: timedelta, *, signs_in: bool) -> None:
    """Refuse if it rejected many passwords, whoever's they were, or turns the portal away."""
    limits = settings.CONNECTION_TESTS
    pause = timedelta(seconds=limits.server_pause_seconds)
    steps = ConnectionTestStep.objects.filter(
        test__server=server,
        test__created_at__gt=now - max(window, pause),
        code__in=[*REFUSED_CREDENTIALS, *REFUSALS],
    )
    found = list(steps.values_list("code", "test__created_at", "test"))
    for codes, time, limit, reason in (
        (REFUSED_CREDENTIALS if signs_in else (), window, limits.server_rejected_limit, _REJECTED),
        (REFUSALS, pause, limits.server_refusals_limit, _REFUSING),
    ):
        # Both services of a test may say so, and it is one test.
        moments = {test: at for code, at, test in found if code in codes and at > now - time}
        _refuse(list(moments.values()), limit, time, reason)


def has_room(test: ConnectionTest) -> bool:
    """Whether the workers have a thread left for one more test of its server.

    To be called in the transaction that takes it.
    """
    counting.wait_for_turn(f"tests of server {test.server}")
    here = {"server": test.server, "state": ConnectionTest.State.RUNNING}
    limit = settings.CONNECTION_TESTS.server_running_limit
    # Who is lost among them is asked only where it matters: it is the longest question of all.
    return (
        ConnectionTest.objects.filter(**here).count() < limit
        or unfinished_tests().filter(**here).count() < limit
    )
