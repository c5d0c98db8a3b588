"""Runs connection tests: from a queued row to finished rows, or in this process for the command line.

Only tasks and management commands come in here: no web request waits for a mail server.
"""

import asyncio
import logging
import queue
import threading
from collections.abc import Generator, Iterator
from concurrent.futures import wait
from contextlib import closing, contextmanager, nullcontext, suppress
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.views.decorators.debug import sensitive_variables

from mailsetup.clientconfig import ClientConfig
from mailsetup.connection_tests import credentials, reaper, services
from mailsetup.probes.ask import Ask, OnStep
from mailsetup.probes.findings import Finding, ServiceReport
from mailsetup.probes.loop import InLoop
from mailsetup.probes.run import probe
from mailsetup.probes.vantage import Vantage

logger = logging.getLogger(__name__)
# SQLite has one writer, and whoever comes meanwhile looks again after sleeps of up to a tenth of a second, so
# that dozens of tests that begin together take seconds for it. Threads that wait here don't sleep.
_one_writer = threading.Lock()
Found = tuple[int, Finding]


def vantage() -> Vantage:
    """How this installation looks at the network."""
    return Vantage(
        allowed_networks=settings.PROBE_ALLOWED_NETWORKS,
        ca_file=settings.PROBE_CA_FILE or None,
        resolver=settings.PROBE_RESOLVER,
        hosts=settings.PROBE_HOSTS,
        limits=settings.PROBES,
    )


@sensitive_variables("password", "key")
def run_queued(test_id: int, *, key: str, worker: str) -> None:
    """Run one queued test and keep its steps as they happen; a test that runs already is left alone.

    `key` opens its password, `worker` is the name under which this process shows that it is alive.
    """
    with _writing():
        test = services.begin_connection_test(test_id, worker)
        if test is None:
            return
        password = credentials.open_once(test, key)
    incoming, outgoing = test.planned()
    ask = Ask(
        address=test.address,
        incoming=incoming,
        outgoing=outgoing,
        password=password,
        round_trip=test.round_trip and password is not None,
        token=test.reference,
    )
    reports: list[ServiceReport] = []
    try:
        with closing(_steps_as_they_happen(ask, reports)) as steps:
            for batch in steps:
                if batch:
                    with _writing():
                        services.record_findings(test, batch)
                else:
                    services.look_for_end(test)
        with _writing():
            services.keep_transcripts(test, reports)
            services.finish_connection_test(test)
    except services.NoLongerRunning:
        logger.info("Connection test %s was ended before it was over", test.reference)
    except Exception:
        logger.exception("Connection test %s broke", test.reference)
        reaper.mark_lost(test)


@contextmanager
def _writing() -> Iterator[None]:
    """One transaction, in this worker's turn."""
    turn = _one_writer if connection.vendor == "sqlite" else nullcontext()
    with turn, transaction.atomic():
        yield


@sensitive_variables("password")
def run_now(
    config: ClientConfig, *, password: str | None, round_trip: bool, on_step: OnStep | None = None
) -> tuple[str, tuple[ServiceReport, ServiceReport]]:
    """The live test in this process: its reference and what both services said."""
    reference = services.new_reference()
    ask = Ask(
        address=config.address,
        incoming=config.incoming,
        outgoing=config.outgoing,
        password=password,
        round_trip=round_trip,
        token=reference,
    )
    callback: dict[str, Any] = {"on_step": on_step} if on_step else {}
    return reference, asyncio.run(probe(ask, vantage(), **callback))


def _steps_as_they_happen(ask: Ask, reports: list[ServiceReport]) -> Generator[list[Found]]:
    """Batches of results while the probes run; an empty one where none came for a while.

    At the end the services' `reports` are there.

    The probes' thread is not this one, to which Django's database connection belongs: a slow database must
    not hold up a protocol dialogue. Whoever closes the iterator stops the probes where they wait, and their
    connections are closed when it returns.
    """
    found: queue.SimpleQueue[Found | None] = queue.SimpleQueue()
    probing = InLoop(probe(ask, vantage(), lambda index, result: found.put((index, result))))
    probing.over.add_done_callback(lambda _over: found.put(None))
    try:
        yield from _batches(found)
    finally:
        probing.stop()
        wait([probing.over])
    reports.extend(probing.over.result())


def _batches(found: "queue.SimpleQueue[Found | None]") -> Iterator[list[Found]]:
    """Wait for a result, then take what has come meanwhile, until None ends it."""
    seconds = settings.CONNECTION_TESTS.cancel_look_milliseconds / 1000
    ended = False
    while not ended:
        batch = []
        with suppress(queue.Empty):
            item = found.get(timeout=seconds)
            while item is not None:
                batch.append(item)
                item = found.get_nowait()
            ended = True
        if batch or not ended:
            yield batch
