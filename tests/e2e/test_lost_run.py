"""A worker that is killed in the middle of a test: the customer is told, and no password stays behind."""

import json

from tests.e2e.portal import Portal

# The worker is a process of its own here, so that the one of the other tests lives on. The server that it
# talks to takes the call and says nothing, so it is surely in the middle when it is killed.
_KILL_A_WORKER = """
import json, socket, subprocess, sys, time
from datetime import timedelta
from django.utils import timezone
from mailsetup.connection_tests import credentials, reaper
from mailsetup.connection_tests.models import ConnectionTest, SealedPassword, WorkerHeartbeat
from tests.queued import queued_test

key = credentials.new_key()
test = queued_test({address!r}, "lost canary", key)
with socket.create_server(("127.0.0.1", 0)) as silent:
    port = silent.getsockname()[1]
    test.services = [dict(service, port=port) for service in test.services]
    test.save()
    run = "from mailsetup.connection_tests import heartbeat, runner; heartbeat.beat('killed'); "
    run += "runner.run_queued(%d, key=%r, worker='killed')" % (test.pk, key)
    worker = subprocess.Popen([sys.executable, "manage.py", "shell", "-v", "0", "-c", run])
    while not test.steps.exists():
        time.sleep(0.05)
    worker.kill()
    worker.wait()
before = reaper.reap_lost_tests()
a_while_ago = timezone.now() - timedelta(seconds=16)
ConnectionTest.objects.filter(pk=test.pk).update(started_at=a_while_ago)
WorkerHeartbeat.objects.filter(name="killed").update(seen_at=a_while_ago)
lost = reaper.reap_lost_tests()
test.refresh_from_db()
print(json.dumps([before, lost, test.state, test.verdict, test.causes, SealedPassword.objects.count()]))
"""


def test_a_killed_worker_leaves_a_lost_run_and_no_password(portal: Portal) -> None:
    script = _KILL_A_WORKER.format(address=portal.lab.users["bert"].address)
    done = portal.run_manage("shell", "-v", "0", "-c", script)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [0, 1, "done", "not_run", ["lost_run"], 0]
