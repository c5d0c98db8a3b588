"""Some finished tests, so that history and desk are not empty: run for real, and dated back."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F

from accounts.brands import installation_brand
from demo.ports import MailPorts, listens
from demo.state import CUSTOMER_EMAIL
from mailsetup.clientconfig import Protocol, resolve
from mailsetup.connection_tests import credentials, runner, services
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.home.management.commands.load_demo import demo_customer
from mailsetup.setup_links.selectors import setup_of_user

LISTENS_WITHIN_SECONDS = 10.0


@dataclass(frozen=True)
class PastTest:
    """Somebody tested `address`; without the right password they mistyped it.

    One has the reference that the desk gives as an example.
    """

    address: str
    ago: timedelta
    right: bool = True
    round_trip: bool = False
    protocol: Protocol = Protocol.IMAP
    reference: str = ""


# The oldest first, as their numbers in the database are.
PAST = (
    PastTest("info@kaffehuset.example", timedelta(days=9, hours=2, minutes=11)),
    PastTest(CUSTOMER_EMAIL, timedelta(days=3, hours=4, minutes=52), right=False, reference="7K4Q-29XV"),
    PastTest(CUSTOMER_EMAIL, timedelta(days=3, hours=4, minutes=49), round_trip=True),
    PastTest("office@lindqvist.example", timedelta(days=1, hours=1, minutes=24), protocol=Protocol.POP3),
)


def make_a_past(passwords: Mapping[str, str], ports: MailPorts) -> None:
    """Run the tests of PAST and date them back, where there is none yet and the mail server is there."""
    if ConnectionTest.objects.exists() or not _is_there(ports):
        return
    anna = demo_customer()
    for past in PAST:
        setup = setup_of_user(anna, past.address, display_name=installation_brand().name)
        config = resolve(setup.address, setup.hosting, past.protocol)
        password = passwords.get(past.address, "") if past.right else ""
        key = credentials.new_key()
        test = services.start_connection_test(
            setup, config, password=password or "mistyped", key=key, round_trip=past.round_trip
        )
        runner.run_queued(test.pk, key=key, worker="demo")
        ConnectionTest.objects.filter(pk=test.pk).update(
            reference=past.reference or test.reference,
            created_at=F("created_at") - past.ago,
            started_at=F("started_at") - past.ago,
            finished_at=F("finished_at") - past.ago,
        )


def _is_there(ports: MailPorts) -> bool:
    deadline = time.monotonic() + LISTENS_WITHIN_SECONDS
    while not all(map(listens, (ports.imap, ports.pop3, ports.smtp))):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
