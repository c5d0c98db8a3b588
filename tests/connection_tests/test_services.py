"""The life of a test in the database: taken once, summed up, lost only when nobody is at it; its password."""

from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone

from accounts.models import User
from mailsetup.clientconfig import Protocol
from mailsetup.connection_tests import credentials, heartbeat, reaper, selectors, services
from mailsetup.connection_tests.limits import TooManyTests
from mailsetup.connection_tests.models import ConnectionTest, SealedPassword
from mailsetup.hosting.models import Service
from mailsetup.probes.findings import Code, Finding, Status, Step
from mailsetup.setup_links.selectors import setup_of_link
from tests.connection_tests.conftest import Later, Limits
from tests.connection_tests.runs import (
    KEY,
    PASSWORD,
    START,
    WORKER,
    findings,
    finished,
    queued,
    running,
    skipped,
    without_sign_in,
)
from tests.provider import MakeLink, setup_of

pytestmark = pytest.mark.django_db

# --- The password --------------------------------------------------------------------------------------


def test_the_password_is_sealed_and_read_once(owner: User) -> None:
    test = queued(owner)
    assert PASSWORD.encode() not in bytes(SealedPassword.objects.get().ciphertext)
    assert credentials.open_once(test, KEY) == PASSWORD
    assert credentials.open_once(test, KEY) is None
    assert not SealedPassword.objects.exists()


def test_a_seal_opens_for_its_own_test_only(owner: User) -> None:
    first, second = queued(owner), queued(owner)
    stolen = SealedPassword.objects.get(test=first).ciphertext
    SealedPassword.objects.filter(test=second).update(ciphertext=stolen)
    assert credentials.open_once(second, KEY) is None


def test_another_key_of_the_portal_opens_nothing(owner: User, settings: Any) -> None:
    test = queued(owner)
    settings.CREDENTIALS_KEY = Fernet.generate_key().decode()
    assert credentials.open_once(test, KEY) is None
    assert not SealedPassword.objects.exists()


@pytest.mark.parametrize(
    "key", ["", "no key at all", Fernet.generate_key().decode()], ids=["none", "bad", "other"]
)
def test_another_key_of_the_task_opens_nothing(owner: User, key: str) -> None:
    test = queued(owner)
    assert credentials.open_once(test, key) is None
    assert not SealedPassword.objects.exists()


def test_every_test_has_a_key_of_its_own() -> None:
    assert len({credentials.new_key() for _ in range(3)}) == 3


def test_a_row_from_a_backup_does_not_live_longer(owner: User, later: Later) -> None:
    later(0)
    test = queued(owner)
    later(121)
    SealedPassword.objects.update(expires_at=START + timedelta(days=1))
    assert credentials.open_once(test, KEY) is None


@pytest.mark.parametrize("end", [services.finish_connection_test, services.give_up_connection_test])
def test_no_password_outlives_its_test(owner: User, end: Any) -> None:
    end(running(queued(owner)))
    assert not SealedPassword.objects.exists()


# --- What is kept --------------------------------------------------------------------------------------


def test_a_test_keeps_who_what_and_where(owner: User, setup_link: MakeLink) -> None:
    test = queued(owner, client="thunderbird")
    setup = setup_of(owner)
    config = setup.config(Protocol.IMAP)
    test.refresh_from_db()
    assert (test.address, test.domain, test.user) == ("anna@example.com", setup.domain, owner)
    assert (test.protocol, test.client, test.round_trip) == ("imap", "thunderbird", True)
    assert test.planned() == [config.incoming, config.outgoing]
    assert (test.state, test.setup_link) == ("queued", None)

    link, token = setup_link()
    through = setup_of_link(link, token, display_name="Northwind Hosting")
    by_link = services.start_connection_test(through, config, password=PASSWORD, key=KEY, round_trip=False)
    by_link.refresh_from_db()
    assert (by_link.setup_link, by_link.user, by_link.client, by_link.round_trip) == (link, None, "", False)


def test_a_list_says_of_each_test_whether_somebody_signed_in(owner: User) -> None:
    finished(queued(owner), findings())
    finished(queued(owner), findings(Protocol.IMAP, (0, skipped(Step.PUSH, Code.NOT_ASKED))))
    finished(queued(owner), without_sign_in(Protocol.IMAP, Code.NO_PASSWORD, 0, 1))
    latest = selectors.latest_with_outlines(selectors.tests_of(owner), 3)
    assert [outline.up_to_sign_in for _test, outline in latest] == [True, False, False]
    assert len(selectors.latest_with_outlines(selectors.tests_of(owner), 2)) == 2


