"""What one customer, or one server, can do to everybody else's connection tests."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.test import Client
from pytest_django.fixtures import Settings
from time_machine import TimeMachineFixture

from accounts.models import User
from mailsetup.clientconfig import Protocol
from mailsetup.connection_tests import limits, services, tasks
from mailsetup.connection_tests.limits import TooManyTests
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.hosting.models import Domain
from mailsetup.probes.findings import Code, Finding, Status, Step
from mailsetup.setup_links.selectors import setup_of_link
from tests.connection_tests.runs import KEY, PASSWORD, START, WORKER, findings, finished, queued, running
from tests.html import read
from tests.provider import MakeLink

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker")]
Later = Callable[[float], None]
Limits = Callable[..., None]
MINUTE = 60
MOMENT = 0.001


@pytest.fixture
def later(time_machine: TimeMachineFixture) -> Later:
    """Moves the clock to so many seconds after the start."""
    time_machine.move_to(START, tick=False)
    return lambda seconds: time_machine.move_to(START + timedelta(seconds=seconds), tick=False)


@pytest.fixture
def change(settings: Settings) -> Limits:
    def set_limits(**values: int) -> None:
        settings.CONNECTION_TESTS = msgspec.structs.replace(settings.CONNECTION_TESTS, **values)

    return set_limits


def with_fault(step: Step, code: Code) -> list[tuple[int, Finding]]:
    return findings(Protocol.IMAP, (0, Finding(step, Status.FAILED, code, 7)))


REJECTED = with_fault(Step.SIGN_IN, Code.AUTH_FAILED)


def refusal_of(start: Callable[[], Any]) -> tuple[str, float | None]:
    """Why no test is started, and for how long; empty when one is."""
    try:
        start()
    except TooManyTests as refusal:
        return refusal.reason, refusal.seconds
    return "", None


def by_link(make: MakeLink, address: str) -> ConnectionTest:
    """A test that the holder of a new link starts."""
    link, token = make(address)
    setup = setup_of_link(link, token, display_name="Northwind Hosting")
    config = setup.config(setup.hosting.protocols[0])
    return services.start_connection_test(setup, config, password=PASSWORD, key=KEY, round_trip=False)


# --- One person ----------------------------------------------------------------------------------------


def test_one_person_has_three_tests_at_a_time(owner: User, later: Later) -> None:
    later(0)
    first, *_others = [queued(owner, address=f"invented-{n}@example.com") for n in range(3)]
    refusals = [
        refusal_of(lambda n=n: queued(owner, address=f"invented-{n}@example.com")) for n in range(3, 100)
    ]
    # It may wait for a worker, and then take as long as it may.
    assert refusals == [("busy", 60 + 120)] * 97
    running(first)
    assert refusal_of(lambda: queued(owner)) == ("busy", 120)
    services.finish_connection_test(first)
    assert refusal_of(lambda: queued(owner)) == ("", None)


def test_one_mailbox_has_one_test_at_a_time_whoever_asks(
    client: Client, setup_link: MakeLink, owner: User
) -> None:
    _link, token = setup_link()
    form = {"protocol": "imap", "password": PASSWORD}
    page = client.post(f"/s/{token}/test/", form)
    assert page.status_code == 302
    answer = client.post(f"/s/{token}/test/", form)
    assert answer.status_code == 429
    main = read(answer).one("main")
    assert "This mailbox is being tested. That’s over in 2 minutes at most; then test again." in main.text
    assert main.links()["Watch the test that is running"] == page["Location"]
    assert refusal_of(lambda: queued(owner))[0] == "mailbox"


def test_another_person_is_not_held_up(owner: User, stranger: User) -> None:
    queued(owner)
    assert refusal_of(lambda: queued(stranger, address="otto@elsewhere.example")) == ("", None)


def test_invented_addresses_make_eight_refused_sign_ins_at_most(owner: User, later: Later) -> None:
    """A ban of the portal hits every customer of the server."""
    later(0)
    for number in range(30):
        if refusal_of(
            lambda n=number: finished(queued(owner, address=f"invented-{n}@example.com"), REJECTED)
        )[0]:
            break
    rejected = ConnectionTest.objects.filter(steps__code=Code.AUTH_FAILED).count()
    assert (number, rejected) == (8, 8)
    later(10 * MINUTE)
    assert refusal_of(lambda: queued(owner)) == ("rejected", 5 * MINUTE)
    later(15 * MINUTE)
    assert refusal_of(lambda: queued(owner)) == ("", None)


def test_the_time_to_wait_is_the_time_that_is_left(
    owner: User, signed_in: Any, later: Later, change: Limits
) -> None:
    change(person_tests_limit=2)
    later(0)
    finished(queued(owner), findings())
    later(4 * MINUTE)
    finished(queued(owner), findings())
    later(5 * MINUTE + 1)
    answer = signed_in(owner).post(
        "/setup/anna@example.com/test/", {"protocol": "imap", "password": PASSWORD}
    )
    assert answer.status_code == 429
    assert "There were very many tests in the last minutes. Wait 10 minutes." in read(answer).text


# --- One customer --------------------------------------------------------------------------------------


def test_a_customers_links_are_one_customer(setup_link: MakeLink, change: Limits, stranger: User) -> None:
    for number in range(8):
        by_link(setup_link, f"invented-{number}@example.com")
    assert refusal_of(lambda: by_link(setup_link, "one-more@example.com"))[0] == "crowded"
    assert refusal_of(lambda: queued(stranger, address="otto@elsewhere.example")) == ("", None)


def test_a_customers_refused_passwords_are_counted_together(
    owner: User, colleague: User, later: Later, setup_link: MakeLink
) -> None:
    later(0)
    for user in (owner, colleague):
        for number in range(8):
            finished(queued(user, address=f"{user.pk}-{number}@example.com"), REJECTED)
    assert refusal_of(lambda: by_link(setup_link, "anna@example.com"))[0] == "rejected"


def test_a_domain_that_moved_takes_its_tests_to_no_other_customer(owner: User, stranger: User) -> None:
    test = queued(owner)
    Domain.objects.filter(name="example.com").update(customer=stranger.customers.get())
    test.refresh_from_db()
    assert test.customer == owner.customers.get()


# --- Without a password ---------------------------------------------------------------------------------


def without_password(user: User, address: str = "anna@example.com") -> ConnectionTest:
    return queued(user, address=address, password="")


@pytest.mark.parametrize("whose", ["mailbox", "person", "customer", "server"])
def test_where_no_password_may_be_tried_the_rest_is_tested(
    owner: User, signed_in: Any, change: Limits, whose: str
) -> None:
    """Support says "test it up to the sign-in" just then, and such a test can't get anybody blocked."""
    change(**{f"{whose}_rejected_limit": 1})
    finished(queued(owner), REJECTED)
    answers = {"protocol": "imap", "password": PASSWORD}
    answer = signed_in(owner).post("/setup/anna@example.com/test/", answers)
    assert answer.status_code == 429
    assert "Up to the sign-in you can test meanwhile." in read(answer).text
    answer = signed_in(owner).post("/setup/anna@example.com/test/", {"protocol": "imap", "without": "1"})
    assert answer.status_code == 302


