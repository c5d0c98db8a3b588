"""The life of a connection test: started, taken by a worker, its steps recorded, finished."""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Literal

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from mailsetup.clientconfig import ClientConfig
from mailsetup.connection_tests import credentials
from mailsetup.connection_tests.models import ConnectionTest, ConnectionTestStep
from mailsetup.connection_tests.selectors import lost
from mailsetup.probes.findings import Code, Finding, Verdict, causes_of, verdict_of
from mailsetup.setup_links.setups import Setup

# No 0, 1, I, L or O: a reference is read over the telephone.
_REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


class TooManyTests(RuntimeError):
    """This address was tested too often in the last minutes."""

    def __init__(self, reason: Literal["busy", "often", "rejected"]) -> None:
        super().__init__(reason)
        self.reason = reason


@sensitive_variables("password", "key")
def start_connection_test(
    setup: Setup, config: ClientConfig, *, password: str, key: str, round_trip: bool, client: str = ""
) -> ConnectionTest:
    """A queued test with its password sealed; the caller hands its id and the `key` to the worker.

    Raises TooManyTests.
    """
    _refuse_too_many(str(setup.address), config)
    with transaction.atomic():
        test = ConnectionTest.objects.create(
            reference=new_reference(),
            address=str(setup.address),
            domain=setup.domain,
            user=setup.user,
            setup_link=setup.link,
            protocol=config.protocol.value,
            client=client,
            round_trip=round_trip and bool(password),
            services=[config.incoming.as_dict(), config.outgoing.as_dict()],
        )
        if password:
            credentials.seal(test, password, key)
    return test


def new_reference() -> str:
    """Two groups of four, such as 7K4Q-29XM."""
    letters = "".join(secrets.choice(_REFERENCE_ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def _refuse_too_many(address: str, config: ClientConfig) -> None:
    """anna+1@, anna+2@ and an alias domain sign in to one mailbox, so they share its limits."""
    limits, now, incoming = settings.CONNECTION_TESTS, timezone.now(), config.incoming
    same = Q(services__0__username=incoming.username, services__0__hostname=incoming.hostname)
    tests = ConnectionTest.objects.filter(same | Q(address=address))
    recent = tests.filter(created_at__gt=now - timedelta(minutes=limits.test_window_minutes))
    # What a dead worker left behind counts no longer; the reaper may not have come by yet.
    unfinished = tests.exclude(state=ConnectionTest.State.DONE).exclude(lost())
    if unfinished.count() >= limits.test_unfinished_limit:
        raise TooManyTests("busy")
    if recent.count() >= limits.test_window_limit:
        raise TooManyTests("often")
    rejected = ConnectionTestStep.objects.filter(test__in=recent, code=Code.AUTH_FAILED)
    if rejected.values("test").distinct().count() >= limits.test_rejected_limit:
        raise TooManyTests("rejected")


def begin_connection_test(test_id: int, worker: str) -> ConnectionTest | None:
    """Let `worker` take a queued test; None when another has it or it is over.

    So a task that is sent twice runs once.
    """
    taken = ConnectionTest.objects.filter(pk=test_id, state=ConnectionTest.State.QUEUED).update(
        state=ConnectionTest.State.RUNNING, started_at=timezone.now(), worker=worker
    )
    return ConnectionTest.objects.get(pk=test_id) if taken else None


def record_findings(test: ConnectionTest, found: Iterable[tuple[int, Finding]]) -> None:
    """Keep what the steps found, so that the page shows them; `found` holds (service index, finding)."""
    ConnectionTestStep.objects.bulk_create(
        ConnectionTestStep(
            test=test,
            service=index,
            step=finding.step.value,
            status=finding.status.value,
            code=finding.code.value,
            ms=finding.ms,
            evidence=finding.evidence,
        )
        for index, finding in found
    )


def finish_connection_test(test: ConnectionTest) -> None:
    """Sum the findings up to a verdict and its causes."""
    findings = [step.as_finding() for step in test.steps.all()]
    close_connection_test(test, verdict_of(findings), causes_of(findings))


def give_up_connection_test(test: ConnectionTest) -> None:
    """No worker could be asked: the test has not run and its password is gone."""
    close_connection_test(test, Verdict.NOT_RUN, [])


def close_connection_test(test: ConnectionTest, verdict: Verdict, causes: list[Code]) -> None:
    """End a test, whatever came of it; its password goes with it."""
    credentials.forget(test)
    test.state = ConnectionTest.State.DONE
    test.verdict = verdict.value
    test.causes = [cause.value for cause in causes]
    test.finished_at = timezone.now()
    test.save(update_fields=["state", "verdict", "causes", "finished_at"])
