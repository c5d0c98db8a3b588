"""Who wanted to hear that a server works again hears it: once, in time, and nobody else does."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format
from pytest_django.fixtures import Settings

from accounts.brands import portal_url
from accounts.models import Membership, User
from mailsetup.clientconfig import Protocol
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.hosting.models import Domain, Service
from mailsetup.probes.findings import Code, Finding, Status, Step
from mailsetup.setup_links.selectors import setup_of_link
from mailsetup.watch import clock, notices, runner, services
from mailsetup.watch.models import RecoveryNotice
from mailsetup.watch.tasks import enqueue_look, look_for_notices
from tests.connection_tests.runs import findings, queued, running
from tests.connection_tests.shown import Shown
from tests.html import Element, read
from tests.parts.crowd import Crowd
from tests.provider import MakeLink, support_looking_as
from tests.watch.conftest import Later, Limits
from tests.watch.lab import HANGS_UP, HOST, MailServer, failed, look, path_of

pytestmark = pytest.mark.django_db
Outbox = list[EmailMessage]
SignedIn = Callable[[User], Client]
LATE = 20


def press(browser: Client, test: ConnectionTest, **form: str) -> HttpResponse:
    """Press the button, with what stands in the field unless `form` says otherwise."""
    shown = {field["name"]: field["value"] for field in fields(read(browser.get(path_of(test))))}
    return browser.post(f"{path_of(test)}notice/", {**shown, **form})


def ask(browser: Client, test: ConnectionTest, **form: str) -> Element:
    """The page that comes then."""
    answer = press(browser, test, **form)
    assert (answer.status_code, answer.headers["Location"]) == (302, path_of(test))
    return read(browser.get(path_of(test)))


def refused(browser: Client, test: ConnectionTest, **form: str) -> Element:
    """The page that comes where something is wrong."""
    answer = press(browser, test, **form)
    assert answer.status_code == 422
    return read(answer)


def fields(page: Element) -> list[Element]:
    return [field for field in page.all("input") if field.attributes.get("name") == "to"]


def errors(page: Element) -> list[str]:
    """What is said beside the field, which points to it."""
    (field,) = fields(page)
    described = field["aria-describedby"].split()
    beside = [part for part in page.inside() if part.attributes.get("id") in described]
    return [error.text for part in beside for error in part.all("p", "error")]


def buttons(page: Element) -> list[str]:
    return [button.text for button in page.all("button") if button.attributes.get("form") == "notice"]


def told(outbox: Outbox) -> list[str]:
    """Whom, without the mails to staff."""
    return [address for mail in outbox for address in mail.to if not address.endswith("@hoster.example")]


# --- From the button to the mail -----------------------------------------------------------------------


def test_whoever_asked_is_told_once_when_all_of_it_answers(
    server: MailServer, owner: User, signed_in: SignedIn, later: Later, mailoutbox: Outbox
) -> None:
    test = failed(owner)
    ask(signed_in(owner), test)
    later(minutes=5)
    look()
    server.sending.broken = False
    later(minutes=5)
    look()
    assert told(mailoutbox) == [], "receiving fails"
    server.is_mended()
    look()
    assert told(mailoutbox) == [], "nobody has looked since"
    later(minutes=5)
    look()
    assert told(mailoutbox) == [owner.email]
    (mail,) = [mail for mail in mailoutbox if mail.to == [owner.email]]
    assert mail.subject == f"{HOST} answers again"
    assert f"{portal_url()}{path_of(test)}" in mail.body
    assert "when mail.hoster.test works again for anna@example.com. It does" in mail.body
    assert server.maildrop.attempts == []
    server.breaks()
    for _ in range(3):
        later(minutes=5)
        look()
        server.is_mended()
    assert told(mailoutbox) == [owner.email]


def test_only_what_failed_is_waited_for(
    server: MailServer, owner: User, signed_in: SignedIn, later: Later, mailoutbox: Outbox
) -> None:
    ask(signed_in(owner), failed(owner, found=findings(Protocol.IMAP, (1, HANGS_UP))))
    server.sending.broken = False
    later(minutes=5)
    look()
    assert told(mailoutbox) == [owner.email]


def test_the_page_offers_it_says_that_it_is_done_and_takes_it_back(
    server: MailServer, owner: User, signed_in: SignedIn, later: Later, mailoutbox: Outbox
) -> None:
    browser, test = signed_in(owner), failed(owner)
    page = read(browser.get(path_of(test)))
    assert buttons(page) == ["Tell me when it works"]
    assert [link.text for link in page.all("a", "primary")] == []
    (field,) = fields(page)
    assert (field["value"], field["autocomplete"]) == (owner.email, "email")
    for _twice in range(2):
        page = ask(browser, test)
        assert buttons(page) == ["Don’t tell me any more"]
        assert [link.text for link in page.all("a", "primary")] == ["Test again"]
        assert f"We’ll mail {owner.email} once it works. We look every 5 minutes until " in page.text
    assert RecoveryNotice.objects.count() == 1
    page = ask(browser, test, take_back="1")
    assert buttons(page) == ["Tell me when it works"]
    server.is_mended()
    later(minutes=5)
    look()
    assert told(mailoutbox) == []
    assert browser.get(f"{path_of(test)}notice/").headers["Location"] == path_of(test)
    assert not RecoveryNotice.objects.exists(), "who only looks at the address asks for nothing"


def test_once_told_there_is_nothing_more_to_ask_for(
    server: MailServer, owner: User, signed_in: SignedIn, later: Later, mailoutbox: Outbox
) -> None:
    browser, test = signed_in(owner), failed(owner)
    ask(browser, test)
    server.is_mended()
    later(minutes=5)
    look()
    assert buttons(read(browser.get(path_of(test)))) == []
    ask(browser, test)
    ask(browser, test, take_back="1")
    later(minutes=5)
    look()
    assert told(mailoutbox) == [owner.email]


# --- Who may ask, for what -----------------------------------------------------------------------------


def test_a_test_is_asked_about_by_whoever_may_see_it(
    server: MailServer,
    owner: User,
    colleague: User,
    stranger: User,
    signed_in: SignedIn,
    later: Later,
    mailoutbox: Outbox,
) -> None:
    of_owner, of_colleague = failed(owner), failed(colleague, "bert@example.com")

    for browser in (signed_in(stranger), Client()):
        for test in (of_owner, of_colleague):
            assert browser.post(f"{path_of(test)}notice/", {"to": "x@elsewhere.example"}).status_code == 404
    assert press(signed_in(colleague), of_owner).status_code == 404, "an address that isn't theirs"
    assert not RecoveryNotice.objects.exists()
    for user in (colleague, owner):
        ask(signed_in(user), of_colleague)
    server.is_mended()
    later(minutes=5)
    look()
    assert sorted(told(mailoutbox)) == [colleague.email, owner.email]


def test_nobody_asks_in_a_visit_of_support_or_behind_a_link(
    server: MailServer, owner: User, setup_link: MakeLink, client: Client
) -> None:
    test, visit = failed(owner), support_looking_as(owner)
    assert buttons(read(visit.get(path_of(test)))) == []
    assert visit.post(f"{path_of(test)}notice/").status_code == 404
    link, token = setup_link()
    ConnectionTest.objects.update(user=None, setup_link=link)
    assert setup_of_link(link, token, display_name="").link == link
    answer = client.get(f"/s/{token}{path_of(test)}")
    assert Shown(answer).headline == "It’s on the mail server’s side"
    assert buttons(read(answer)) == []
    assert client.post(f"/s/{token}{path_of(test)}notice/").status_code == 404
    assert not RecoveryNotice.objects.exists()


@pytest.mark.parametrize(
    "found",
    [
        findings(),
        findings(Protocol.IMAP, (0, Finding(Step.SIGN_IN, Status.FAILED, Code.AUTH_FAILED, 7))),
        findings(
            Protocol.IMAP, (0, HANGS_UP), (1, Finding(Step.SIGN_IN, Status.FAILED, Code.AUTH_FAILED, 7))
        ),
        # The look has no password, so it can't tell when these are over.
        findings(Protocol.IMAP, (0, Finding(Step.SIGN_IN, Status.FAILED, Code.AUTH_TEMP_FAILURE, 7))),
        findings(
            Protocol.IMAP, (0, HANGS_UP), (1, Finding(Step.SEND, Status.FAILED, Code.SEND_TEMP_FAILURE, 7))
        ),
        findings(Protocol.IMAP, (0, Finding(Step.CONNECT, Status.FAILED, Code.NOT_TESTABLE_HERE, 7))),
        findings(Protocol.IMAP, (0, Finding(Step.GREETING, Status.FAILED, Code.RATE_LIMITED, 7))),
    ],
    ids=["passed", "password", "one-of-two", "sign-in", "sending", "our-fault", "theirs-to-wait"],
)
def test_nothing_is_offered_that_a_look_can_not_see_or_somebody_else_mend(
    server: MailServer, owner: User, signed_in: SignedIn, found: Any
) -> None:
    test = failed(owner, found=found)
    assert buttons(ask(signed_in(owner), test)) == []
    assert not RecoveryNotice.objects.exists()


@pytest.mark.parametrize("code", [Code.DNS_TIMEOUT, Code.TCP_TIMEOUT, Code.TCP_REFUSED])
def test_it_is_offered_for_dns_and_networks_too(
    server: MailServer, owner: User, signed_in: SignedIn, code: Code
) -> None:
    step = Step.DNS if code is Code.DNS_TIMEOUT else Step.CONNECT
    found = findings(Protocol.IMAP, (0, Finding(step, Status.FAILED, code, 7)))
    assert buttons(ask(signed_in(owner), failed(owner, found=found))) == ["Don’t tell me any more"]


def test_nothing_is_offered_while_the_test_runs(server: MailServer, owner: User, signed_in: SignedIn) -> None:
    test = running(queued(owner), [(0, HANGS_UP)])
    assert buttons(ask(signed_in(owner), test)) == []
    assert not RecoveryNotice.objects.exists()


@pytest.mark.parametrize(
    "off", ["watch_interval_minutes", "watch_notices_limit", "watch_customer_notices_limit"]
)
def test_where_nobody_looks_or_may_be_told_nothing_is_offered(
    server: MailServer, owner: User, signed_in: SignedIn, limits: Limits, off: str
) -> None:
    limits(**{off: 0})
    assert buttons(ask(signed_in(owner), failed(owner))) == []
    assert not RecoveryNotice.objects.exists()


def test_whoever_may_not_see_the_test_any_more_hears_nothing(
    server: MailServer, owner: User, colleague: User, signed_in: SignedIn, later: Later, mailoutbox: Outbox
) -> None:
    test = failed(colleague, "bert@example.com")
    ask(signed_in(owner), test)
    ask(signed_in(colleague), test)
    Membership.objects.filter(user=colleague).delete()
    User.objects.filter(pk=owner.pk).update(is_active=False)
    server.is_mended()
    later(minutes=5)
    look()
    User.objects.filter(pk=owner.pk).update(is_active=True)
    later(minutes=5)
    look()
    assert told(mailoutbox) == []
    assert not RecoveryNotice.objects.exists()


def test_the_mail_goes_where_they_sign_in_by_then(
    server: MailServer, owner: User, signed_in: SignedIn, later: Later, mailoutbox: Outbox
) -> None:
    ask(signed_in(owner), failed(owner))
    User.objects.filter(pk=owner.pk).update(email="new@lindqvist.example")
    server.is_mended()
    later(minutes=5)
    look()
    assert told(mailoutbox) == ["new@lindqvist.example"]


def test_another_address_is_told_who_asked_and_nothing_of_the_mailbox(
    server: MailServer, owner: User, signed_in: SignedIn, later: Later, mailoutbox: Outbox
) -> None:
    browser, test = signed_in(owner), failed(owner)
    page = ask(browser, test, to=" Anna.Private@Elsewhere.example ")
    assert "We’ll mail anna.private@elsewhere.example once it works." in page.text
    User.objects.filter(pk=owner.pk).update(email="new@lindqvist.example")
    server.is_mended()
    later(minutes=5)
    look()
    (mail,) = [mail for mail in mailoutbox if mail.to == ["anna.private@elsewhere.example"]]
    assert told(mailoutbox) == mail.to
    assert (
        "new@lindqvist.example asked Northwind Hosting to tell you when mail.hoster.test works" in mail.body
    )
    assert "anna@example.com" not in mail.body
    assert test.reference not in mail.body
    assert portal_url() not in mail.body, "nobody is asked to follow a link and to type a password there"
    assert "with the password" not in mail.body
    assert "Then leave it: nothing happens." in mail.body
    call_command("prune")
    assert RecoveryNotice.objects.exists()
    later(days=1)
    call_command("prune")
    assert not RecoveryNotice.objects.exists(), "the address is forgotten"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Nothing is typed here yet."),
        ("anna", "This doesn’t look like an address."),
        ("a@x.example, b@x.example", "This doesn’t look like an address."),
        ("a@x.example\r\nBcc: b@x.example", "This doesn’t look like an address."),
        ("anna@-elsewhere.example", "This doesn’t look like an address."),
        ("buy/now@elsewhere.example", "No mail can be sent to this address."),
        (f"a@{'x' * 60}.{'y' * 60}.{'z' * 60}.{'w' * 60}.elsewhere.example", "That’s too long"),
    ],
)
def test_what_is_wrong_with_an_address_stands_beside_it_and_what_was_typed_stays(
    server: MailServer, owner: User, signed_in: SignedIn, typed: str, said: str
) -> None:
    browser, test = signed_in(owner), failed(owner)
    page = refused(browser, test, to=typed)
    (error,) = errors(page)
    assert error.startswith(said)
    (field,) = fields(page)
    assert (field.attributes.get("value", ""), field["aria-invalid"]) == (typed, "true")
    assert buttons(page) == ["Tell me when it works"]
    assert page.one("title").text.startswith("It’s on the mail server’s side"), "all of the page"
    assert [section.one("h2").text for section in page.all("section", "lane")] == ["Receiving", "Sending"]
    assert not RecoveryNotice.objects.exists()


@pytest.mark.parametrize("typed", ["owner@lindqvist.example", " Owner@Lindqvist.example"])
def test_ones_own_address_is_no_other_one(
    server: MailServer, owner: User, signed_in: SignedIn, limits: Limits, typed: str
) -> None:
    assert owner.email == "owner@lindqvist.example"
    ask(signed_in(owner), failed(owner), to=typed)
    assert RecoveryNotice.objects.get().recipient == ""


def test_an_own_address_that_no_mail_server_gives_out_is_not_refused(
    server: MailServer, owner: User, signed_in: SignedIn
) -> None:
    owner.email = "sales/anna@lindqvist.example"
    owner.save()
    ask(signed_in(owner), failed(owner))
    assert RecoveryNotice.objects.get().to == owner.email


def test_who_is_deleted_leaves_no_notice(server: MailServer, owner: User, signed_in: SignedIn) -> None:
    ask(signed_in(owner), failed(owner))
    owner.delete()
    assert not RecoveryNotice.objects.exists()


# --- How many, how long --------------------------------------------------------------------------------

FULL = "You or your colleagues have asked for many of these mails already. Test again later."


def test_a_person_waits_for_few_and_is_told_of_few_in_a_day(
    server: MailServer, owner: User, signed_in: SignedIn, later: Later, limits: Limits, mailoutbox: Outbox
) -> None:
    """Whoever has a domain's DNS can let its server fail and work at will."""
    limits(watch_notices_limit=2)
    browser = signed_in(owner)
    tests = [failed(owner) for _ in range(4)]
    for test in tests[:2]:
        ask(browser, test)
    assert FULL in refused(browser, tests[2]).text
    ask(browser, tests[1], take_back="1")
    ask(browser, tests[2])
    server.is_mended()
    later(minutes=5)
    look()
    assert told(mailoutbox) == [owner.email] * 2
    assert FULL in refused(browser, tests[3]).text
    later(hours=23, minutes=59)
    services_of_a_day = RecoveryNotice.objects.count()
    call_command("prune")
    assert RecoveryNotice.objects.count() == services_of_a_day == 2
    later(minutes=1)
    services.ask_for_notice(owner, tests[3])


