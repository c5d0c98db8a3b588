"""One check an hour for each server in use, however many workers there are and whatever becomes of them."""

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from mailsetup.hosting.models import Domain, Server
from mailsetup.watch import clock, runner, services
from mailsetup.watch.models import WatchCheck, WatchedServer
from mailsetup.watch.services import Claim, claim_due
from mailsetup.watch.tasks import check_server, enqueue, enqueue_look
from portal.celery import app
from tests.parts.crowd import Crowd
from tests.watch.conftest import Later, Limits
from tests.watch.lab import MailServer, look


def servers_in_use(*names: str) -> list[Server]:
    """Servers that have a domain each, and nothing that answers."""
    made = [Server.objects.create(name=name) for name in names]
    for server in made:
        Domain.objects.create(name=f"{server.name}.example", server=server)
    return made


def taken() -> list[str]:
    """The names of the servers that a worker takes now."""
    return [Server.objects.get(pk=claim.server_id).name for claim in claim_due()]


def ends(claims: list[Claim]) -> None:
    for claim in claims:
        services.record_check(claim, [])


def test_a_server_is_looked_at_once_an_hour(mail_server: MailServer, later: Later) -> None:
    for _ in range(24 * 4):
        look()
        later(minutes=15)
    assert WatchCheck.objects.count() == 24


def test_who_has_no_enabled_domain_is_left_alone(db: None, later: Later) -> None:
    Server.objects.create(name="without")
    (switched_off,) = servers_in_use("off")
    switched_off.domains.update(enabled=False)
    assert taken() == []
    switched_off.domains.update(enabled=True)
    assert taken() == ["off"]
    switched_off.domains.update(enabled=False)
    later(hours=2)
    assert taken() == []


def test_who_is_looked_at_is_not_taken_again_by_a_press(db: None) -> None:
    servers_in_use("one", "two")
    assert len(claim_due()) == 2
    services.check_soon()
    assert claim_due() == []


def test_the_watch_can_be_switched_off(db: None, limits: Limits) -> None:
    servers_in_use("one")
    limits(watch_interval_minutes=0)
    assert taken() == []
    before = threading.active_count()
    clock.start(lambda _claim: None, lambda _claimed_at: None)
    assert threading.active_count() == before


def test_another_interval_counts_at_once(mail_server: MailServer, later: Later, limits: Limits) -> None:
    limits(watch_interval_minutes=1440)
    look()
    limits(watch_interval_minutes=10)
    later(minutes=10)
    look()
    assert WatchCheck.objects.count() == 2


def test_few_servers_are_looked_at_at_once(db: None, limits: Limits, later: Later) -> None:
    """Dead servers hold a few threads, and customers' tests have the others."""
    servers_in_use(*"abcdefg")
    limits(watch_running_limit=3)
    first = claim_due()
    assert len(first) == 3
    assert claim_due() == []
    ends(first[:2])
    assert len(claim_due()) == 2
    later(minutes=3)  # Their workers were killed.
    assert len(claim_due()) == 2


def test_a_check_whose_worker_died_is_made_up_for_within_minutes(db: None, later: Later) -> None:
    servers_in_use("one")
    assert taken() == ["one"]
    later(minutes=4, seconds=59)
    assert taken() == []
    later(seconds=1)
    assert taken() == ["one"]


def test_what_comes_late_or_twice_is_not_counted(mail_server: MailServer, later: Later) -> None:
    (late,) = claim_due()
    later(minutes=5)
    (current,) = claim_due()
    runner.check(late)
    assert mail_server.connections == 0
    runner.check(current)
    once = mail_server.connections
    assert once >= 2
    runner.check(current)
    services.record_check(current, [])
    assert mail_server.connections == once
    assert WatchCheck.objects.count() == 1


def test_the_longest_waiting_comes_first(db: None, limits: Limits, later: Later) -> None:
    one, two = servers_in_use("one", "two")
    limits(watch_running_limit=1)
    now = timezone.now()
    for server, minutes in ((one, 1), (two, 2)):
        WatchedServer.objects.create(server=server, due_at=now - timedelta(minutes=minutes))
    assert taken() == ["two"]


def test_a_deleted_server_ends_its_check_in_silence(mail_server: MailServer) -> None:
    (claim,) = claim_due()
    Domain.objects.all().delete()
    mail_server.row.delete()
    runner.check(claim)
    services.record_check(claim, [])
    assert not WatchCheck.objects.exists()


# --- With Celery --------------------------------------------------------------------------------------


def test_a_check_is_a_task_of_its_own_away_from_customers_tests() -> None:
    queues = {name: app.amqp.router.route({}, name)["queue"] for name in app.tasks if "mailsetup" in name}
    assert {name: getattr(queue, "name", queue) for name, queue in queues.items()} == {
        "mailsetup.connection_tests.tasks.run_connection_test": "probes",
        "mailsetup.watch.tasks.check_server": "default",
        "mailsetup.watch.tasks.look_for_notices": "default",
        "mailsetup.watch.tasks.try_rows": "default",
    }


def test_the_task_looks_at_what_was_claimed(mail_server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, object]] = []
    monkeypatch.setattr(check_server, "apply_async", lambda *, kwargs: sent.append(kwargs))
    clock.turn(enqueue, enqueue_look)
    (kwargs,) = json.loads(json.dumps(sent))
    check_server(**kwargs, of_a_newer_version=True)
    assert WatchCheck.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_thread_outlives_a_broker_that_is_away(limits: Limits) -> None:
    servers_in_use("one", "two")
    limits(watch_turn_seconds=0.01, watch_running_limit=1)  # type: ignore[arg-type]
    asked: list[Claim] = []
    twice = threading.Event()

    def hand_over(claim: Claim) -> None:
        asked.append(claim)
        # As if the minutes had passed.
        WatchedServer.objects.update(claimed_at=datetime(2020, 1, 1, tzinfo=UTC))
        if len(asked) == 1:
            raise OSError("the broker is away")
        twice.set()

    clock.start(hand_over, lambda _claimed_at: None)
    try:
        assert twice.wait(10)
    finally:
        clock.stop()
        for thread in threading.enumerate():
            if thread.name == "watch":
                thread.join(10)
    assert {claim.server_id for claim in asked[:2]} == set(Server.objects.values_list("pk", flat=True))


_RACE = """
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from django.core.management import call_command
from django.db import connection, transaction
from mailsetup.hosting.models import Domain, Server
from mailsetup.watch.models import WatchFlip
from mailsetup.watch.services import claim_due, take_untold

call_command("migrate", verbosity=0)
for number in range(10):
    server = Server.objects.create(name=str(number))
    Domain.objects.create(name=f"{number}.example", server=server)
    WatchFlip.objects.create(server=server, kind="failed", type="imap", hostname="a.example", port=993)
at_once = Barrier(8)

def work(_worker):
    try:
        connection.ensure_connection()
        at_once.wait(60)
        with transaction.atomic():
            told = [flip.pk for flip in take_untold()]
        return [claim.server_id for claim in claim_due()], told
    finally:
        connection.close()

with ThreadPoolExecutor(8) as workers:
    claimed, told = zip(*workers.map(work, range(8)))
    print(json.dumps([sum(claimed, []), sum(told, [])]))
"""


def test_workers_at_the_same_moment_take_each_server_once_and_tell_of_it_once(crowd: Crowd) -> None:
    """And all together take no more than there is room for."""
    claimed, told = crowd.run(_RACE, WATCH_RUNNING_LIMIT="6")
    assert len(claimed) == len(set(claimed)) == 6
    assert len(told) == len(set(told)) == 10
