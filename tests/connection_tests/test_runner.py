"""A worker's run: what a probe is asked, what is kept of what it says, and what is left when it breaks."""

import asyncio
import logging
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.models import User
from mailsetup.connection_tests import heartbeat, runner, services
from mailsetup.connection_tests.models import ConnectionTest, SealedPassword, Transcript
from mailsetup.connection_tests.tasks import run_connection_test
from mailsetup.probes.ask import Ask, OnStep
from mailsetup.probes.findings import Finding, ServiceReport, Side, TranscriptLine
from tests.connection_tests.runs import KEY, PASSWORD, findings, queued, running
from tests.provider import setup_of

pytestmark = pytest.mark.django_db


LINES = (TranscriptLine(3, Side.EVENT, "connected"), TranscriptLine(9, Side.SERVER, "* OK ready"))


def both_reports(ask: Ask) -> tuple[ServiceReport, ServiceReport]:
    return (
        ServiceReport(ask.incoming, (), LINES, "fe80::1%eth0"),
        ServiceReport(ask.outgoing, (), (), ""),
    )


class Prober:
    """In place of the network: notes what it is asked and finds what it is told."""

    def __init__(self) -> None:
        self.asked: list[Ask] = []
        self.found = findings()
        self.error: Exception | None = None

    async def probe(self, ask: Ask, _vantage: object, on_step: OnStep) -> tuple[ServiceReport, ServiceReport]:
        self.asked.append(ask)
        for index, finding in self.found:
            on_step(index, finding)
        if self.error:
            raise self.error
        return both_reports(ask)


@pytest.fixture
def prober(monkeypatch: pytest.MonkeyPatch) -> Prober:
    prober = Prober()
    monkeypatch.setattr(runner, "probe", prober.probe)
    return prober


def kept(test: ConnectionTest) -> list[tuple[int, Finding]]:
    return [(step.service, step.as_finding()) for step in test.steps.all()]


def test_a_task_runs_its_test_and_keeps_what_was_found(owner: User, prober: Prober) -> None:
    test = queued(owner)
    run_connection_test(test_id=test.pk, key=KEY)
    test.refresh_from_db()
    assert kept(test) == prober.found
    assert (test.state, test.verdict, test.causes) == ("done", "passed", [])
    assert test.seconds is not None


def test_what_went_over_the_wire_is_kept_for_each_service_and_goes_with_the_test(
    owner: User, prober: Prober
) -> None:
    test = queued(owner)
    run_connection_test(test_id=test.pk, key=KEY)
    receiving, sending = test.transcripts.all()
    assert (receiving.service, receiving.local_address) == (0, "fe80::1")
    assert receiving.as_lines() == list(LINES)
    assert (sending.service, sending.local_address, sending.as_lines()) == (1, "", [])
    test.delete()
    assert not Transcript.objects.exists()


def test_the_probe_is_asked_what_the_customer_asked(owner: User, prober: Prober) -> None:
    test = queued(owner)
    run_connection_test(test_id=test.pk, key=KEY)
    (ask,) = prober.asked
    assert (ask.address, ask.password, ask.round_trip) == ("anna@example.com", PASSWORD, True)
    assert ask.token == test.reference, "the test message is found again by it"
    assert [ask.incoming, ask.outgoing] == test.planned()


def test_a_test_whose_password_is_gone_goes_up_to_the_sign_in(owner: User, prober: Prober) -> None:
    test = queued(owner)
    SealedPassword.objects.all().delete()
    run_connection_test(test_id=test.pk, key=KEY)
    (ask,) = prober.asked
    assert (ask.password, ask.round_trip) == (None, False)


def test_a_task_of_an_older_version_has_no_key_and_goes_up_to_the_sign_in(
    owner: User, prober: Prober
) -> None:
    run_connection_test(test_id=queued(owner).pk)
    assert prober.asked[0].password is None


def test_a_test_knows_its_worker(owner: User, prober: Prober) -> None:
    test = queued(owner)
    run_connection_test(test_id=test.pk, key=KEY)
    test.refresh_from_db()
    assert test.worker == heartbeat.NAME


