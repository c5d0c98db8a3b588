"""The life of a test in the database: taken once, summed up, lost only when nobody is at it; its password."""

from typing import Any

import pytest
from cryptography.fernet import Fernet

from accounts.models import User
from mailsetup.connection_tests import credentials, reaper, services
from mailsetup.connection_tests.models import ConnectionTest, SealedPassword
from mailsetup.probes.findings import Code, Finding, Status, Step
from tests.connection_tests.runs import PASSWORD, findings, finished, queued, running

pytestmark = pytest.mark.django_db

# --- The password --------------------------------------------------------------------------------------


def test_the_password_is_sealed_and_read_once(owner: User) -> None:
    test = queued(owner)
    assert PASSWORD.encode() not in bytes(SealedPassword.objects.get().ciphertext)
    assert credentials.open_once(test) == PASSWORD
    assert credentials.open_once(test) is None
    assert not SealedPassword.objects.exists()


def test_a_seal_opens_for_its_own_test_only(owner: User) -> None:
    first, second = queued(owner), queued(owner)
    stolen = SealedPassword.objects.get(test=first).ciphertext
    SealedPassword.objects.filter(test=second).update(ciphertext=stolen)
    assert credentials.open_once(second) is None


def test_another_key_opens_nothing(owner: User, settings: Any) -> None:
    test = queued(owner)
    settings.CREDENTIALS_KEY = Fernet.generate_key().decode()
    assert credentials.open_once(test) is None
    assert not SealedPassword.objects.exists()


@pytest.mark.parametrize("end", [services.finish_connection_test, services.give_up_connection_test])
def test_no_password_outlives_its_test(owner: User, end: Any) -> None:
    end(queued(owner))
    assert not SealedPassword.objects.exists()


# --- The run -------------------------------------------------------------------------------------------


def test_a_test_is_taken_once(owner: User) -> None:
    test = queued(owner)
    assert services.begin_connection_test(test.pk) is not None
    assert services.begin_connection_test(test.pk) is None


def test_the_verdict_and_causes_come_from_the_steps(owner: User) -> None:
    test = finished(
        queued(owner),
        [
            (0, Finding(Step.DNS, Status.PASSED, Code.OK, 3)),
            (0, Finding(Step.CONNECT, Status.PASSED, Code.OK, 4)),
            (0, Finding(Step.PUSH, Status.WARNING, Code.IDLE_MISSING, 1)),
            (1, Finding(Step.TLS, Status.FAILED, Code.CERT_EXPIRED, 9)),
            (1, Finding(Step.SIGN_IN, Status.SKIPPED, Code.UNVERIFIED)),
        ],
    )
    test.refresh_from_db()
    assert (test.state, test.verdict) == ("done", "failed")
    assert test.causes == ["cert_expired", "idle_missing"], "worst first, and no reason of a skipped step"


def test_references_read_well_over_the_telephone() -> None:
    for _ in range(200):
        reference = services.new_reference()
        assert len(reference) == 9
        assert reference[4] == "-"
        assert not set(reference) & set("01OIL")


# --- A run is not lost ---------------------------------------------------------------------------------


def test_because_it_ended_meanwhile(owner: User) -> None:
    """A page may read a running test just before its worker ends it."""
    test = running(queued(owner))
    read_by_the_page = ConnectionTest.objects.get(pk=test.pk)
    services.record_findings(test, findings())
    services.finish_connection_test(test)
    reaper.mark_lost(read_by_the_page)
    test.refresh_from_db()
    assert (test.verdict, test.causes) == ("passed", [])


def test_because_a_worker_took_it_meanwhile(owner: User) -> None:
    test = queued(owner)
    services.begin_connection_test(test.pk)
    reaper.mark_lost(test)
    assert ConnectionTest.objects.get(pk=test.pk).state == ConnectionTest.State.RUNNING