def test_the_people_of_a_customer_share_a_limit_and_no_other_customer_does(
    server: MailServer,
    owner: User,
    colleague: User,
    stranger: User,
    signed_in: SignedIn,
    limits: Limits,
) -> None:
    limits(watch_customer_notices_limit=2)
    for user in (owner, colleague):
        ask(signed_in(user), failed(user, f"{user.pk}@example.com"))
    assert FULL in refused(signed_in(owner), failed(owner)).text
    ask(signed_in(stranger), failed(stranger, "otto@elsewhere.example"))


ENOUGH = "This address got enough mails of this kind today. Choose another one, or ask tomorrow."


def test_one_mailbox_is_named_by_few_people_in_a_day_however_it_is_written(
    server: MailServer,
    owner: User,
    stranger: User,
    signed_in: SignedIn,
    later: Later,
    limits: Limits,
    mailoutbox: Outbox,
) -> None:
    limits(watch_recipient_notices_limit=2)
    one, other = signed_in(owner), signed_in(stranger)
    of_stranger = failed(stranger, "otto@elsewhere.example")
    ask(one, failed(owner), to="bo@third.example")
    ask(one, failed(owner), to="BO+x@third.example")
    assert errors(refused(other, of_stranger, to="bo+y@third.example")) == [ENOUGH]
    assert fields(refused(other, of_stranger, to="bo@third.example"))[0]["value"] == "bo@third.example"
    server.is_mended()
    later(minutes=5)
    look()
    assert sorted(told(mailoutbox)) == ["bo+x@third.example", "bo@third.example"]
    assert errors(refused(other, of_stranger, to="bo@third.example")) == [ENOUGH]
    ask(other, of_stranger, to="cy@third.example")
    ask(other, of_stranger, take_back="1")
    later(days=1)
    ask(other, of_stranger, to="bo@third.example")