def test_a_task_that_comes_twice_signs_in_once(owner: User, prober: Prober) -> None:
    test = queued(owner)
    run_connection_test(test_id=test.pk, key=KEY)
    run_connection_test(test_id=test.pk, key=KEY)
    assert len(prober.asked) == 1


def test_a_task_of_a_newer_version_is_understood(owner: User, prober: Prober) -> None:
    """Workers are replaced one after the other."""
    run_connection_test(test_id=queued(owner).pk, something_new=True)
    assert len(prober.asked) == 1


def test_a_task_of_a_test_that_is_gone_does_nothing(owner: User, prober: Prober) -> None:
    test = queued(owner)
    running(test)
    run_connection_test(test_id=test.pk, key=KEY)
    run_connection_test(test_id=test.pk + 1, key=KEY)
    assert prober.asked == []


def test_a_run_that_breaks_is_lost_keeps_its_steps_and_tells_nobody_the_password(
    owner: User, prober: Prober, caplog: pytest.LogCaptureFixture
) -> None:
    test = queued(owner)
    prober.found = prober.found[:2]
    prober.error = RuntimeError("a fault of ours")
    with caplog.at_level(logging.DEBUG):
        run_connection_test(test_id=test.pk, key=KEY)
    test.refresh_from_db()
    assert (test.state, test.verdict, test.causes) == ("done", "not_run", ["lost_run"])
    assert kept(test) == prober.found
    assert test.reference in caplog.text
    assert PASSWORD not in caplog.text
    assert not SealedPassword.objects.exists()


@pytest.mark.parametrize(("vendor", "waits"), [("sqlite", True), ("postgresql", False)])
def test_threads_of_a_worker_write_in_turn_where_the_database_has_one_writer(
    owner: User, prober: Prober, monkeypatch: pytest.MonkeyPatch, vendor: str, *, waits: bool
) -> None:
    """SQLite lets those sleep who find it busy."""
    in_turn = []

    def noting(write: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*arguments: Any) -> Any:
            in_turn.append(runner._one_writer.locked())
            return write(*arguments)

        return noted

    for name in ("begin_connection_test", "record_findings", "finish_connection_test"):
        monkeypatch.setattr(services, name, noting(getattr(services, name)))
    monkeypatch.setattr(runner, "connection", SimpleNamespace(vendor=vendor))
    run_connection_test(test_id=queued(owner).pk, key=KEY)
    assert set(in_turn) == {waits}
    assert len(in_turn) >= 3
    assert not runner._one_writer.locked()


def test_steps_are_kept_while_the_run_goes_on(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page shows them; a run that is killed leaves them."""
    recorded = threading.Event()
    sizes: list[int] = []
    record: Callable[..., None] = services.record_findings

    async def probe(ask: Ask, _vantage: object, on_step: OnStep) -> tuple[ServiceReport, ServiceReport]:
        for index, finding in findings()[:2]:
            recorded.clear()
            on_step(index, finding)
            assert await asyncio.to_thread(recorded.wait, 10), "a step is kept back until the run is over"
        return both_reports(ask)

    def record_and_say_so(test: ConnectionTest, found: Any) -> None:
        record(test, found)
        sizes.append(test.steps.count())
        recorded.set()

    monkeypatch.setattr(runner, "probe", probe)
    monkeypatch.setattr(services, "record_findings", record_and_say_so)
    run_connection_test(test_id=queued(owner).pk, key=KEY)
    assert sizes == [1, 2]


def test_the_command_line_runs_without_a_row(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Ask] = []

    async def probe(ask: Ask, _vantage: object, **_callback: Any) -> tuple[str, str]:
        asked.append(ask)
        return "incoming", "outgoing"

    monkeypatch.setattr(runner, "probe", probe)
    setup = setup_of(owner)
    config = setup.config(setup.hosting.protocols[0])
    reference, reports = runner.run_now(config, password=None, round_trip=False)
    assert asked[0].token == reference
    assert reports == ("incoming", "outgoing")
    assert not ConnectionTest.objects.exists()
