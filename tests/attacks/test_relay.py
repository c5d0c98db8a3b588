"""Mail in the portal's name says what the portal says, to few: nobody makes a relay of it."""

import email
from typing import Any
from urllib.parse import quote

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from accounts import tasks
from accounts.fields import is_plain_line
from accounts.models import User
from mailsetup.guides import selectors
from mailsetup.guides.models import StepsMail
from mailsetup.hosting.models import Domain
from mailsetup.setup_links.models import SetupLink
from tests.html import read
from tests.parts.crowd import Crowd
from tests.provider import MakeLink

pytestmark = pytest.mark.django_db
SEND = "/setup/anna@example.com/windows-live-mail/pop3/send/"

RECIPIENTS = [
    "",
    "nobody",
    "a@b.example, c@d.example",
    "a@b.example;c@d.example",
    "a@b.example c@d.example",
    "a@b.example\nBcc: c@d.example",
    "a@b.example\r\nBcc: c@d.example",
    "a@b.example%0aBcc:c@d.example",
    "a@b.example\x0bc@d.example",
    "Anna <a@b.example>",
    "<a@b.example>",
    '"a@b.example\\nBcc: c@d.example"@e.example',
    "a@[127.0.0.1]",
    "a/b@c.example",
    "a@b.example\u2028c@d.example",
    "a" * 65 + "@b.example",
    "a@" + "b" * 250 + ".example",
]
LINES = [
    "see http://evil.example",
    "see HTTPS://EVIL",
    "www.evil",
    "go to evil.example now",
    "evil.example/path",
    "evil\uff0eexample",
    "evil\u3002example",
    "evil\uff61example",
    "write to me@evil.example",
    "me\uff20evil",
    "one\ntwo",
    "one\rtwo",
    "one\r\nSubject: two",
    "one\u2028two",
    "one\x00two",
    "one\x1b[2Jtwo",
    "\u202egnp.exe",
    "zero\u200bwidth",
    "x" * 121,
]


@pytest.mark.parametrize("to", RECIPIENTS)
def test_one_plain_address_or_none(owner: User, signed_in: Any, to: str) -> None:
    assert signed_in(owner).post(SEND, {"to": to}).status_code == 422
    assert (mail.outbox, StepsMail.objects.count()) == ([], 0)


@pytest.mark.parametrize("line", LINES)
def test_one_line_of_plain_words_or_none(owner: User, signed_in: Any, line: str) -> None:
    answer = signed_in(owner).post(SEND, {"to": "bo@elsewhere.example", "line": line, "link": "on"})
    assert answer.status_code == 422
    assert (mail.outbox, StepsMail.objects.count(), SetupLink.objects.count()) == ([], 0, 0)


@pytest.mark.parametrize(
    "line", ["", "Call me at 14.30, e.g. today!", "Grüße aus Malmö", "It says “Next”: what now?", "50% done"]
)
def test_what_people_write_goes_through(line: str) -> None:
    assert is_plain_line(line)


def test_what_goes_out_has_the_headers_that_it_should(owner: User, signed_in: Any) -> None:
    """Also for a mailbox on record whose name is somebody's advertisement."""
    Domain.objects.get(name="example.com").mailboxes.create(local_part="bcc=x_evil}")
    path = SEND.replace("anna@", "bcc=x_evil%7D@")
    answer = signed_in(owner).post(path, {"to": "bo@elsewhere.example", "line": "Subject: hello"})
    assert answer.status_code == 302
    (sent,) = mail.outbox
    message = email.message_from_bytes(sent.message().as_bytes())
    names = {name.lower() for name in message}
    assert names <= {
        *("content-type", "mime-version", "content-transfer-encoding"),
        *("subject", "from", "to", "date", "message-id"),
    }
    assert message.get_all("To") == ["bo@elsewhere.example"]
    assert sent.recipients() == ["bo@elsewhere.example"]


ADVERTISEMENTS = [
    "your-account-is-locked-call-0900-123",
    "www.evil.com",
    "bcc=x_evil}",
    "100%off",
    "win!",
    # The mailbox is on record, the rest is not.
    "anna+your-account-is-locked-call-0900-123",
    "anna+win!",
]


@pytest.mark.parametrize("name", ADVERTISEMENTS)
def test_an_invented_mailbox_is_no_message(owner: User, signed_in: Any, name: str) -> None:
    path = SEND.replace("anna@", f"{quote(name)}@")
    browser = signed_in(owner)
    for answer in (browser.get(path), browser.post(path, {"to": "bo@elsewhere.example", "link": "on"})):
        page = read(answer)
        assert "We don’t send mail about an address that is this long or unusual" in page.text
        assert not [field for field in page.all("input") if field.attributes.get("name") == "to"]
        assert "1. Open the set-up window" in answer.content.decode(), "the text stays"
    assert answer.status_code == 422
    assert (mail.outbox, StepsMail.objects.count(), SetupLink.objects.count()) == ([], 0, 0)