@pytest.mark.parametrize("whose", ["mailbox", "person", "customer"])
def test_a_test_without_a_password_that_runs_or_was_stopped_uses_up_none(
    owner: User, change: Limits, whose: str
) -> None:
    change(mailbox_unfinished_limit=9)
    change(**{f"{whose}_rejected_limit": 1})
    services.cancel_connection_test(running(without_password(owner)))
    running(without_password(owner))
    assert refusal_of(lambda: queued(owner)) == ("", None)


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        ("mailbox_unfinished_limit", "mailbox"),
        ("person_unfinished_limit", "busy"),
        ("customer_unfinished_limit", "crowded"),
        ("mailbox_tests_limit", "often"),
        ("person_tests_limit", "often"),
        ("customer_tests_limit", "often"),
    ],
)
@pytest.mark.parametrize("first", [PASSWORD, ""], ids=["after-one-with", "after-one-without"])
def test_a_test_without_a_password_is_a_test_and_a_connection(
    owner: User, change: Limits, limit: str, reason: str, first: str
) -> None:
    change(mailbox_unfinished_limit=9)
    change(**{limit: 1})
    queued(owner, password=first)
    assert refusal_of(lambda: without_password(owner))[0] == reason
    assert refusal_of(lambda: queued(owner))[0] == reason


def test_a_server_that_turns_us_away_is_left_alone_without_a_password_too(
    owner: User, later: Later, change: Limits
) -> None:
    change(server_refusals_limit=1)
    later(0)
    finished(without_password(owner), with_fault(Step.GREETING, Code.GREET_554))
    later(30)
    assert refusal_of(lambda: without_password(owner)) == ("refusing", 90)
    assert refusal_of(lambda: queued(owner)) == ("refusing", 90)


