"""Runs on a bad day: a database that is locked, a queue that nobody comes for, a broker that is restarted."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from tests.e2e.back_ends import embedded
from tests.e2e.portal import Portal, running_portal
from tests.mail.lab import MailLab
from tests.parts.redis_server import running_redis

CROWD = 1000
# What each script begins with; `wait_for` gives up with the test.
_PRELUDE = """
import json, time
from django.db import connection, transaction
from django.utils import timezone
from datetime import timedelta
from mailsetup.connection_tests import credentials, reaper
from mailsetup.connection_tests.models import ConnectionTest, ConnectionTestStep, SealedPassword
from mailsetup.connection_tests.tasks import enqueue_connection_test, run_connection_test
from tests.queued import queued_test
ADDRESS, PASSWORD = {address!r}, {password!r}

def wait_for(test, state):
    until = time.monotonic() + 60
    while test.state != state and time.monotonic() < until:
        time.sleep(0.02)
        test.refresh_from_db()

def started():
    key = credentials.new_key()
    test = queued_test(ADDRESS, PASSWORD, key)
    enqueue_connection_test(test, key)
    return test
"""
_IN_A_LOCKED_DATABASE = """
test = started()
with transaction.atomic():
    # SQLite is locked by the transaction itself.
    if connection.vendor == "postgresql":
        connection.cursor().execute("LOCK TABLE connection_tests_connectionteststep IN ACCESS EXCLUSIVE MODE")
    time.sleep(3)
    during = ConnectionTestStep.objects.filter(test=test).count()
wait_for(test, "done")
print(json.dumps([during, test.state, test.verdict, test.causes, SealedPassword.objects.count()]))
"""


def run(portal: Portal, script: str) -> list[object]:
    user = portal.lab.users["bert"]
    prelude = _PRELUDE.format(address=user.address, password=user.password)
    done = portal.run_manage("shell", "-v", "0", "-c", prelude + script)
    assert done.returncode == 0, done.stderr
    result: list[object] = json.loads(done.stdout)
    return result


def test_a_database_that_is_locked_for_a_while_holds_a_test_up_and_no_more(portal: Portal) -> None:
    assert run(portal, _IN_A_LOCKED_DATABASE)[1:] == ["done", "passed", [], 0]


# Nobody is left of them by the time that a worker comes.
_A_CROWD_THAT_HAS_LEFT = """
key = credentials.new_key()
first = queued_test(ADDRESS, PASSWORD, key)
LEFT = "left@lab.test"
copies = [
    ConnectionTest(
        reference=f"{{n:04d}}-LEFT", address=LEFT, server=first.server, protocol="imap",
        services=[dict(each, username=LEFT) for each in first.services], round_trip=True,
    )
    for n in range({crowd})
]
first.delete()
ConnectionTest.objects.bulk_create(copies)
for test in copies:
    credentials.seal(test, PASSWORD, key)
    run_connection_test.apply_async(kwargs={{"test_id": test.pk, "key": key}}, expires=1)
print(json.dumps([SealedPassword.objects.count()]))
"""
_WHAT_BECAME_OF_IT = """
# Whoever came later is served, so all before it were looked at.
last = started()
wait_for(last, "done")
left = ConnectionTest.objects.filter(reference__endswith="-LEFT")
ran = left.exclude(state="queued").count() + ConnectionTestStep.objects.filter(test__in=left).count()
left.update(created_at=timezone.now() - timedelta(seconds=61))
reaper.reap_lost_tests()
result = [last.verdict, ran, left.filter(state="done", verdict="not_run", started_at=None).count()]
print(json.dumps([*result, SealedPassword.objects.count()]))
left.delete()
"""


def test_a_thousand_whose_customers_have_left_are_never_run(portal: Portal) -> None:
    with portal.worker_held():
        assert run(portal, _A_CROWD_THAT_HAS_LEFT.format(crowd=CROWD)) == [CROWD]
    assert run(portal, _WHAT_BECAME_OF_IT) == ["passed", 0, CROWD, 0]


_IN_THE_MIDDLE = """
test = started()
wait_for(test, "running")
print(json.dumps([test.pk]))
"""
_AFTERWARDS = """
test = ConnectionTest.objects.get(pk={pk})
wait_for(test, "done")
later = started()
wait_for(later, "done")
print(json.dumps([test.verdict, later.verdict, SealedPassword.objects.count()]))
"""


@pytest.mark.usefixtures("static_files")
def test_a_broker_that_is_restarted_loses_no_run_and_takes_the_next(
    mail_lab: MailLab, tmp_path: Path
) -> None:
    with running_redis() as redis_server:
        own = embedded(tmp_path)
        back_end = replace(own, environment={**own.environment, "CELERY_BROKER_URL": redis_server.url()})
        with running_portal(tmp_path, back_end, mail_lab, Path(settings.STATIC_ROOT)) as portal:
            [pk] = run(portal, _IN_THE_MIDDLE)
            redis_server.restart()
            assert run(portal, _AFTERWARDS.format(pk=pk)) == ["passed", "passed", 0]
