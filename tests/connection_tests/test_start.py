"""From the form to the queue: what is asked, what is refused, what a worker is told."""

import logging
from typing import Any

import pytest
from django.test import Client
from kombu.exceptions import OperationalError

from accounts.models import User
from mailsetup.connection_tests import credentials
from mailsetup.connection_tests.models import ConnectionTest, SealedPassword
from mailsetup.connection_tests.tasks import run_connection_test
from mailsetup.hosting.models import Server, Service
from tests.connection_tests.conftest import Later, Limits
from tests.connection_tests.runs import PASSWORD, queued
from tests.connection_tests.shown import Shown
from tests.html import Element, read
from tests.provider import MakeLink, support_looking_as

pytestmark = pytest.mark.django_db
FORM = "/setup/anna@example.com/test/"
ANSWERS = {"protocol": "imap", "password": PASSWORD}


def press(browser: Client, address: str = FORM, **answers: str) -> Any:
    given = {"protocol": "imap", "password": PASSWORD, "round_trip": "1", "app": "thunderbird", **answers}
    return browser.post(address, {name: value for name, value in given.items() if value})


def chosen(form: Element) -> list[str]:
    return [part["value"] for part in form.all("input") if "checked" in part.attributes]


# --- The form ------------------------------------------------------------------------------------------


def test_the_form_asks_for_the_password(browser: Client) -> None:
    form = read(browser.get(FORM)).one("form", "asks")
    fields = {part["name"]: part for part in form.all("input") if "value" not in part.attributes}
    assert fields["password"].attributes["type"] == "password"
    assert chosen(form) == ["imap"]
    assert "We use your password for this test only and don’t keep it." in form.text


def test_it_remembers_the_protocol_and_the_app_that_a_guide_names(browser: Client) -> None:
    form = read(browser.get(f"{FORM}?protocol=pop3&app=thunderbird")).one("form", "asks")
    assert chosen(form) == ["pop3"]
    (app,) = [part for part in form.all("input") if part.attributes.get("name") == "app"]
    assert app["value"] == "thunderbird"


def test_what_the_server_does_not_offer_is_not_asked_and_not_tested(browser: Client) -> None:
    Service.objects.filter(type="imap").delete()
    assert "imap" not in chosen(read(browser.get(FORM)))
    assert press(browser, protocol="imap").status_code == 422
    Service.objects.filter(type="pop3").delete()
    assert browser.get(FORM).status_code == 404


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"password": ""}, "Type the password of this mailbox."),
        (
            {"password": "secret\u200bcanary"},
            "The password contains a character that can’t be seen. Type it in by hand.",
        ),
        ({"protocol": "nonsense"}, ""),
        ({"protocol": ""}, ""),
    ],
)
def test_what_is_wrong_is_said_and_the_password_is_not_shown_again(
    browser: Client, answers: dict[str, str], sentence: str
) -> None:
    answer = press(browser, **answers)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert PASSWORD not in page
    assert "canary" not in page
    assert not ConnectionTest.objects.exists()


def test_spaces_are_a_part_of_a_password(browser: Client, no_broker: dict[int, str]) -> None:
    press(browser, password=" a b ")
    test = ConnectionTest.objects.get()
    assert credentials.open_once(test, no_broker[test.pk]) == " a b "


# --- The row -------------------------------------------------------------------------------------------


def test_what_was_asked_for_is_kept(browser: Client, owner: User) -> None:
    answer = press(browser, protocol="pop3")
    test = ConnectionTest.objects.get()
    assert answer["Location"] == f"/tests/{test.reference}/"
    assert (test.address, test.protocol, test.client) == ("anna@example.com", "pop3", "thunderbird")
    assert (test.user, test.setup_link, test.round_trip, test.state) == (owner, None, True, "queued")
    assert test.domain is not None
    assert [(service["type"], service["port"]) for service in test.services] == [("pop3", 995), ("smtp", 587)]


def test_behind_a_link_it_belongs_to_the_link(setup_link: MakeLink, client: Client) -> None:
    link, token = setup_link()
    answer = press(client, f"/s/{token}/test/")
    test = ConnectionTest.objects.get()
    assert answer["Location"] == f"/s/{token}/tests/{test.reference}/"
    assert (test.user, test.setup_link) == (None, link)


# --- Pressed by script ---------------------------------------------------------------------------------

BY_SCRIPT = {"HX-Request": "true"}


