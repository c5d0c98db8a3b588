"""Every limit and lifetime of a connection test: what is still right, and the first thing that is not."""

import json
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from mailsetup.clientconfig import Protocol
from mailsetup.connection_tests import credentials, heartbeat, reaper, selectors, services
from mailsetup.connection_tests.app_settings import ConnectionTestSettings
from mailsetup.connection_tests.limits import TooManyTests
from mailsetup.connection_tests.models import ConnectionTest, SealedPassword, WorkerHeartbeat
from mailsetup.connection_tests.tasks import run_connection_test
from mailsetup.guides.models import StepsMail
from mailsetup.hosting.models import Domain, Server, Service
from mailsetup.probes.findings import Code, Finding, Status, Step
from mailsetup.setup_links.models import SetupLink
from tests.connection_tests.conftest import Later, Limits
from tests.connection_tests.runs import KEY, PASSWORD, START, WORKER, findings, finished, queued, running
from tests.html import read
from tests.provider import MakeLink

pytestmark = pytest.mark.django_db
MOMENT = 0.001
MINUTE, DAY = 60, 86_400
REFUSED = findings(Protocol.IMAP, (0, Finding(Step.SIGN_IN, Status.FAILED, Code.AUTH_FAILED, 7)))


def reason_of_refusal(user: User, **answers: Any) -> str:
    """Why another test is refused; empty if it is not."""
    try:
        queued(user, **answers).delete()
    except TooManyTests as refusal:
        return refusal.reason
    return ""


# --- The sealed password -------------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "password"), [(119, PASSWORD), (120, None)])
def test_a_sealed_password_opens_for_two_minutes(
    owner: User, later: Later, seconds: float, password: str | None
) -> None:
    later(0)
    test = queued(owner)
    later(seconds)
    assert credentials.open_once(test, KEY) == password
    assert not SealedPassword.objects.exists(), "read or not"


@pytest.mark.parametrize(("seconds", "gone"), [(119, 0), (120, 1)])
@pytest.mark.parametrize("by", ["heartbeat", "prune"])
def test_a_sealed_password_is_deleted_after_two_minutes(
    owner: User, later: Later, capsys: pytest.CaptureFixture[str], seconds: float, gone: int, by: str
) -> None:
    later(0)
    test = running(queued(owner))
    later(seconds)
    WorkerHeartbeat.objects.create(name=WORKER, seen_at=timezone.now())
    if by == "heartbeat":
        heartbeat.beat(WORKER)
    else:
        call_command("prune", "--json")
        assert json.loads(capsys.readouterr().out)["passwords"] == gone
    assert SealedPassword.objects.filter(test=test).count() == 1 - gone


def test_how_long_a_password_stays_sealed_is_a_setting(owner: User, later: Later, limits: Limits) -> None:
    limits(sealed_password_seconds=10, test_queue_seconds=5)
    later(0)
    first, second = queued(owner), queued(owner)
    later(9)
    assert credentials.open_once(first, KEY) == PASSWORD
    later(10)
    assert credentials.open_once(second, KEY) is None


# --- How many tests ------------------------------------------------------------------------------------


def earlier_tests(test: ConnectionTest, count: int) -> None:
    ConnectionTest.objects.bulk_create(
        ConnectionTest(
            reference=f"AAAA-{number:04}",
            address=test.address,
            protocol="imap",
            state="done",
            services=test.services,
        )
        for number in range(count)
    )


@pytest.mark.parametrize(("earlier", "reason"), [(59, ""), (60, "often")])
def test_sixty_tests_of_an_address_in_a_quarter_of_an_hour(
    owner: User, later: Later, earlier: int, reason: str
) -> None:
    later(0)
    earlier_tests(finished(queued(owner), findings()), earlier - 1)
    later(15 * MINUTE - MOMENT)
    assert reason_of_refusal(owner) == reason
    later(15 * MINUTE)
    assert reason_of_refusal(owner) == "", "the quarter of an hour is over"


def test_a_mailbox_has_one_test_at_a_time(owner: User, limits: Limits) -> None:
    limits(mailbox_unfinished_limit=1)
    first = queued(owner)
    assert reason_of_refusal(owner) == "mailbox"
    assert reason_of_refusal(owner, address="anna+shop@example.com") == "mailbox"
    assert reason_of_refusal(owner, address="bert@example.com") == ""
    services.finish_connection_test(running(first))
    assert reason_of_refusal(owner) == ""


