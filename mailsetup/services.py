"""Writes: set-up links and connection tests."""

import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from mailsetup import credentials
from mailsetup.clientconfig import ClientConfig
from mailsetup.findings import Code, StepResult, Verdict, causes_of, verdict_of
from mailsetup.models import ConnectionTest, ConnectionTestStep, SetupLink
from mailsetup.selectors import LinkGone, Visit, token_hash

# No 0, 1, I, L or O: a reference is read over the telephone.
_REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
# The longest a run can take by its own deadlines; a test that is older has lost its worker.
LOST_AFTER = timedelta(seconds=150)
# How long a queued test waits for a worker; the customer has left by then.
QUEUE_LIFETIME = timedelta(seconds=60)
_LIMIT_WINDOW = timedelta(minutes=15)
_UNFINISHED_LIMIT = 3
_RUN_LIMIT = 60
# Many servers block an address after ten wrong passwords, and the block would hit the portal, so
# all customers (facts: Dovecot's penalty, fail2ban, SmarterMail's abuse detection).
_REJECTED_LIMIT = 8
# A QR code is scanned at once or not at all; the browser that scanned it keeps the link for a day.
ONE_DEVICE_OPENING = timedelta(minutes=15)
ONE_DEVICE_LIFETIME = timedelta(hours=24)


class TooManyTests(RuntimeError):
    """This address was tested too often in the last minutes; `reason` is busy, often or rejected."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def create_setup_link(
    address: str, *, lifetime: timedelta, visit: Visit | None = None, one_device: bool = False
) -> tuple[SetupLink, str]:
    """A new link and its token; the token is not stored and can't be shown again."""
    token = secrets.token_urlsafe(16)
    behind = visit.link if visit else None
    link = SetupLink.objects.create(
        token_hash=token_hash(token),
        address=address,
        domain=visit.domain if visit else None,
        created_by=visit.user if visit else None,
        # The first of a row of links counts, so that a row is never longer than one.
        made_behind=(behind.made_behind or behind) if behind else None,
        expires_at=timezone.now() + lifetime,
        one_device=one_device,
    )
    return link, token


def claim_setup_link(link: SetupLink) -> str | None:
    """Bind a one-device link to the browser that opens it first: its device key, None if already bound.

    Raises LinkGone when another browser was quicker.
    """
    if not link.one_device or link.device_hash:
        return None
    device_key = secrets.token_urlsafe(16)
    now = timezone.now()
    claimed = SetupLink.objects.filter(pk=link.pk, device_hash="").update(
        device_hash=token_hash(device_key), opened_at=now, expires_at=now + ONE_DEVICE_LIFETIME
    )
    if not claimed:
        raise LinkGone("used")
    return device_key


def revoke_setup_links(links: Iterable[SetupLink]) -> int:
    """Close links at once; returns how many were still open."""
    return SetupLink.objects.filter(pk__in=[link.pk for link in links], revoked_at=None).update(
        revoked_at=timezone.now()
    )


@sensitive_variables("password")
def start_connection_test(
    visit: Visit, config: ClientConfig, *, password: str, round_trip: bool, client: str = ""
) -> ConnectionTest:
    """A queued test with its password sealed; the caller hands its id to the worker.

    Raises TooManyTests.
    """
    _refuse_too_many(str(visit.address), config)
    with transaction.atomic():
        test = ConnectionTest.objects.create(
            reference=new_reference(),
            address=str(visit.address),
            domain=visit.domain,
            user=visit.user,
            setup_link=visit.link,
            protocol=config.protocol.value,
            client=client,
            round_trip=round_trip and bool(password),
            services=[config.incoming.as_dict(), config.outgoing.as_dict()],
        )
        if password:
            credentials.seal(test, password)
    return test