def test_who_presses_by_script_gets_the_page_of_the_test_as_the_answer(browser: Client, later: Later) -> None:
    """In a crowd nobody asks twice before they see anything; a reload presses nothing."""
    later(0)
    answer = browser.post(FORM, ANSWERS, headers=BY_SCRIPT)
    test = ConnectionTest.objects.get()
    assert answer["HX-Push-Url"] == f"/tests/{test.reference}/"
    part = Shown(answer)
    assert part.page.one("main")["id"] == "main"
    assert part.page.one("title").text == "Testing your mail · Northwind Hosting"
    (spoken,) = [element for element in part.page.inside() if element.attributes.get("id") == "said"]
    assert spoken.text == "You’re next. Starting…"
    assert part.test["hx-trigger"] == "load delay:20ms, every 100ms"
    whole = Shown(browser.get(answer["HX-Push-Url"]))
    assert (whole.test.text, whole.poll_url) == (part.test.text, part.poll_url)
    assert browser.get(part.poll_url).status_code == 204


def test_their_place_in_the_queue_is_in_it(browser: Client, owner: User) -> None:
    queued(owner, address="bert@example.com")
    part = Shown(browser.post(FORM, ANSWERS, headers=BY_SCRIPT))
    assert "Waiting: 1 test is before yours…" in part.text
    assert part.test["hx-trigger"] == "load delay:20ms, every 600ms"


def test_behind_a_link_the_page_is_below_it(setup_link: MakeLink, client: Client) -> None:
    _link, token = setup_link()
    answer = client.post(f"/s/{token}/test/", ANSWERS, headers=BY_SCRIPT)
    page = f"/s/{token}/tests/{ConnectionTest.objects.get().reference}/"
    assert answer["HX-Push-Url"] == page
    assert Shown(answer).poll_url.startswith(page)


def test_what_is_refused_by_script_is_said_on_the_same_page(browser: Client, limits: Limits) -> None:
    limits(mailbox_unfinished_limit=1)
    assert browser.post(FORM, ANSWERS, headers=BY_SCRIPT).status_code == 200
    for answers, status, sentence in (
        ({"protocol": "imap"}, 422, "Type the password of this mailbox."),
        (ANSWERS, 429, "This mailbox is being tested."),
    ):
        answer = browser.post(FORM, answers, headers=BY_SCRIPT)
        assert answer.status_code == status
        assert "HX-Push-Url" not in answer
        assert sentence in read(answer).one("main").text


def test_a_test_message_is_sent_only_by_choice_and_says_what_for(browser: Client) -> None:
    form = read(browser.get(FORM)).one("form", "asks")
    assert "1" not in chosen(form)
    assert (
        "It shows whether mail goes out and comes back, and how fast; then it’s deleted again." in form.text
    )
    again = read(browser.post(FORM, {"protocol": "imap", "round_trip": "1"})).one("form", "asks")
    assert "1" in chosen(again), "a form that comes back keeps the choice"


@pytest.mark.parametrize("answers", [{"round_trip": ""}, {"without": "1"}])
def test_no_test_message_unless_asked_for_and_with_a_password(
    browser: Client, answers: dict[str, str]
) -> None:
    press(browser, **answers)
    assert not ConnectionTest.objects.get().round_trip


def test_an_app_that_has_no_guide_is_not_kept(browser: Client) -> None:
    press(browser, app="no-such-app")
    assert ConnectionTest.objects.get().client == ""


def test_up_to_the_sign_in_no_password_is_sealed(browser: Client) -> None:
    press(browser, without="1")
    assert ConnectionTest.objects.count() == 1
    assert not SealedPassword.objects.exists()


def test_support_looking_as_the_customer_types_no_password(owner: User) -> None:
    browser = support_looking_as(owner)
    form = read(browser.get(FORM)).one("form", "asks")
    assert "In the support view there’s no password field." in form.text
    assert not [part for part in form.all("input") if part.attributes.get("type") == "password"]
    assert press(browser).status_code == 302
    assert not SealedPassword.objects.exists(), "even one that was sent is not taken"
    assert not ConnectionTest.objects.get().round_trip


# --- The queue -----------------------------------------------------------------------------------------


