"""Runs of connection tests without a worker: what the steps found is made up, all the rest is real."""

from collections.abc import Iterable
from datetime import UTC, datetime

from accounts.models import User
from mailsetup.clientconfig import Protocol, ServerSettings, ServiceType, SocketType
from mailsetup.connection_tests import services
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.probes.findings import Code, Finding, Status, Step, steps_of
from tests.provider import setup_of

Found = list[tuple[int, Finding]]
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery canary"
KEY = "a2V5IG9mIG9uZSB0ZXN0LCAzMiBieXRlcyBvZiBpdCE="
WORKER = "a worker"


def queued(
    user: User,
    *,
    address: str = "anna@example.com",
    protocol: Protocol = Protocol.IMAP,
    client: str = "",
    password: str = PASSWORD,
) -> ConnectionTest:
    """A test that `user` has started and no worker has taken."""
    setup = setup_of(user, address)
    return services.start_connection_test(
        setup, setup.config(protocol), password=password, key=KEY, round_trip=True, client=client
    )


def running(test: ConnectionTest, found: Iterable[tuple[int, Finding]] = ()) -> ConnectionTest:
    """A worker has taken the test, and has found so much."""
    taken = services.begin_connection_test(test.pk, WORKER)
    assert taken is not None
    services.record_findings(taken, found)
    return taken


def finished(test: ConnectionTest, found: Iterable[tuple[int, Finding]]) -> ConnectionTest:
    """The whole run."""
    taken = running(test, found)
    services.finish_connection_test(taken)
    return taken


def findings(protocol: Protocol = Protocol.IMAP, *special: tuple[int, Finding]) -> Found:
    """A run in which all passes but the `special` findings; what comes after a failed one is not reached."""
    found: Found = []
    for index, kind in enumerate((ServiceType(protocol.value), ServiceType.SMTP)):
        instead = {finding.step: finding for at, finding in special if at == index}
        failed = False
        # The provider of these tests sends by STARTTLS.
        socket_type = SocketType.STARTTLS if kind is ServiceType.SMTP else SocketType.SSL
        for step in steps_of(ServerSettings(kind, "", 0, socket_type)):
            if step in instead:
                finding = instead[step]
            elif failed:
                finding = skipped(step, Code.NOT_REACHED)
            else:
                finding = Finding(step, Status.PASSED, Code.OK, 12)
            failed = failed or finding.status is Status.FAILED
            found.append((index, finding))
    return found


def skipped(step: Step, reason: Code) -> Finding:
    return Finding(step, Status.SKIPPED, reason)


def without_sign_in(protocol: Protocol, reason: Code, *services_skipped: int) -> Found:
    """Nobody signed in to these services (0 receiving, 1 sending), for that reason."""
    after = (Step.SIGN_IN, Step.MAILBOX, Step.PUSH, Step.SEND, Step.ARRIVE)
    return [
        (index, skipped(finding.step, reason))
        if index in services_skipped and finding.step in after
        else (index, finding)
        for index, finding in findings(protocol)
    ]