@pytest.mark.parametrize(("state", "limit"), [("queued", 60), ("running", 150)])
def test_a_test_counts_as_long_as_a_worker_may_be_at_it(
    owner: User, later: Later, limits: Limits, state: str, limit: int
) -> None:
    limits(mailbox_unfinished_limit=1)
    later(0)
    test = queued(owner)
    if state == "running":
        running(test)
    later(limit)
    heartbeat.beat(WORKER)
    assert reason_of_refusal(owner) == "mailbox"
    later(limit + MOMENT)
    assert reason_of_refusal(owner) == ""


def test_tests_that_run_may_use_up_what_is_left_of_refused_passwords(owner: User, limits: Limits) -> None:
    """A server that bans after ten doesn't wait until the portal has counted them."""
    limits(person_rejected_limit=3)
    finished(queued(owner), REFUSED)
    one, _other = running(queued(owner)), queued(owner, address="bert@example.com")
    assert reason_of_refusal(owner, address="carl@example.com") == "busy"
    services.finish_connection_test(one)
    assert reason_of_refusal(owner, address="carl@example.com") == ""


@pytest.mark.parametrize(("refused", "reason"), [(7, ""), (8, "rejected")])
def test_eight_refused_passwords_in_a_quarter_of_an_hour(
    owner: User, later: Later, refused: int, reason: str
) -> None:
    later(0)
    for _ in range(refused):
        finished(queued(owner), REFUSED)
    later(15 * MINUTE - MOMENT)
    assert reason_of_refusal(owner) == reason
    later(15 * MINUTE)
    assert reason_of_refusal(owner) == ""


def test_a_user_whom_the_server_does_not_know_counts_as_a_refused_password(owner: User) -> None:
    """A mail server counts both, and bans for both."""
    unknown = Finding(Step.SIGN_IN, Status.FAILED, Code.AUTH_UNKNOWN_USER, 7)
    for _ in range(8):
        finished(queued(owner), findings(Protocol.IMAP, (0, unknown)))
    assert reason_of_refusal(owner) == "rejected"


def test_a_password_refused_at_both_services_is_one(owner: User) -> None:
    refused = Finding(Step.SIGN_IN, Status.FAILED, Code.AUTH_FAILED, 7)
    for _ in range(7):
        finished(queued(owner), findings(Protocol.IMAP, (0, refused), (1, refused)))
    assert reason_of_refusal(owner) == ""


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("anna@example.com", "rejected"),
        ("anna+shop@example.com", "rejected"),
        ("anna@example.net", "rejected"),
        ("bert@example.com", ""),
    ],
)
def test_all_names_of_one_mailbox_share_its_limits_and_no_other(
    owner: User, address: str, reason: str
) -> None:
    """Otherwise anna+1@, anna+2@ … would be a way to guess the password of anna@ without end."""
    for number in range(8):
        finished(queued(owner, address=f"anna+{number}@example.com"), REFUSED)
    assert reason_of_refusal(owner, address=address, protocol=Protocol.POP3) == reason


def test_the_same_user_name_elsewhere_is_another_mailbox(owner: User) -> None:
    for _ in range(8):
        finished(queued(owner), REFUSED)
    ConnectionTest.objects.update(address="nobody@example.com")
    for test in ConnectionTest.objects.all():
        test.services[0]["hostname"] = "mail.elsewhere.example"
        test.save()
    assert reason_of_refusal(owner) == ""


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"mailbox_tests_limit": 2}, "often"),
        ({"mailbox_rejected_limit": 2}, "rejected"),
        ({}, ""),
        ({"mailbox_tests_limit": 2, "test_window_minutes": 1}, ""),
    ],
    ids=str,
)
def test_how_many_is_a_setting(
    owner: User, later: Later, limits: Limits, change: dict[str, int], reason: str
) -> None:
    later(0)
    for _ in range(2):
        finished(queued(owner), REFUSED)
    limits(**change)
    later(MINUTE)
    assert reason_of_refusal(owner) == reason


