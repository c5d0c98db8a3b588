"""What people paste into the comparison is shown to them as text and kept nowhere, a password included."""

import logging
from typing import Any
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.test import Client
from django.test.client import RequestFactory
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from accounts.models import User
from mailsetup.comparison import views
from tests.html import read
from tests.provider import MakeLink

pytestmark = pytest.mark.django_db
ADDRESS = "/setup/anna@example.com/compare/"
CANARY = "Zk3vQ9canary7Lw0pXaB"
TEXTS = ("message", "incoming_server", "outgoing_server", "user_name")
FIELDS = (
    *(*TEXTS, "incoming_port", "incoming_encryption", "outgoing_port"),
    *("outgoing_encryption", "outgoing_sign_in", "app", "protocol", "picked", "again", "password"),
)
NASTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7|add:7 }}{% debug %}",
    "\0",
    "a\0b",
    "\u202egro.elpmaxe",
    "\u2066\u2069\ufeff",
    "💥" * 400,
    "🏳️‍🌈 👩‍👩‍👧",
    "‎مرحبا بالعالم",
    "\r\nSet-Cookie: x=y",
    "\x1b[31mred\x1b[0m",
    "%s %(number)s {app} {0.__class__}",
    "'; DROP TABLE users; --",
    "…" * 500,
    "a" * 10_240,
    "\udcff",
]


@pytest.fixture
def browser(owner: User, signed_in: Any) -> Client:
    client: Client = signed_in(owner)
    return client


def rows() -> str:
    """Everything that the database holds."""
    return " ".join(str(list(model._default_manager.values())) for model in apps.get_models())


@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text)[:24])
@pytest.mark.parametrize("field", FIELDS)
def test_nothing_that_is_pasted_breaks_the_page(field: str, text: str, browser: Client) -> None:
    for more in ({}, {"incoming_port": "110"}, {"again": "1", "incoming_port": "110"}):
        sent = urlencode({"app": "thunderbird", **more, field: text}, errors="surrogateescape")
        answer = browser.post(ADDRESS, sent, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in (200, 422)
        page = answer.content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "x=y" not in str(answer.cookies)
        assert "14{%" not in page


@pytest.mark.parametrize("text", ["\u202egro.elpmaxe.liam", "mail\u200b.example.com", "a\x07b"])
def test_what_turns_or_hides_letters_is_left_out(text: str, browser: Client) -> None:
    page = browser.post(ADDRESS, {"app": "geary", "incoming_server": text, "message": text}).content.decode()
    shown = page[page.index("<main") : page.index("</main")]
    rows_shown = shown[shown.index("compare card") : shown.index("<form")]
    quoted = shown[shown.index("<blockquote") :]
    for part in (rows_shown, quoted):
        assert not {"\u202e", "\u200b", "\x07"} & set(part)


def test_a_name_with_something_unseen_in_it_is_compared_as_it_is_seen(browser: Client) -> None:
    answer = browser.post(ADDRESS, {"app": "geary", "incoming_server": " mail\u200b.example.com\u00a0"})
    assert "These settings are right" in answer.content.decode()


@pytest.mark.parametrize("field", FIELDS)
def test_a_password_in_the_wrong_field_is_kept_nowhere(
    field: str, browser: Client, setup_link: MakeLink, caplog: pytest.LogCaptureFixture
) -> None:
    _link, token = setup_link()
    with caplog.at_level(logging.DEBUG):
        for sender, address in ((browser, ADDRESS), (Client(), f"/s/{token}/compare/")):
            for more in ({"incoming_port": "110"}, {"incoming_port": "none"}, {"again": "1"}):
                answer = sender.post(address, {"app": "thunderbird", **more, field: CANARY})
                assert answer.status_code in (200, 422)
                assert CANARY not in str(answer.headers) + str(answer.cookies)
                assert "no-store" in answer["Cache-Control"]
            assert CANARY not in str(dict(sender.session))
    assert CANARY not in caplog.text
    assert CANARY not in rows()


def test_no_link_carries_what_was_typed(browser: Client) -> None:
    sent = {"app": "thunderbird", "incoming_port": "110", **dict.fromkeys(TEXTS, CANARY)}
    page = read(browser.post(ADDRESS, sent))
    links = [link["href"] for link in page.all("a")]
    assert links
    assert not [link for link in links if CANARY in link]
    assert {form["method"] for form in page.all("form") if "compare" in form["action"]} == {"post"}


def test_nothing_of_it_goes_into_a_report_of_a_mistake_of_ours(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the fields nor what the code has made of them."""

    def fail(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("A mistake")

    monkeypatch.setattr(views, "report_of", fail)
    request = RequestFactory().post(
        ADDRESS, {"app": "thunderbird", "incoming_port": "110"} | dict.fromkeys(TEXTS, CANARY)
    )
    request.user = owner
    with pytest.raises(RuntimeError) as raised:
        views.compare(request, address="anna@example.com")
    # As Django writes them where errors are mailed or shown, with all that its filter takes out.
    reporter = ExceptionReporter(request, *raised._excinfo)
    reporter.filter = type("Always", (SafeExceptionReporterFilter,), {"is_active": lambda *_args: True})()
    text = reporter.get_traceback_text()
    assert "A mistake" in text
    assert CANARY not in text
    frames = [frame for frame in reporter.get_traceback_frames() if "comparison/views" in frame["filename"]]
    assert {frame["function"] for frame in frames} == {"compare", "_answer"}
    assert CANARY not in str([frame["vars"] for frame in frames])


def test_a_stranger_sends_nothing(stranger: User, signed_in: Any) -> None:
    assert signed_in(stranger).post(ADDRESS, {"message": CANARY}).status_code == 404
    assert Client().post("/s/forged/compare/", {"message": CANARY}).status_code == 404


def test_a_form_from_elsewhere_is_refused(owner: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(owner)
    assert browser.post(ADDRESS, {"incoming_port": "110"}).status_code == 403