def test_what_goes_where_whoever_asks_signs_in_takes_no_room_from_that_mailbox_nor_it_from_them(
    server: MailServer,
    owner: User,
    stranger: User,
    signed_in: SignedIn,
    later: Later,
    limits: Limits,
    mailoutbox: Outbox,
) -> None:
    """Else others could use up what somebody waits for themselves."""
    limits(watch_recipient_notices_limit=1)
    one, other = signed_in(owner), signed_in(stranger)
    ask(one, failed(owner))
    ask(other, failed(stranger, "otto@elsewhere.example"), to=owner.email)
    ask(one, failed(owner))
    server.is_mended()
    later(minutes=5)
    look()
    assert told(mailoutbox) == [owner.email] * 3


def test_who_takes_it_back_leaves_room_for_the_same_mailbox(
    server: MailServer, owner: User, signed_in: SignedIn, limits: Limits
) -> None:
    limits(watch_recipient_notices_limit=1)
    browser, tests = signed_in(owner), [failed(owner) for _ in range(2)]
    ask(browser, tests[0], to="bo@third.example")
    assert errors(refused(browser, tests[1], to="bo@third.example")) == [ENOUGH]
    ask(browser, tests[0], take_back="1")
    ask(browser, tests[1], to="bo@third.example")


def test_another_address_counts_for_the_person_like_their_own(
    server: MailServer, owner: User, signed_in: SignedIn, limits: Limits
) -> None:
    limits(watch_notices_limit=2)
    browser = signed_in(owner)
    for number in range(2):
        ask(browser, failed(owner), to=f"n{number}@third.example")
    page = refused(browser, failed(owner), to="n9@third.example")
    assert FULL in page.text
    assert fields(page)[0]["value"] == "n9@third.example"