@pytest.mark.parametrize(
    "name",
    ["bo", "anna.lindqvist", "j.p.van-der_berg", "office2", "anna+phone", "a" * 30, "known" * 12],
)
def test_names_of_people_and_mailboxes_on_record_go_through(owner: User, signed_in: Any, name: str) -> None:
    Domain.objects.get(name="example.com").mailboxes.create(local_part="known" * 12)
    for domain in ("example.com", "example.net"):
        path = SEND.replace("anna@example.com", f"{name}@{domain}")
        assert signed_in(owner).post(path, {"to": "bo@elsewhere.example"}).status_code == 302
    assert len(mail.outbox) == 2


_CROWD = """
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from django.core.management import call_command
from django.db import connection
from accounts import tasks
from accounts.brands import installation_brand
from accounts.models import User
from mailsetup.clientconfig import Address, Protocol
from mailsetup.guides import services
from mailsetup.guides.clients import GUIDES
from mailsetup.guides.models import StepsMail
from mailsetup.hosting.provisioning import provision
from mailsetup.setup_links.selectors import setup_of_user

call_command("migrate", verbosity=0)
tasks.send_later = lambda **mail: None
COUNT = 12
provision(json.dumps({
    "customers": [{"id": f"{n}", "name": f"{n}", "users": [f"{n}@users.example"]} for n in range(COUNT)],
    "servers": [{"name": "one", "services": [
        {"type": "imap", "hostname": "mail.example", "port": 993, "socket_type": "SSL"},
        {"type": "smtp", "hostname": "mail.example", "port": 465, "socket_type": "SSL"},
    ]}],
    "domains": [{"name": f"d{n}.example", "server": "one", "customer": f"{n}"} for n in range(COUNT)],
}).encode())
at_once = Barrier(COUNT)

def press(number):
    user = User.objects.get(email=f"{number}@users.example")
    setup = setup_of_user(user, f"anna@d{number}.example", display_name="")
    config = setup.config(Protocol.IMAP)
    handout = services.Handout(setup, GUIDES["thunderbird"], config, "1. Do it", installation_brand())
    to = Address(f"cy+{number}" if number % 2 else "cy", "third.example")
    at_once.wait(60)
    try:
        services.send_steps(handout, sender=user, by_support=False, to=to, line="", online_at=None)
        return "sent"
    except services.RecipientHasEnough:
        return "enough"
    finally:
        connection.close()

with ThreadPoolExecutor(COUNT) as threads:
    answers = list(threads.map(press, range(COUNT)))
print(json.dumps([answers.count("sent"), answers.count("enough"), StepsMail.objects.count()]))
"""


def test_twelve_customers_at_once_send_one_mailbox_the_five_mails_of_its_day(crowd: Crowd) -> None:
    assert crowd.run(_CROWD) == [5, 7, 5]


def test_only_who_is_signed_in_and_only_for_their_own_addresses(
    owner: User, stranger: User, signed_in: Any, setup_link: MakeLink
) -> None:
    asked = {"to": "bo@elsewhere.example", "link": "on"}
    _link, token = setup_link()
    assert signed_in(stranger).post(SEND, asked).status_code == 404
    assert signed_in(stranger).get(SEND).status_code == 404
    assert Client().post(SEND, asked).headers["location"].startswith("/accounts/login/")
    by_link = f"/s/{token}/windows-live-mail/pop3/send/"
    for browser in (Client(), signed_in(owner)):
        assert browser.get(by_link).status_code == 404
        assert browser.post(by_link, asked).status_code == 404
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(owner)
    assert strict.post(SEND, asked).status_code == 403
    assert (mail.outbox, StepsMail.objects.count()) == ([], 0)


def test_it_is_counted_in_the_transaction_that_sends_it(
    owner: User, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """tests/e2e presses thirty times at once; here a mail that is not handed over is not counted either."""
    depths: list[int] = []
    count = selectors.mails_left

    def counted(*args: Any, **options: Any) -> int:
        depths.append(len(connection.savepoint_ids))
        return count(*args, **options)

    def broken(**_mail: str) -> None:
        depths.append(len(connection.savepoint_ids))
        raise RuntimeError("planted")

    monkeypatch.setattr(selectors, "mails_left", counted)
    monkeypatch.setattr(tasks, "send_later", broken)
    browser = signed_in(owner)
    browser.raise_request_exception = False
    assert browser.post(SEND, {"to": "bo@elsewhere.example", "link": "on"}).status_code == 500
    assert depths[0] == depths[1] > 0
    assert (StepsMail.objects.count(), SetupLink.objects.count()) == (0, 0)
