"""The life of a connection test: started, taken by a worker, its steps recorded, finished."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from mailsetup.clientconfig import ClientConfig
from mailsetup.connection_tests import credentials, limits
from mailsetup.connection_tests.models import ConnectionTest, ConnectionTestStep, Transcript
from mailsetup.probes.findings import (
    Code,
    Finding,
    ServiceReport,
    Status,
    Step,
    Verdict,
    causes_of,
    verdict_of,
)
from mailsetup.setup_links.codes import display_code, new_checked_code
from mailsetup.setup_links.setups import Setup


class NoRoom(RuntimeError):
    """The workers are busy enough with the server of this test; it waits in the queue."""


class NoLongerRunning(RuntimeError):
    """The test has been ended by somebody else: stopped on its page, or given up for lost."""


@sensitive_variables("password", "key")
def start_connection_test(
    setup: Setup, config: ClientConfig, *, password: str, key: str, round_trip: bool, client: str = ""
) -> ConnectionTest:
    """A queued test with its password sealed; the caller hands its id and the `key` to the worker.

    Raises limits.TooManyTests.
    """
    with transaction.atomic():
        limits.refuse_too_many(setup, config, signs_in=bool(password))
        test = ConnectionTest.objects.create(
            reference=new_reference(),
            address=str(setup.address),
            domain=setup.domain,
            user=setup.user,
            setup_link=setup.link,
            customer_id=setup.domain.customer_id if setup.domain else None,
            server=limits.server_of(setup, config),
            protocol=config.protocol.value,
            client=client,
            signs_in=bool(password),
            round_trip=round_trip and bool(password),
            services=[config.incoming.as_dict(), config.outgoing.as_dict()],
        )
        if password:
            credentials.seal(test, password, key)
    return test


def new_reference() -> str:
    """What names a test on the telephone, such as 7K4Q-29XM."""
    return display_code(new_checked_code())


def begin_connection_test(test_id: int, worker: str) -> ConnectionTest | None:
    """Let `worker` take a queued test; None when another has it or it is over.

    So a task that is sent twice runs once. Raises NoRoom.
    """
    with transaction.atomic():
        queued = ConnectionTest.objects.filter(pk=test_id, state=ConnectionTest.State.QUEUED)
        test = queued.select_for_update().first()
        if test is None:
            return None
        if not limits.has_room(test):
            raise NoRoom
        test.state, test.started_at, test.worker = ConnectionTest.State.RUNNING, timezone.now(), worker
        test.save(update_fields=["state", "started_at", "worker"])
    return test


def record_findings(test: ConnectionTest, found: Iterable[tuple[int, Finding]]) -> None:
    """Keep what the steps found, so that the page shows them; `found` holds (service index, finding).

    Raises NoLongerRunning, and keeps nothing then.
    """
    with transaction.atomic():
        _hold_running(test)
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


def keep_transcripts(test: ConnectionTest, reports: Sequence[ServiceReport]) -> None:
    """Keep what went over the wire, for support; `reports` are those of the services, in their order."""
    Transcript.objects.bulk_create(
        Transcript(
            test=test,
            service=index,
            local_address=report.local_address.partition("%")[0],
            lines=[[line.ms, line.side.value, line.text] for line in report.transcript],
        )
        for index, report in enumerate(reports)
    )


def finish_connection_test(test: ConnectionTest) -> None:
    """Sum the findings up to a verdict and its causes. Raises NoLongerRunning."""
    with transaction.atomic():
        _hold_running(test)
        # Without the evidence: it is the largest part of a step, and no verdict depends on it.
        rows = test.steps.values_list("step", "status", "code")
        findings = [Finding(Step(step), Status(status), Code(code)) for step, status, code in rows]
        close_connection_test(test, verdict_of(findings), causes_of(findings))


def look_for_end(test: ConnectionTest) -> None:
    """Raises NoLongerRunning if somebody has ended the test; waits for nobody who writes."""
    if not ConnectionTest.objects.filter(pk=test.pk, state=ConnectionTest.State.RUNNING).exists():
        raise NoLongerRunning


def _hold_running(test: ConnectionTest) -> None:
    """Nobody else ends the test before this transaction does."""
    running = ConnectionTest.objects.filter(pk=test.pk, state=ConnectionTest.State.RUNNING)
    if running.select_for_update(no_key=True).values_list("pk").first() is None:
        raise NoLongerRunning


def cancel_connection_test(test: ConnectionTest) -> None:
    """End a test that waits or runs, as somebody asks; one that is over stays as it is.

    Its worker learns of it when it next keeps a step or looks.
    """
    with transaction.atomic():
        unfinished = ConnectionTest.objects.exclude(state=ConnectionTest.State.DONE)
        held = unfinished.select_for_update(no_key=True).filter(pk=test.pk).first()
        if held is not None:
            close_connection_test(held, Verdict.NOT_RUN, [Code.CANCELLED])


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