@pytest.mark.parametrize(("minutes", "time"), [(15, "15 minutes"), (1, "60 seconds")])
def test_a_refusal_is_said_in_a_sentence_with_how_long_to_wait(
    owner: User, browser: Client, limits: Limits, later: Later, minutes: int, time: str
) -> None:
    def press() -> str:
        answers = {"protocol": "imap", "password": PASSWORD}
        answer = browser.post("/setup/anna@example.com/test/", answers)
        assert answer.status_code == 429
        assert PASSWORD not in answer.content.decode()
        return read(answer).text

    later(0)
    finished(queued(owner), REFUSED)
    limits(mailbox_tests_limit=1, test_window_minutes=minutes)
    assert f"There were very many tests in the last minutes. Wait {time}." in press()
    limits(mailbox_tests_limit=60, mailbox_rejected_limit=1)
    assert (
        "Several sign-ins were refused or stopped half-way. "
        f"To keep the server from blocking you, we wait {time}. Up to the sign-in you can test meanwhile."
    ) in press()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"mailbox_unfinished_limit": 1}, "This mailbox is being tested. That’s over in {} at most;"),
        (
            {"person_unfinished_limit": 1},
            "One of your tests is still running. It’s over in {} at most; then test again.",
        ),
        (
            {"customer_unfinished_limit": 1},
            "Others are testing here. The first of them is done in {} at most; then test again.",
        ),
    ],
    ids=["mailbox", "person", "customer"],
)
@pytest.mark.parametrize(("seconds", "time"), [(0, "2 minutes"), (61, "60 seconds"), (115, "10 seconds")])
def test_what_is_full_says_when_there_is_room_and_leads_to_ones_own_test(
    owner: User,
    browser: Client,
    limits: Limits,
    later: Later,
    change: dict[str, int],
    sentence: str,
    seconds: int,
    time: str,
) -> None:
    later(0)
    test = running(queued(owner))
    limits(**change)
    later(seconds)
    heartbeat.beat(WORKER)
    answer = browser.post("/setup/anna@example.com/test/", {"protocol": "imap", "password": PASSWORD})
    assert answer.status_code == 429
    page = read(answer).one("main")
    assert sentence.format(time) in page.text
    assert page.links()["Watch the test that is running"] == f"/tests/{test.reference}/"


def test_several_of_ones_own_are_named_by_their_number(owner: User, browser: Client, limits: Limits) -> None:
    limits(person_unfinished_limit=3)
    for name in ("bert", "carl", "dora"):
        queued(owner, address=f"{name}@example.com")
    answer = browser.post("/setup/anna@example.com/test/", {"protocol": "imap", "password": PASSWORD})
    assert "3 of your tests are still running. The first is over in " in read(answer).text


def test_the_number_is_that_of_tests_that_run_also_where_refusals_lower_the_limit(
    owner: User, browser: Client, limits: Limits
) -> None:
    limits(person_unfinished_limit=3, person_rejected_limit=2)
    finished(queued(owner, address="bert@example.com"), REFUSED)
    queued(owner, address="carl@example.com")
    answer = browser.post("/setup/anna@example.com/test/", {"protocol": "imap", "password": PASSWORD})
    assert "One of your tests is still running. It’s over in " in read(answer).text


def test_the_page_of_somebody_elses_test_is_not_given_away(
    colleague: User, browser: Client, limits: Limits
) -> None:
    queued(colleague)
    limits(mailbox_unfinished_limit=1)
    answer = browser.post("/setup/anna@example.com/test/", {"protocol": "imap", "password": PASSWORD})
    assert "This mailbox is being tested." in read(answer).text
    assert "/tests/" not in "".join(read(answer).one("main").links().values())


# --- A worker that is gone -----------------------------------------------------------------------------


def is_lost(test: ConnectionTest) -> bool:
    return ConnectionTest.objects.filter(selectors.lost(), pk=test.pk).exists()


