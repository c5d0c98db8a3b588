"""Limits hold when somebody presses a button thirty times at the same moment."""

import json

import pytest

from tests.e2e.portal import OWNER, Portal

# In this process nobody waits for a page, so the presses come closer together than browsers could send them.
_PRESS = """
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from django.db import connection
from accounts.models import User
from mailsetup.clientconfig import Protocol
from mailsetup.connection_tests import credentials, services
from mailsetup.connection_tests.limits import TooManyTests
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.setup_links.selectors import setup_of_user

# What other tests of this portal had refused counts for the same customer.
ConnectionTest.objects.all().delete()
user = User.objects.get(email={email!r})
at_once = Barrier(30)

def press(number):
    setup = setup_of_user(user, {address!r}.format(number) + "@{domain}", display_name="")
    config = setup.config(Protocol.IMAP)
    at_once.wait(60)
    try:
        services.start_connection_test(
            setup, config, password="not it", key=credentials.new_key(), round_trip=False
        )
        return "started"
    except TooManyTests as refusal:
        return refusal.reason
    finally:
        connection.close()

with ThreadPoolExecutor(30) as threads:
    answers = list(threads.map(press, range(30)))
ConnectionTest.objects.filter(address__startswith="invented").delete()
print(json.dumps([answers.count("started"), answers.count({reason!r})]))
"""


@pytest.mark.parametrize(
    ("address", "reason", "started"), [("invented-{}", "busy", 3), ("invented", "mailbox", 1)]
)
def test_thirty_presses_at_once_start_as_many_tests_as_may_run(
    portal: Portal, address: str, reason: str, started: int
) -> None:
    """Three of a person, one of a mailbox."""
    script = _PRESS.format(email=OWNER.email, domain=portal.lab.domain, address=address, reason=reason)
    done = portal.run_manage("shell", "-v", "0", "-c", script)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [started, 30 - started]


# Each as a thread of a worker would, at the same moment.
_TAKE = """
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
import msgspec
from django.conf import settings
from django.db import connection
from mailsetup.connection_tests import credentials, services
from mailsetup.connection_tests.models import ConnectionTest
from tests.queued import queued_test

limits = {{"server_running_limit": 4, "customer_unfinished_limit": 100}}
settings.CONNECTION_TESTS = msgspec.structs.replace(settings.CONNECTION_TESTS, **limits)
ConnectionTest.objects.all().delete()
key = credentials.new_key()
tests = [queued_test(f"invented-{{number}}@{domain}", "not it", key) for number in range(12)]
at_once = Barrier(12)

def take(test):
    at_once.wait(60)
    try:
        return services.begin_connection_test(test.pk, "worker") is not None
    except services.NoRoom:
        return False
    finally:
        connection.close()

with ThreadPoolExecutor(12) as threads:
    taken = list(threads.map(take, tests))
ConnectionTest.objects.filter(address__startswith="invented-").delete()
print(json.dumps([taken.count(True), taken.count(False)]))
"""


def test_no_more_tests_of_a_server_begin_at_once_than_may_run(portal: Portal) -> None:
    done = portal.run_manage("shell", "-v", "0", "-c", _TAKE.format(domain=portal.lab.domain))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [4, 8]


_SEND = """
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from django.db import connection
from accounts import tasks
from accounts.brands import installation_brand
from accounts.models import User
from mailsetup.clientconfig import Address, Protocol
from mailsetup.guides import services
from mailsetup.guides.clients import GUIDES
from mailsetup.guides.models import StepsMail
from mailsetup.setup_links.selectors import setup_of_user

tasks.send_later = lambda **mail: None
StepsMail.objects.all().delete()
user = User.objects.get(email={email!r})
at_once = Barrier(30)

def press(number):
    setup = setup_of_user(user, "anna@{domain}", display_name="")
    config = setup.config(Protocol.IMAP)
    handout = services.Handout(setup, GUIDES["thunderbird"], config, "1. Do it", installation_brand())
    at_once.wait(60)
    to = Address(str(number), "elsewhere.example")
    try:
        services.send_steps(handout, sender=user, by_support=False, to=to, line="", online_at=None)
        return "sent"
    except services.NoneLeft:
        return "none left"
    finally:
        connection.close()

with ThreadPoolExecutor(30) as threads:
    answers = list(threads.map(press, range(30)))
kept = StepsMail.objects.all().delete()[0]
print(json.dumps([answers.count("sent"), answers.count("none left"), kept]))
"""


def test_thirty_presses_at_once_send_the_five_mails_of_the_day(portal: Portal) -> None:
    script = _SEND.format(email=OWNER.email, domain=portal.lab.domain)
    done = portal.run_manage("shell", "-v", "0", "-c", script)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [5, 25, 5]
