"""Staff have the rows of a server's form tried before they save it, and lose nothing that they typed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from kombu.exceptions import OperationalError
from pytest_django.fixtures import Settings

from accounts.models import User
from mailsetup.connection_tests import pruning
from mailsetup.hosting.models import Server
from mailsetup.watch import tasks
from mailsetup.watch.models import Trial
from tests.html import Element, read
from tests.provider import support_looking_as
from tests.watch.conftest import Later, Limits
from tests.watch.lab import MailServer

TRY, ADD = "/servers/try/", "/admin/hosting/server/add/"
SignedIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> list[dict[str, Any]]:
    """What workers would be handed."""
    settings.STAFF_SECOND_FACTOR_REQUIRED = False
    handed: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.try_rows, "apply_async", lambda *, kwargs: handed.append(kwargs))
    return handed


@pytest.fixture
def admin(signed_in: SignedIn, db: None) -> Client:
    return signed_in(staff("add_server", "change_server", "view_server"))


def staff(*rights: str, email: str = "admin@hoster.example") -> User:
    user = User.objects.create_user(email, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return user


def form_of(server: MailServer, **fields: str) -> dict[str, str]:
    """The form of a new server whose rows are those of `server`."""
    sent = {"name": "Mail 5", "example": "anna@example.com", "odd": "", "mx_patterns": "mx5.hoster.example"}
    for number, service in enumerate(server.row.services.all()):
        row = service.as_settings().as_dict()
        sent |= {f"way-{number}-{name}": str(text) for name, text in row.items()}
    return sent | fields


def work(queue: list[dict[str, Any]]) -> None:
    for kwargs in queue:
        tasks.try_rows(**kwargs)
    queue.clear()


def rows(page: Element) -> list[tuple[str, str]]:
    return [
        (row.one("span", "tag")["data-state"], row.text) for row in page.all("tr") if row.all("span", "tag")
    ]


def test_all_rows_are_tried_before_anything_is_saved(
    admin: Client, mail_server: MailServer, queue: list[dict[str, Any]]
) -> None:
    button = next(one for one in read(admin.get(ADD)).all("button") if one.text == "Try all rows now")
    mail_server.breaks(mail_server.sending)
    answer = admin.post(button["formaction"], form_of(mail_server))
    assert (answer.status_code, answer["Location"]) == (302, TRY)
    waiting = admin.get(TRY).content.decode()
    assert "Trying all rows" in waiting
    assert 'http-equiv="refresh"' in waiting
    work(queue)
    page = read(admin.get(TRY))
    assert page.one("h1").text == "1 of 2 rows failed"
    assert 'http-equiv="refresh"' not in admin.get(TRY).content.decode()
    (in_state, receiving), (out_state, sending) = rows(page)
    assert (in_state, out_state) == ("ok", "bad")
    assert receiving.startswith("IMAP, ")
    assert "Answers, up to the sign-in" in receiving
    assert mail_server.hostname in sending
    assert "The server hung up closed_at_once" in sending
    assert Server.objects.count() == 1


def test_the_form_comes_back_as_it_was_typed(admin: Client, mail_server: MailServer) -> None:
    typed = form_of(mail_server, name='Mail "5"', webmail_url="https://webmail.hoster.example/")
    admin.post(TRY, typed | {"press": "add imap", "save": "1"})
    back = next(form for form in read(admin.get(TRY)).all("form") if form["action"] == ADD)
    sent = {field["name"]: field["value"] for field in back.all("input") if field["name"] in typed}
    assert sent == typed
    assert not {"press", "save"} & {field["name"] for field in back.all("input")}
    shown = read(admin.post(ADD, {**sent, "press": "show"}))
    values = {field.attributes.get("name"): field.attributes.get("value") for field in shown.all("input")}
    assert values["name"] == 'Mail "5"'
    assert values["way-1-port"] == typed["way-1-port"]
    existing = f"/admin/hosting/server/{mail_server.row.pk}/change/"
    admin.post(f"{TRY}?server={mail_server.row.pk}", typed)
    assert existing in [form["action"] for form in read(admin.get(TRY)).all("form")]


@pytest.mark.parametrize("number", ["999", "9" * 40, "-1", "x", ""])
def test_a_server_that_is_none_is_no_error(admin: Client, mail_server: MailServer, number: str) -> None:
    assert admin.post(f"{TRY}?server={number}", form_of(mail_server)).status_code in (302, 404)


def test_nothing_whole_and_too_much(
    admin: Client, mail_server: MailServer, queue: list[dict[str, Any]], limits: Limits
) -> None:
    admin.post(TRY, form_of(mail_server, example="nobody"))
    assert read(admin.get(TRY)).one("h1").text == "No row is whole enough to be tried"
    limits(watch_trial_rows_limit=1)
    admin.post(TRY, form_of(mail_server))
    work(queue)
    assert len(rows(read(admin.get(TRY)))) == 1


def test_only_the_last_one_counts(
    admin: Client, mail_server: MailServer, queue: list[dict[str, Any]]
) -> None:
    admin.post(TRY, form_of(mail_server))
    admin.post(TRY, form_of(mail_server, **{"way-0-hostname": "nowhere.hoster.test"}))
    late, latest = queue
    tasks.try_rows(**late)
    assert Trial.objects.get().reports is None
    tasks.try_rows(**latest)
    assert [state for state, _text in rows(read(admin.get(TRY)))] == ["bad", "ok"]


def test_a_private_address_is_not_looked_at(
    admin: Client, mail_server: MailServer, queue: list[dict[str, Any]], settings: Settings
) -> None:
    """A form is no way to knock at the provider's own network."""
    settings.PROBE_ALLOWED_NETWORKS = ()
    admin.post(TRY, form_of(mail_server))
    work(queue)
    assert [state for state, _text in rows(read(admin.get(TRY)))] == ["bad", "bad"]
    assert mail_server.connections == 0