@pytest.mark.parametrize(("state", "limit"), [("queued", 60), ("running", 150)])
def test_a_worker_closes_what_a_dead_one_left(owner: User, later: Later, state: str, limit: int) -> None:
    later(0)
    test = queued(owner)
    if state == "running":
        running(test)
    later(limit)
    heartbeat.beat(WORKER)
    assert reaper.reap_lost_tests() == 0
    later(limit + MOMENT)
    assert reaper.reap_lost_tests() == 1
    test.refresh_from_db()
    assert (test.state, test.verdict, test.causes) == ("done", "not_run", [Code.LOST_RUN])
    assert not SealedPassword.objects.exists()
    assert reaper.reap_lost_tests() == 0


@pytest.mark.parametrize(
    ("change", "seconds", "lost"),
    [
        ({"test_queue_seconds": 5}, 5 + MOMENT, True),
        ({"test_queue_seconds": 90}, 60 + MOMENT, False),
        ({"test_lost_seconds": 5}, 5 + MOMENT, False),
    ],
    ids=str,
)
def test_how_long_a_test_waits_for_a_worker_is_a_setting(
    owner: User, later: Later, limits: Limits, change: dict[str, int], seconds: float, *, lost: bool
) -> None:
    limits(**change)
    later(0)
    test = queued(owner)
    later(seconds)
    assert is_lost(test) is lost


def test_how_long_a_test_may_run_is_a_setting(owner: User, later: Later, limits: Limits) -> None:
    limits(test_lost_seconds=200)
    later(0)
    test = running(queued(owner))
    later(200)
    heartbeat.beat(WORKER)
    assert not is_lost(test)
    later(200 + MOMENT)
    assert is_lost(test)


@pytest.mark.parametrize(("change", "silence"), [({}, 15), ({"worker_silence_seconds": 30}, 30)], ids=str)
def test_a_test_is_lost_as_soon_as_its_worker_is_silent(
    owner: User, later: Later, limits: Limits, change: dict[str, int], silence: int
) -> None:
    """Not after the longest time that a test may take."""
    limits(**change)
    later(0)
    heartbeat.beat("another one")
    test = running(queued(owner))
    later(4)
    heartbeat.beat(WORKER)
    later(4 + silence)
    heartbeat.beat("another one")
    assert not is_lost(test)
    assert reason_of_refusal(owner) == ""
    later(4 + silence + MOMENT)
    assert is_lost(test)
    assert reaper.reap_lost_tests() == 1


def test_a_worker_may_take_a_test_before_it_says_that_it_is_there(owner: User, later: Later) -> None:
    later(0)
    test = running(queued(owner))
    later(15)
    assert not is_lost(test)
    later(15 + MOMENT)
    assert is_lost(test)


def test_a_worker_that_ends_in_order_leaves_no_sign_of_life(later: Later) -> None:
    later(0)
    heartbeat.beat(heartbeat.NAME)
    heartbeat.beat("another one")
    heartbeat.stop()
    assert [worker.name for worker in WorkerHeartbeat.objects.all()] == ["another one"]


def test_the_broker_forgets_a_task_when_its_test_counts_as_lost(settings: Any) -> None:
    assert run_connection_test.expires == settings.CONNECTION_TESTS.test_queue_seconds == 60


@pytest.mark.parametrize(("seconds", "status"), [(0, 200), (15, 200), (15 + MOMENT, 503)])
def test_a_worker_may_be_silent_for_15_seconds(
    client: Client, later: Later, seconds: float, status: int
) -> None:
    later(0)
    heartbeat.beat("worker")
    later(seconds)
    answer = client.get("/readyz")
    assert answer.status_code == status
    assert (b"No worker was seen lately" in answer.content) is (status == 503)


def test_one_worker_that_speaks_is_enough(client: Client, later: Later) -> None:
    later(0)
    heartbeat.beat("gone")
    later(100)
    heartbeat.beat("here")
    assert client.get("/readyz").status_code == 200
    assert WorkerHeartbeat.objects.count() == 2


def test_how_long_it_may_be_silent_is_a_setting(client: Client, later: Later, limits: Limits) -> None:
    limits(worker_silence_seconds=100)
    later(0)
    heartbeat.beat("worker")
    later(100)
    assert client.get("/readyz").status_code == 200
    later(100 + MOMENT)
    assert client.get("/readyz").status_code == 503