def test_the_worker_that_was_seen_last_counts(later: Later) -> None:
    assert selectors.worker_seen_at() is None
    for seconds, name in ((0, "b"), (2, "c"), (1, "a")):
        later(seconds)
        heartbeat.beat(name)
    assert selectors.worker_seen_at() == START + timedelta(seconds=2)


def test_without_a_password_there_is_no_test_message(owner: User) -> None:
    assert queued(owner, password="").round_trip is False


def test_a_step_is_kept_as_it_was_found(owner: User, later: Later) -> None:
    later(0)
    found = [
        (0, Finding(Step.DNS, Status.PASSED, Code.OK, 3, {"addresses": ["203.0.113.9"]})),
        (1, Finding(Step.TLS, Status.FAILED, Code.CERT_EXPIRED, 4099, {"not_after": "2026-01-02"})),
        (1, Finding(Step.SIGN_IN, Status.SKIPPED, Code.UNVERIFIED)),
    ]
    test = running(queued(owner))
    services.record_findings(test, found)
    later(4.2)
    services.finish_connection_test(test)
    test.refresh_from_db()
    assert [(step.service, step.as_finding()) for step in test.steps.all()] == found
    assert selectors.find_test(ConnectionTest.objects.all(), test.reference.lower()) == (test, found, False)
    assert (test.started_at, test.seconds) == (START, 4.2)


def test_only_a_refused_password_counts_as_one(owner: User, limits: Limits) -> None:
    limits(mailbox_rejected_limit=1)
    finished(
        queued(owner), findings(Protocol.IMAP, (0, Finding(Step.CONNECT, Status.FAILED, Code.TCP_REFUSED, 1)))
    )
    assert queued(owner)


def test_an_address_shares_its_limits_on_whatever_server_it_was(owner: User, limits: Limits) -> None:
    limits(mailbox_tests_limit=1)
    finished(queued(owner), findings())
    Service.objects.update(hostname="moved.example.com", username="anna")
    with pytest.raises(TooManyTests) as refusal:
        queued(owner)
    assert (refusal.value.reason, str(refusal.value)) == ("often", "often")


# --- The run -------------------------------------------------------------------------------------------


def test_a_test_is_taken_once(owner: User) -> None:
    test, other = queued(owner), queued(owner)
    assert services.begin_connection_test(test.pk, WORKER) == test
    assert services.begin_connection_test(test.pk, WORKER) is None
    assert services.begin_connection_test(other.pk, WORKER) == other


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
        assert not set(reference) - set("-23456789ABCDEFGHJKMNPQRSTUVWXYZ")


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


def test_because_another_one_is(owner: User) -> None:
    lost, other = running(queued(owner), findings()), running(queued(owner))
    services.finish_connection_test(lost)
    lost.state = ConnectionTest.State.RUNNING  # as somebody read it a moment ago
    reaper.mark_lost(lost)
    assert [test.verdict for test in ConnectionTest.objects.order_by("pk")] == ["passed", "not_run"]
    assert ConnectionTest.objects.get(pk=other.pk).state == ConnectionTest.State.RUNNING


def test_because_a_worker_took_it_meanwhile(owner: User) -> None:
    test = queued(owner)
    services.begin_connection_test(test.pk, WORKER)
    reaper.mark_lost(test)
    assert ConnectionTest.objects.get(pk=test.pk).state == ConnectionTest.State.RUNNING


def test_the_latest_that_ran_is_none_that_was_stopped(owner: User, later: Later) -> None:
    """A comparison is laid beside it, and one that was stopped says nothing about the servers."""
    later(0)
    ran = finished(queued(owner), findings())
    later(60)
    services.cancel_connection_test(queued(owner))
    since = ran.created_at - timedelta(minutes=1)
    tests = ConnectionTest.objects.all()
    assert selectors.latest_finished(tests, "anna@example.com", since) == ran.reference
    assert selectors.latest_finished(tests, "anna@example.com", timezone.now()) == ""
    assert selectors.latest_finished(tests, "bert@example.com", since) == ""