def test_who_waits_for_several_tests_waits_for_the_one_that_ends_last(
    owner: User, later: Later, change: Limits
) -> None:
    """Passwords leave room for two tests at once, and connections for one: the second of them decides."""
    change(person_rejected_limit=2, person_unfinished_limit=1)
    later(0)
    first = queued(owner, address="bert@example.com")
    later(10)
    change(person_unfinished_limit=2)
    queued(owner, address="carl@example.com")
    change(person_unfinished_limit=1)
    assert refusal_of(lambda: queued(owner)) == ("busy", 60 + 120)
    change(person_unfinished_limit=2)
    assert refusal_of(lambda: queued(owner)) == ("busy", 50 + 120)
    services.finish_connection_test(running(first))
    assert refusal_of(lambda: queued(owner)) == ("", None)


# --- One server ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", limits.REFUSALS)
def test_a_server_that_turns_us_away_is_left_alone_for_two_minutes(
    owner: User, stranger: User, signed_in: Any, later: Later, code: Code
) -> None:
    step = Step.SIGN_IN if code is Code.TOO_MANY_CONNECTIONS else Step.GREETING
    later(0)
    for number in range(5):
        assert refusal_of(lambda: queued(stranger, address="otto@elsewhere.example").delete()) == ("", None)
        finished(queued(owner, address=f"{number}@example.com"), with_fault(step, code))
    later(30)
    assert refusal_of(lambda: queued(stranger, address="otto@elsewhere.example")) == ("refusing", 90)
    answer = signed_in(owner).post(
        "/setup/anna@example.com/test/", {"protocol": "imap", "password": PASSWORD}
    )
    assert (
        "The mail server is turning us away at the moment. To keep it from blocking you, we wait 2 minutes."
        in read(answer).text
    )
    later(120)
    assert refusal_of(lambda: queued(owner)) == ("", None)


def test_a_server_that_is_merely_broken_is_tested_on(owner: User) -> None:
    for _ in range(20):
        finished(queued(owner), with_fault(Step.CONNECT, Code.TCP_REFUSED))
    assert refusal_of(lambda: queued(owner)) == ("", None)


def test_refused_passwords_of_all_customers_are_counted_at_their_server(
    owner: User, stranger: User, later: Later, change: Limits
) -> None:
    change(server_rejected_limit=2)
    later(0)
    finished(queued(owner), REJECTED)
    finished(queued(stranger, address="otto@elsewhere.example"), REJECTED)
    assert refusal_of(lambda: queued(owner)) == ("rejected", 15 * MINUTE)


def test_a_slow_server_leaves_threads_to_others(
    owner: User, stranger: User, later: Later, change: Limits
) -> None:
    change(server_running_limit=1)
    Domain.objects.filter(name="elsewhere.example").update(server=another_server())
    later(0)
    slow, same = queued(owner), queued_by(owner, "bert@example.com")
    other = queued(stranger, address="otto@elsewhere.example")
    running(slow)
    with pytest.raises(services.NoRoom):
        services.begin_connection_test(same.pk, WORKER)
    assert services.begin_connection_test(other.pk, WORKER) == other
    services.finish_connection_test(slow)
    assert services.begin_connection_test(same.pk, WORKER) == same


def test_a_lost_run_takes_no_thread_from_others(owner: User, later: Later, change: Limits) -> None:
    change(server_running_limit=1)
    later(0)
    running(queued(owner))
    later(16)
    waiting = queued_by(owner, "bert@example.com")
    assert services.begin_connection_test(waiting.pk, WORKER) == waiting


def test_a_test_without_room_is_looked_at_again_a_second_later(
    owner: User, change: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(server_running_limit=1)
    running(queued(owner))
    waiting = queued_by(owner, "bert@example.com")
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.run_connection_test, "apply_async", lambda **sending: sent.append(sending))
    tasks.run_connection_test(test_id=waiting.pk, key=KEY)
    assert sent == [
        {
            "kwargs": {"test_id": waiting.pk, "key": KEY},
            "kwargsrepr": f"{{'test_id': {waiting.pk}}}",
            "countdown": 1,
        }
    ]
    waiting.refresh_from_db()
    assert waiting.state == ConnectionTest.State.QUEUED


def another_server() -> Any:
    server = Domain.objects.get(name="example.com").server
    server.pk, server.name = None, "another"
    services_of = list(Domain.objects.get(name="example.com").server.services.all())
    server.save()
    for service in services_of:
        service.pk, service.server = None, server
        service.save()
    return server


def queued_by(user: User, address: str) -> ConnectionTest:
    """A second test of somebody who would have to wait."""
    ConnectionTest.objects.filter(user=user).update(user=None)
    return queued(user, address=address)