def test_a_worker_speaks_more_often_than_it_may_be_silent() -> None:
    with pytest.raises(ValueError, match=r"^WORKER_SILENCE_SECONDS can't be used: it is 10"):
        ConnectionTestSettings(worker_heartbeat_seconds=10, worker_silence_seconds=10)
    assert msgspec.structs.replace(ConnectionTestSettings(), worker_silence_seconds=11)


# --- How long things are kept --------------------------------------------------------------------------


@pytest.mark.parametrize(("change", "days"), [({}, 90), ({"history_days": 2}, 2)], ids=str)
def test_old_tests_links_and_heartbeats_are_pruned(
    owner: User,
    setup_link: MakeLink,
    later: Later,
    limits: Limits,
    capsys: pytest.CaptureFixture[str],
    change: dict[str, int],
    days: int,
) -> None:
    def prune() -> dict[str, int]:
        call_command("prune", "--json")
        deleted = json.loads(capsys.readouterr().out)
        return {kind: deleted[kind] for kind in kinds}

    # What the watch keeps has a lifetime of its own (tests/watch).
    kinds = ("connection_tests", "steps_mails", "setup_links", "passwords", "workers")
    limits(**change)
    later(0)
    finished(queued(owner), findings())
    StepsMail.objects.create(sent_by=owner, address="anna@example.com", recipient="bo@elsewhere.example")
    link, _token = setup_link()
    SetupLink.objects.filter(pk=link.pk).update(expires_at=START)
    heartbeat.beat("worker")
    later(days * DAY)
    assert prune() == dict.fromkeys(kinds, 0)
    later(days * DAY + MOMENT)
    assert prune() == {**dict.fromkeys(kinds, 1), "passwords": 0}
    assert not ConnectionTest.objects.exists()


# --- What people type ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("length", "status"), [(256, 302), (257, 422)])
def test_a_password_has_256_characters_at_most(browser: Client, length: int, status: int) -> None:
    answers = {"protocol": "imap", "password": "é" * length}
    assert browser.post("/setup/anna@example.com/test/", answers).status_code == status


def test_sessions_that_have_ended_are_pruned(owner: User, browser: Client, later: Later) -> None:
    later(0)
    keys = {}
    for name, seconds in (("old", 10), ("young", 2 * DAY)):
        session = SessionStore()
        session.set_expiry(seconds)
        session.create()
        keys[name] = session.session_key
    later(DAY)
    call_command("prune")
    kept = set(Session.objects.values_list("pk", flat=True))
    assert keys["young"] in kept
    assert keys["old"] not in kept


# --- The server ----------------------------------------------------------------------------------------

TURNED_AWAY = (
    *(Code.BANNED, Code.BYE_GREETING, Code.CLOSED_AT_ONCE, Code.GREET_554),
    *(Code.RATE_LIMITED, Code.SMTP_421_BUSY, Code.TOO_MANY_CONNECTIONS),
)


@pytest.mark.parametrize("code", TURNED_AWAY, ids=str)
def test_who_is_turned_away_by_both_services_was_turned_away_once_and_by_that_server_alone(
    owner: User, limits: Limits, code: Code
) -> None:
    limits(server_refusals_limit=2)
    away = Finding(Step.GREETING, Status.FAILED, code, 7)
    too = replace(away, code=next(other for other in TURNED_AWAY if other is not code))
    finished(queued(owner), findings(Protocol.IMAP, (0, away), (1, too)))
    assert reason_of_refusal(owner) == ""
    finished(queued(owner), findings(Protocol.IMAP, (0, away)))
    assert reason_of_refusal(owner) == "refusing"
    Domain.objects.filter(name="example.com").update(server=Server.objects.create(name="another"))
    provision_services(Server.objects.get(name="another"))
    assert reason_of_refusal(owner) == ""


def provision_services(server: Server) -> None:
    """The same ways in as the other one has."""
    for service in Service.objects.exclude(server=server):
        service.pk, service.server = None, server
        service.save()


def test_a_server_counts_refused_passwords_for_a_quarter_of_an_hour(
    owner: User, later: Later, limits: Limits
) -> None:
    limits(server_rejected_limit=1)
    later(0)
    finished(queued(owner), REFUSED)
    later(15 * MINUTE - MOMENT)
    assert reason_of_refusal(owner) == "rejected"
    later(15 * MINUTE)
    assert reason_of_refusal(owner) == ""
