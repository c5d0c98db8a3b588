"""Mail in the portal's name says what the portal says, to few: nobody makes a relay of it."""

import email
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from accounts import tasks
from accounts.models import User
from mailsetup.guides import selectors
from mailsetup.guides.models import StepsMail
from mailsetup.guides.plain_text import is_plain_line
from mailsetup.setup_links.models import SetupLink
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
    """Also for an address whose local part is somebody's advertisement."""
    path = SEND.replace("anna@", "bcc=x%40evil%7D@").replace("%40", "_")
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