def test_a_test_service_that_is_silent_is_said(
    admin: Client, mail_server: MailServer, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin.post(TRY, form_of(mail_server))
    later(minutes=10)
    assert read(admin.get(TRY)).one("h1").text == "The test service isn’t answering"

    def refuse(**_kwargs: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(tasks.try_rows, "apply_async", refuse)
    page = read(admin.post(TRY, form_of(mail_server), follow=True))
    assert "so nothing could be tried" in page.text
    assert page.one("h1").text == "The test service isn’t answering"


def test_strangers_customers_and_staff_without_the_right_find_nothing(
    owner: User, signed_in: SignedIn, queue: list[dict[str, Any]]
) -> None:
    form = {"name": "Mail 5", "example": "anna@example.com"}
    was_staff = staff("add_server", email="was@hoster.example")
    User.objects.filter(pk=was_staff.pk).update(is_staff=False)
    others = [Client(), support_looking_as(owner), signed_in(owner)]
    others += [signed_in(User.objects.get(pk=was_staff.pk))]
    others += [signed_in(staff("view_server", "view_watchedserver", email="clerk@hoster.example"))]
    assert [one.get(TRY).status_code for one in others] == [404] * 5
    assert [one.post(TRY, form).status_code for one in others] == [404] * 5
    assert queue == []
    for right in ("add_server", "change_server"):
        browser = signed_in(staff(right, email=f"{right}@hoster.example"))
        assert browser.get(TRY).status_code == 404, "nobody sees what others had tried"
        assert browser.post(TRY, form).status_code == 302


def test_it_is_kept_for_a_day(admin: Client, mail_server: MailServer, later: Later) -> None:
    admin.post(TRY, form_of(mail_server))
    assert pruning.prune()["watch_trials"] == 0
    later(hours=25)
    assert pruning.prune()["watch_trials"] == 1


def test_staff_need_their_second_step(settings: Settings, admin: Client) -> None:
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    assert admin.get(TRY).headers["location"] == "/accounts/2fa/"


def test_a_row_with_a_limit_answers_and_says_where_to_look(
    admin: Client, mail_server: MailServer, queue: list[dict[str, Any]]
) -> None:
    mail_server.certify(days=9.5)
    admin.post(TRY, form_of(mail_server))
    work(queue)
    page = read(admin.get(TRY))
    assert (page.one("h1").text, page.one("section", "verdict")["data-state"]) == ("All rows answer", "warn")
    (state, text), _sending = rows(page)
    assert state == "warn"
    assert "cert_expires_soon" in text
    assert "so the renewal is stuck." in text