def test_without_room_for_others_there_is_no_field_and_no_way_round_it(
    server: MailServer, owner: User, signed_in: SignedIn, limits: Limits
) -> None:
    limits(watch_recipient_notices_limit=0)
    browser, test = signed_in(owner), failed(owner)
    page = read(browser.get(path_of(test)))
    assert fields(page) == []
    assert f"by one mail to {owner.email}, the address you sign in with." in page.text
    ask(browser, test, to="bo@third.example")
    assert RecoveryNotice.objects.get().to == owner.email


@pytest.mark.parametrize(("change", "days"), [({}, 3), ({"watch_notice_days": 1}, 1)], ids=str)
def test_nobody_is_told_after_days(
    server: MailServer,
    owner: User,
    signed_in: SignedIn,
    later: Later,
    limits: Limits,
    mailoutbox: Outbox,
    capsys: pytest.CaptureFixture[str],
    change: dict[str, int],
    days: int,
) -> None:
    limits(**change)
    test = failed(owner)
    ask(signed_in(owner), test)
    later(days=days, seconds=-LATE)
    assert pruned(capsys) == 0
    later(seconds=LATE)
    server.is_mended()
    look()
    assert told(mailoutbox) == []
    assert pruned(capsys) == 1
    assert buttons(ask(signed_in(owner), test)) == [], "the test is old: a new one says more"


