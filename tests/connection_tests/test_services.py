"""A connection test from the button to its rows, and its password from the form to nowhere."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from mailsetup.clientconfig import Protocol, resolve
from mailsetup.connection_tests import credentials, reaper, services
from mailsetup.connection_tests.models import ConnectionTest, SealedPassword
from mailsetup.connection_tests.services import TooManyTests
from mailsetup.probes.findings import Code, Finding, Status, Step
from tests.provider import setup_of

pytestmark = pytest.mark.django_db
CANARY = "correct horse battery canary"


def start(user: User, password: str = CANARY) -> ConnectionTest:
    setup = setup_of(user, "anna@example.com")
    config = resolve(setup.address, setup.hosting, Protocol.IMAP)
    return services.start_connection_test(setup, config, password=password, round_trip=True)


def test_the_password_is_sealed_and_read_once(owner: User) -> None:
    test = start(owner)
    assert CANARY.encode() not in bytes(SealedPassword.objects.get().ciphertext)
    assert credentials.open_once(test) == CANARY
    assert credentials.open_once(test) is None
    assert not SealedPassword.objects.exists()


def test_a_password_that_nobody_came_for_is_gone(owner: User) -> None:
    test = start(owner)
    SealedPassword.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert credentials.forget_expired() == 1
    assert credentials.open_once(test) is None


def test_a_seal_opens_for_its_own_test_only(owner: User) -> None:
    first, second = start(owner), start(owner)
    stolen = SealedPassword.objects.get(test=first).ciphertext
    SealedPassword.objects.filter(test=second).update(ciphertext=stolen)
    assert credentials.open_once(second) is None


def test_a_task_that_comes_twice_runs_once(owner: User) -> None:
    test = start(owner)
    assert services.begin_connection_test(test.pk) is not None
    assert services.begin_connection_test(test.pk) is None


def test_the_verdict_and_causes_come_from_the_steps(owner: User) -> None:
    test = start(owner)
    services.record_findings(
        test,
        [
            (0, Finding(Step.DNS, Status.PASSED, Code.OK, 3)),
            (0, Finding(Step.CONNECT, Status.PASSED, Code.OK, 4)),
            (0, Finding(Step.PUSH, Status.WARNING, Code.IDLE_MISSING, 1)),
            (1, Finding(Step.TLS, Status.FAILED, Code.CERT_EXPIRED, 9)),
            (1, Finding(Step.SIGN_IN, Status.SKIPPED, Code.UNVERIFIED)),
        ],
    )
    services.finish_connection_test(test)
    test.refresh_from_db()
    assert (test.state, test.verdict) == ("done", "failed")
    assert test.causes == ["cert_expired", "idle_missing"], "worst first, and no reason of a skipped step"


@pytest.mark.parametrize(
    ("fields", "age"),
    [
        ({"state": "running", "started_at": timezone.now() - timedelta(seconds=151)}, 0),
        ({"state": "queued"}, 61),
    ],
)
def test_a_run_whose_worker_is_gone_is_lost_and_its_password_too(
    owner: User, fields: dict[str, Any], age: float
) -> None:
    test = start(owner)
    created = timezone.now() - timedelta(seconds=age)
    ConnectionTest.objects.filter(pk=test.pk).update(created_at=created, **fields)
    assert reaper.reap_lost_tests() == 1
    test.refresh_from_db()
    assert (test.state, test.verdict, test.causes) == ("done", "not_run", ["lost_run"])
    assert not SealedPassword.objects.exists()


def test_a_run_that_is_at_work_is_left_alone(owner: User) -> None:
    services.begin_connection_test(start(owner).pk)
    assert reaper.reap_lost_tests() == 0


def test_a_fourth_test_at_once_is_refused(owner: User) -> None:
    for _ in range(3):
        start(owner)
    with pytest.raises(TooManyTests, match="busy"):
        start(owner)


def test_a_password_refused_again_and_again_pauses_the_address(owner: User) -> None:
    for _ in range(8):
        test = start(owner)
        services.record_findings(test, [(0, Finding(Step.SIGN_IN, Status.FAILED, Code.AUTH_FAILED, 9))])
        services.finish_connection_test(test)
    with pytest.raises(TooManyTests, match="rejected"):
        start(owner)


def test_references_read_well_over_the_telephone() -> None:
    for _ in range(200):
        reference = services.new_reference()
        assert len(reference) == 9
        assert reference[4] == "-"
        assert not set(reference) & set("01OIL")


def test_names_of_one_mailbox_share_its_limit(owner: User) -> None:
    """Otherwise anna+1@, anna+2@ … would be a way to guess the password of anna@ without end."""
    for number in range(8):
        setup = setup_of(owner, f"anna+{number}@example.com")
        config = resolve(setup.address, setup.hosting, Protocol.IMAP)
        test = services.start_connection_test(setup, config, password=CANARY, round_trip=False)
        rejected = Finding(Step.SIGN_IN, Status.FAILED, Code.AUTH_FAILED, 3)
        services.record_findings(test, [(0, rejected)])
        services.finish_connection_test(test)
    setup = setup_of(owner, "anna@example.net")
    config = resolve(setup.address, setup.hosting, Protocol.POP3)
    with pytest.raises(TooManyTests) as refusal:
        services.start_connection_test(setup, config, password=CANARY, round_trip=False)
    assert refusal.value.reason == "rejected"


def test_a_test_that_ended_meanwhile_is_not_lost(owner: User) -> None:
    """A page may read a running test just before its worker ends it."""
    test = start(owner)
    services.begin_connection_test(test.pk)
    read_by_the_page = ConnectionTest.objects.get(pk=test.pk)
    services.record_findings(test, [(0, Finding(Step.DNS, Status.PASSED, Code.OK, 3))])
    services.finish_connection_test(test)
    reaper.mark_lost(read_by_the_page)
    assert ConnectionTest.objects.get(pk=test.pk).causes == []


def test_a_test_that_a_worker_took_meanwhile_is_not_lost(owner: User) -> None:
    test = start(owner)
    services.begin_connection_test(test.pk)
    reaper.mark_lost(test)
    assert ConnectionTest.objects.get(pk=test.pk).state == ConnectionTest.State.RUNNING