def new_reference() -> str:
    """Two groups of four, such as 7K4Q-29XM."""
    letters = "".join(secrets.choice(_REFERENCE_ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def _refuse_too_many(address: str, config: ClientConfig) -> None:
    """anna+1@, anna+2@ and an alias domain sign in to one mailbox, so they share its limits."""
    now = timezone.now()
    incoming = config.incoming
    same = Q(services__0__username=incoming.username, services__0__hostname=incoming.hostname)
    recent = ConnectionTest.objects.filter(same | Q(address=address), created_at__gt=now - _LIMIT_WINDOW)
    unfinished = recent.exclude(state=ConnectionTest.State.DONE).filter(created_at__gt=now - QUEUE_LIFETIME)
    if unfinished.count() >= _UNFINISHED_LIMIT:
        raise TooManyTests("busy")
    if recent.count() >= _RUN_LIMIT:
        raise TooManyTests("often")
    rejected = ConnectionTestStep.objects.filter(test__in=recent, code=Code.AUTH_FAILED)
    if rejected.values("test").distinct().count() >= _REJECTED_LIMIT:
        raise TooManyTests("rejected")


def begin_connection_test(test_id: int) -> ConnectionTest | None:
    """Take a queued test; None when another worker has it or it is over: a task sent twice runs once."""
    taken = ConnectionTest.objects.filter(pk=test_id, state=ConnectionTest.State.QUEUED).update(
        state=ConnectionTest.State.RUNNING, started_at=timezone.now()
    )
    return ConnectionTest.objects.get(pk=test_id) if taken else None


def record_steps(test: ConnectionTest, found: Iterable[tuple[int, StepResult]]) -> None:
    """Keep what the steps found, so that the page shows them; `found` holds (service index, result)."""
    ConnectionTestStep.objects.bulk_create(
        ConnectionTestStep(
            test=test,
            service=index,
            step=result.step.value,
            status=result.status.value,
            code=result.code.value,
            ms=result.ms,
            evidence=result.evidence,
        )
        for index, result in found
    )


def finish_connection_test(test: ConnectionTest) -> None:
    """Sum the steps up to a verdict and its causes."""
    results = [step.as_result() for step in test.steps.all()]
    _close(test, verdict_of(results), causes_of(results))


def give_up_connection_test(test: ConnectionTest) -> None:
    """No worker could be asked: the test has not run and its password is gone."""
    _close(test, Verdict.NOT_RUN, [])


def mark_lost(test: ConnectionTest) -> None:
    """The worker that ran this test is gone; a test that has moved on since it was read is left alone."""
    with transaction.atomic():
        unchanged = ConnectionTest.objects.select_for_update().filter(pk=test.pk, state=test.state)
        if unchanged.exclude(state=ConnectionTest.State.DONE).first() is None:
            test.refresh_from_db(fields=["state", "verdict", "causes", "started_at", "finished_at"])
            return
        _close(test, Verdict.NOT_RUN, [Code.LOST_RUN])


def reap_lost_tests() -> int:
    """Close every test that no worker will finish; returns how many there were."""
    now = timezone.now()
    unfinished = ConnectionTest.objects.exclude(state=ConnectionTest.State.DONE)
    lost = [
        *unfinished.filter(state=ConnectionTest.State.RUNNING, started_at__lt=now - LOST_AFTER),
        *unfinished.filter(state=ConnectionTest.State.QUEUED, created_at__lt=now - QUEUE_LIFETIME),
    ]
    for test in lost:
        mark_lost(test)
    return len(lost)


def is_lost(test: ConnectionTest) -> bool:
    """Whether no worker can still be at work on this test."""
    now = timezone.now()
    if test.state == ConnectionTest.State.RUNNING:
        return test.started_at is not None and test.started_at < now - LOST_AFTER
    return test.state == ConnectionTest.State.QUEUED and test.created_at < now - QUEUE_LIFETIME


def _close(test: ConnectionTest, verdict: Verdict, causes: list[Code]) -> None:
    credentials.forget(test)
    test.state = ConnectionTest.State.DONE
    test.verdict = verdict.value
    test.causes = [cause.value for cause in causes]
    test.finished_at = timezone.now()
    test.save(update_fields=["state", "verdict", "causes", "finished_at"])