def pruned(capsys: pytest.CaptureFixture[str]) -> int:
    call_command("prune", "--json")
    return int(json.loads(capsys.readouterr().out)["recovery_notices"])


# --- What it costs the servers -------------------------------------------------------------------------


def test_all_who_wait_for_a_server_are_one_look(
    server: MailServer, owner: User, stranger: User, later: Later, mailoutbox: Outbox
) -> None:
    for user, address in ((owner, "anna@example.com"), (stranger, "otto@elsewhere.example")):
        for _ in range(5):
            services.ask_for_notice(user, failed(user, address))
    later(minutes=5)
    claimed_at = services.claim_notices()
    assert claimed_at is not None
    before = server.connections
    runner.look_for_notices(claimed_at)
    assert server.connections - before <= 6, "two services, and what is asked once a day"
    server.is_mended()
    later(minutes=5)
    look()
    assert sorted(told(mailoutbox)) == sorted([owner.email, stranger.email] * 5)


def test_one_look_is_made_at_a_time(server: MailServer, owner: User, stranger: User, later: Later) -> None:
    services.ask_for_notice(owner, failed(owner))
    later(seconds=2)
    services.ask_for_notice(stranger, failed(stranger, "otto@elsewhere.example"))
    later(minutes=4, seconds=58)
    first = services.claim_notices()
    assert first is not None
    later(seconds=2)
    assert services.claim_notices() is None
    runner.look_for_notices(first)
    assert services.claim_notices() is not None