def test_a_worker_is_told_id_and_key_after_the_row_is_there(
    browser: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.undo()  # the task itself, which other tests of this room only note
    sent: list[tuple[Any, ...]] = []
    monkeypatch.setattr(
        run_connection_test, "apply_async", lambda *args, **sending: sent.append((args, sending))
    )
    with django_capture_on_commit_callbacks() as callbacks:
        press(browser)
        assert sent == []
    for callback in callbacks:
        callback()
    ((_nothing, sending),) = sent
    test = ConnectionTest.objects.get()
    assert sending["kwargs"] == {"test_id": test.pk, "key": sending["kwargs"]["key"]}
    assert credentials.open_once(test, sending["kwargs"]["key"]) == PASSWORD
    assert sending["kwargsrepr"] == f"{{'test_id': {test.pk}}}", "what monitors show is no key"


def test_the_password_is_sealed_and_nowhere_else(
    browser: Client, caplog: pytest.LogCaptureFixture, no_broker: dict[int, str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        page = browser.get(press(browser)["Location"])
    test = ConnectionTest.objects.get()
    assert list(no_broker) == [test.pk]
    row = str(ConnectionTest.objects.values().get())
    sealed = str(SealedPassword.objects.values().get())
    for place in (row, sealed, page.content.decode(), caplog.text, str(browser.session.items())):
        assert PASSWORD not in place
    assert credentials.open_once(test, no_broker[test.pk]) == PASSWORD


@pytest.mark.parametrize("error", [OSError("no such folder"), OperationalError("no such host")])
def test_a_broker_that_is_down_is_said_at_once_and_leaves_no_password(
    browser: Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    def down(**_task: Any) -> None:
        raise error

    monkeypatch.setattr(run_connection_test, "apply_async_on_commit", down)
    answer = press(browser)
    test = ConnectionTest.objects.get()
    assert answer.status_code == 503
    page = read(answer).one("main")
    assert test.reference in page.text
    assert page.links() == {
        "Try now": f"{FORM}?protocol=imap&app=thunderbird",
        "Back to my guide": "/setup/anna@example.com/thunderbird/imap/",
    }
    assert not SealedPassword.objects.exists()
    assert (test.state, test.verdict, test.causes) == ("done", "not_run", [])
    assert test.reference in caplog.text
    assert PASSWORD not in caplog.text


# --- The reference -------------------------------------------------------------------------------------


def test_references_read_well_over_the_telephone(browser: Client) -> None:
    for _ in range(3):
        press(browser)
    references = list(ConnectionTest.objects.values_list("reference", flat=True))
    assert len(set(references)) == 3
    for reference in references:
        assert (len(reference), reference[4]) == (9, "-")
        assert not set(reference) & set("01OIL")


# --- The way of the app ----------------------------------------------------------------------------------


@pytest.fixture
def both_ways() -> None:
    """The server receives and sends in both ways, and prefers STARTTLS."""
    server = Server.objects.get()
    server.services.all().delete()
    ways = [
        ("imap", 143, "STARTTLS"),
        ("imap", 993, "SSL"),
        ("smtp", 587, "STARTTLS"),
        ("smtp", 465, "SSL"),
    ]
    for position, (kind, port, socket_type) in enumerate(ways):
        Service.objects.create(
            server=server,
            position=position,
            type=kind,
            hostname="mail.example.com",
            port=port,
            socket_type=socket_type,
        )


@pytest.mark.parametrize(
    ("app", "ports"),
    [
        ("thunderbird", (143, 587)),
        ("windows-live-mail", (993, 587)),
        ("outlook-mac", (993, 465)),
        ("", (143, 587)),
    ],
)
def test_the_test_signs_in_the_way_the_app_does(
    browser: Client, no_broker: dict[int, str], both_ways: None, app: str, ports: tuple[int, int]
) -> None:
    press(browser, app=app)
    assert tuple(service.port for service in ConnectionTest.objects.get().planned()) == ports


def test_an_app_that_knows_none_of_them_gets_the_providers_first(
    browser: Client, no_broker: dict[int, str], both_ways: None
) -> None:
    Service.objects.filter(port=993).delete()
    press(browser, app="windows-live-mail")
    incoming, _outgoing = ConnectionTest.objects.get().planned()
    assert incoming.port == 143


def test_no_browser_is_asked_to_keep_the_password_of_the_mailbox(browser: Client) -> None:
    page = read(browser.get("/setup/anna@example.com/test/")).one("main")
    (form,) = page.all("form", "asks")
    (field,) = [field for field in form.all("input") if field["name"] == "password"]
    assert (form["autocomplete"], field["autocomplete"], field["type"]) == ("off", "off", "password")
    assert "For anna@example.com" in page.text