def test_many_names_are_not_looked_at_all_at_once(
    server: MailServer, owner: User, later: Later, limits: Limits, settings: Settings, mailoutbox: Outbox
) -> None:
    """Customers with a name each for one server, which has just come back."""
    limits(watch_notice_services_limit=4, watch_notices_limit=9)
    Service.objects.update(hostname="mail.%EMAILDOMAIN%")
    for number in range(5):
        name = f"n{number}.example"
        Domain.objects.create(
            name=name, server=server.row, customer=Domain.objects.get(name="example.com").customer
        )
        settings.PROBE_HOSTS = {**settings.PROBE_HOSTS, f"mail.{name}": ("127.0.0.1",)}
        services.ask_for_notice(owner, failed(owner, f"anna@{name}"))
    later(minutes=5)
    taken = []
    while (claimed_at := services.claim_notices()) is not None:
        taken.append(RecoveryNotice.objects.filter(claimed_at=claimed_at).count())
        runner.look_for_notices(claimed_at)
    assert taken == [2, 2, 1]


def test_a_worker_that_was_killed_or_comes_late_is_made_up_for(
    server: MailServer, owner: User, later: Later, mailoutbox: Outbox
) -> None:
    services.ask_for_notice(owner, failed(owner))
    server.is_mended()
    later(minutes=5)
    late = services.claim_notices()
    assert late is not None
    later(minutes=5)
    current = services.claim_notices()
    assert current is not None
    runner.look_for_notices(late)
    assert told(mailoutbox) == []
    runner.look_for_notices(current)
    runner.look_for_notices(current)
    assert told(mailoutbox) == [owner.email]


def test_who_takes_it_back_during_the_look_hears_nothing(
    server: MailServer, owner: User, later: Later, mailoutbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = failed(owner)
    services.ask_for_notice(owner, test)
    server.is_mended()
    later(minutes=5)
    give = notices.give

    def give_later(*what: Any) -> None:
        services.take_back_notice(owner, test)
        give(*what)

    monkeypatch.setattr(notices, "give", give_later)
    look()
    assert told(mailoutbox) == []


def test_the_look_is_a_task(
    server: MailServer, owner: User, later: Later, mailoutbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[dict[str, object]] = []
    monkeypatch.setattr(look_for_notices, "apply_async", lambda *, kwargs: sent.append(kwargs))
    services.ask_for_notice(owner, failed(owner))
    server.is_mended()
    later(minutes=5)
    clock.turn(runner.check, enqueue_look)
    (kwargs,) = json.loads(json.dumps(sent))
    look_for_notices(**kwargs, of_a_newer_version=True)
    assert told(mailoutbox) == [owner.email]


_RACE = """
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from accounts.models import Customer, User
from mailsetup.clientconfig import Address
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.watch import services
from mailsetup.watch.models import RecoveryNotice

call_command("migrate", verbosity=0)
bo = Address("bo", "third.example")
customers = [Customer.objects.create(name=name, external_id=name) for name in "abcdefghi"]
one = User.objects.create(email="one@lindqvist.example")
people = [User.objects.create(email=f"{n}@lindqvist.example") for n in range(8)]
at_once = Barrier(8)

def a_test(reference, customer):
    about = {"address": "a@b.example", "protocol": "imap", "finished_at": timezone.now()}
    return ConnectionTest.objects.create(reference=reference, customer=customer, **about)

tests = [a_test(f"AAAA-{n:04}", customers[8]) for n in range(8)]
of_others = [a_test(f"BBBB-{n:04}", customers[n]) for n in range(8)]

def ask(*asked):
    try:
        services.ask_for_notice(*asked)
    except (services.TooManyNotices, services.RecipientHasEnough):
        pass

def work(number):
    try:
        connection.ensure_connection()
        at_once.wait(60)
        for user in (one, people[number % 4]):
            ask(user, tests[number])
        at_once.wait(60)
        ask(people[number], of_others[number], bo)
        at_once.wait(60)
        RecoveryNotice.objects.update(due_at=timezone.now())
        at_once.wait(60)
        return services.claim_notices() is not None
    finally:
        connection.close()

with ThreadPoolExecutor(8) as workers:
    claims = sum(workers.map(work, range(8)))
of = RecoveryNotice.objects.filter
counts = [of(user=one), of(test__customer=customers[8]), of(recipient=str(bo))]
print(json.dumps([*(notices.count() for notices in counts), claims]))
"""


def test_presses_and_workers_at_the_same_moment_are_counted(crowd: Crowd) -> None:
    limits = {"WATCH_NOTICES_LIMIT": "3", "WATCH_CUSTOMER_NOTICES_LIMIT": "6"}
    of_one, of_all, to_one, claims = crowd.run(_RACE, **limits, WATCH_RECIPIENT_NOTICES_LIMIT="2")
    assert of_one <= 3
    assert of_all == 6
    assert to_one == 2
    assert claims == 1


# --- For staff -----------------------------------------------------------------------------------------


def test_staff_find_in_the_admin_who_is_told(server: MailServer, owner: User, signed_in: SignedIn) -> None:
    test = failed(owner)
    ask(signed_in(owner), test, to="bo@third.example")
    staff = User.objects.create_superuser("sam@hoster.example", "a long password of staff")
    Authenticator.objects.create(user=staff, type=Authenticator.Type.TOTP, data={"secret": "x"})
    for words, found in (
        (owner.email, True),
        ("bo@third.example", True),
        (test.reference, True),
        ("nobody", False),
    ):
        page = signed_in(staff).get("/admin/watch/recoverynotice/", {"q": words})
        assert (test.reference in page.content.decode().partition("result_list")[2]) is found


# --- What it says of time ------------------------------------------------------------------------------


def test_page_and_mail_say_until_when_and_when_by_the_portals_clock(
    server: MailServer,
    owner: User,
    signed_in: SignedIn,
    later: Later,
    mailoutbox: Outbox,
    settings: Settings,
) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    test = failed(owner)
    page = ask(signed_in(owner), test)
    assert test.finished_at is not None
    until = timezone.localtime(test.finished_at + timedelta(days=3))
    assert f"We look every 5 minutes until {date_format(until, 'DATE_FORMAT')}." in page.text
    server.is_mended()
    later(minutes=5)
    at = date_format(timezone.localtime(), "DATETIME_FORMAT")
    look()
    (mail,) = [mail for mail in mailoutbox if mail.to == [owner.email]]
    assert f"we looked without your password at {at}." in mail.body
