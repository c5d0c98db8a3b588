"""The steps by mail: what goes to whom, in whose name, and what the page says of it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.http import HttpResponse
from django.test import Client
from msgspec import structs
from pytest_django.fixtures import Settings

from accounts.models import Customer, Membership, User
from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients import GUIDES, Grade
from mailsetup.guides.models import StepsMail
from mailsetup.setup_links.models import SetupLink
from tests.guides.shapes import EVERY_PAGE
from tests.html import read
from tests.provider import support_looking_as

pytestmark = pytest.mark.django_db
GUIDE = "/setup/anna@example.com/windows-live-mail/pop3/"
SEND, PRINT = f"{GUIDE}send/", f"{GUIDE}print/"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def reachable(settings: Settings) -> None:
    settings.BRAND = {
        **settings.BRAND,
        "name": "Northwind Hosting",
        "support_phone": "+46 8 555 01 20",
        "support_hours": "8–18",
    }


def send(browser: Client, to: str = "bo@elsewhere.example", path: str = SEND, **more: str) -> HttpResponse:
    return browser.post(path, {"to": to, **more}, follow=True)


def sent() -> EmailMessage:
    (message,) = mail.outbox
    return message


def left(answer: HttpResponse) -> str:
    found = re.search(r"\d+ left today", read(answer).text)
    assert found
    return found[0]


def test_the_mail_has_the_steps_the_code_and_no_password(
    clock: time_machine.Traveller, owner: User, signed_in: Any
) -> None:
    answer = send(signed_in(owner), line="I can’t get it to work.", link="on")
    message = sent()
    assert (message.to, message.from_email) == (["bo@elsewhere.example"], "noreply@localhost")
    assert message.subject == "How to set up anna@example.com in Windows Live Mail"
    assert not getattr(message, "alternatives", None), "plain text"
    body = str(message.body)
    link = SetupLink.objects.get()
    assert (link.client, link.protocol, link.created_by) == ("windows-live-mail", "pop3", owner)
    for part in (
        "owner@lindqvist.example asked Northwind Hosting to send you the steps to set up anna@example.com.",
        "They add: “I can’t get it to work.”",
        "Set up anna@example.com in Windows Live Mail, POP3\n",
        "Before you start: sign in to webmail (https://mail.example.com/) once with the password.\n",
        "\n1. Open the set-up window\n",
        "\n- Server address: mail.example.com\n",
        "It works until 9 March 2026 and opens this guide only.",
        "\nHelp: +46 8 555 01 20, 8–18\n",
        "No password is in this mail",
    ):
        assert part in body, part
    (url,) = re.findall(r"With pictures: (\S+)", body)
    place, code = re.findall(r"Or open (\S+) and type (\S+)\.", body)[0]
    assert place == "testserver/go/"
    for opened in (Client().get(url, follow=True), Client().post("/go/", {"code": code}, follow=True)):
        assert opened.redirect_chain[-1][0].endswith("/windows-live-mail/pop3/")
    sentence = (
        "We’ve sent the steps for anna@example.com in Windows Live Mail to bo@elsewhere.example; "
        "its link works until 9 March 2026."
    )
    assert sentence in read(answer).text
    assert left(answer) == "4 left today"


def test_without_the_tick_there_is_no_link(owner: User, signed_in: Any) -> None:
    answer = send(signed_in(owner))
    assert "http://" not in str(sent().body)
    assert "/go/" not in str(sent().body)
    assert not SetupLink.objects.exists()
    assert "to bo@elsewhere.example." in read(answer).text
    assert StepsMail.objects.get().link is None


def test_it_is_on_record_who_sent_what_where(owner: User, signed_in: Any) -> None:
    send(signed_in(owner), to="Bo@Elsewhere.example", link="on", line="hello there")
    record = StepsMail.objects.get()
    assert (record.sent_by, record.by_support, record.customer) == (
        owner,
        False,
        Customer.objects.get(external_id="whmcs:1234"),
    )
    assert (record.address, record.recipient) == ("anna@example.com", "bo@elsewhere.example")
    assert record.link == SetupLink.objects.get()
    assert "hello" not in str(vars(record)), "the line is in the mail alone"


# --- What is refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "to",
    [
        "anna@example.com",
        " Anna@Example.com ",
        "anna+phone@example.com",
        "anna@example.net",  # the alias leads into the same mailbox
    ],
)
def test_not_to_the_mailbox_itself(owner: User, signed_in: Any, to: str) -> None:
    for path in (SEND, SEND.replace("anna@example.com", "anna@example.net")):
        answer = send(signed_in(owner), to=to, path=path)
        assert answer.status_code == 422
        assert "That’s the mailbox itself" in read(answer).text
    assert not mail.outbox


def test_to_a_colleague_of_the_same_domain(owner: User, signed_in: Any) -> None:
    assert send(signed_in(owner), to="bo@example.com").status_code == 200
    assert sent().to == ["bo@example.com"]


def test_as_many_as_the_page_says_and_tomorrow_again(
    clock: time_machine.Traveller, owner: User, signed_in: Any
) -> None:
    browser = signed_in(owner)
    told = [left(browser.get(SEND))]
    told += [left(send(browser, to=f"bo{number}@elsewhere.example")) for number in range(5)]
    assert told == [f"{number} left today" for number in (5, 4, 3, 2, 1, 0)]
    assert not [button for button in read(browser.get(SEND)).all("button") if button.text == "Send the steps"]
    answer = send(browser)
    assert answer.status_code == 429
    assert "Those were all the mails for today." in read(answer).text
    clock.move_to(datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC))
    assert send(browser).status_code == 429
    assert len(mail.outbox) == 5
    clock.move_to(datetime(2026, 3, 3, tzinfo=UTC))
    assert left(send(browser)) == "4 left today"


def test_the_people_of_a_customer_share_what_it_has(
    owner: User, colleague: User, signed_in: Any, settings: Settings
) -> None:
    settings.GUIDES = structs.replace(settings.GUIDES, customer_steps_mails_per_day_limit=2)
    send(signed_in(owner))
    assert left(signed_in(colleague).get(SEND)) == "1 left today"
    send(signed_in(colleague))
    assert send(signed_in(owner)).status_code == 429
    # Another customer of the same person has its own.
    other = Customer.objects.get(external_id="whmcs:9")
    Membership.objects.create(user=owner, customer=other)
    path = SEND.replace("example.com", "elsewhere.example")
    assert left(send(signed_in(owner), path=path)) == "1 left today"


def test_one_address_gets_so_many_from_all_together(
    owner: User, stranger: User, signed_in: Any, settings: Settings
) -> None:
    settings.GUIDES = structs.replace(settings.GUIDES, recipient_steps_mails_per_day_limit=2)
    path = SEND.replace("example.com", "elsewhere.example")
    send(signed_in(owner), to="cy@third.example")
    send(signed_in(stranger), to="CY@third.example", path=path)
    answer = send(signed_in(owner), to="cy@third.example")
    assert answer.status_code == 429
    assert "This address got enough mails of this kind today." in read(answer).text
    assert send(signed_in(owner), to="cy+again@third.example").status_code == 429, "the same mailbox"
    assert send(signed_in(owner), to="di@third.example").status_code == 200


@pytest.mark.parametrize("sub_address", ["", "+1", "+news"])
def test_a_sub_address_is_no_other_recipient(
    owner: User, signed_in: Any, settings: Settings, sub_address: str
) -> None:
    settings.GUIDES = structs.replace(settings.GUIDES, recipient_steps_mails_per_day_limit=1)
    assert send(signed_in(owner), to=f"cy{sub_address}@third.example").status_code == 200
    for other in ("cy", "cy+2"):
        assert send(signed_in(owner), to=f"{other}@third.example").status_code == 429
    assert StepsMail.objects.get().recipient == f"cy{sub_address}@third.example"


def test_an_address_that_gets_too_long_on_the_wire_is_refused_in_a_sentence(
    owner: User, signed_in: Any
) -> None:
    to = "b" * 64 + "@" + ".".join(["ü" + "a" * 40 + "ö"] * 4) + ".example"
    assert len(to) <= 254
    answer = send(signed_in(owner), to=to)
    assert answer.status_code == 422
    assert "254 characters at most" in read(answer).text


@pytest.mark.parametrize(
    ("limit", "for_customers", "for_support"),
    [
        ("steps_mails_per_day_limit", False, True),
        ("customer_steps_mails_per_day_limit", False, True),
        ("staff_steps_mails_per_day_limit", True, False),
        ("recipient_steps_mails_per_day_limit", False, False),
    ],
)
def test_where_no_mail_may_ever_go_out_the_page_has_text_and_paper(
    owner: User, signed_in: Any, settings: Settings, limit: str, for_customers: bool, for_support: bool
) -> None:
    settings.GUIDES = structs.replace(settings.GUIDES, **{limit: 0})
    for browser, offered in ((signed_in(owner), for_customers), (support_looking_as(owner), for_support)):
        answer = browser.get(SEND)
        page = read(answer)
        assert ("By mail" in page.text) is offered
        assert bool([field for field in page.all("input") if field.attributes.get("name") == "to"]) is offered
        assert "tomorrow" not in page.text
        assert "The link opens this guide only" not in page.text or offered
        assert "1. Open the set-up window" in answer.content.decode()
        assert PRINT in answer.content.decode()
        assert send(browser).status_code == (200 if offered else 404)
    assert len(mail.outbox) == for_customers + for_support


def test_the_record_stays_when_who_sent_it_goes(owner: User, signed_in: Any, settings: Settings) -> None:
    settings.GUIDES = structs.replace(settings.GUIDES, recipient_steps_mails_per_day_limit=1)
    send(signed_in(owner))
    Customer.objects.get(external_id="whmcs:1234").delete()
    User.objects.get(pk=owner.pk).delete()
    record = StepsMail.objects.get()
    assert (record.sent_by, record.customer) == (None, None)
    assert (record.sender_address, record.recipient) == ("owner@lindqvist.example", "bo@elsewhere.example")
    stranger = signed_in(User.objects.get(email="stranger@elsewhere.example"))
    path = SEND.replace("example.com", "elsewhere.example")
    assert send(stranger, path=path).status_code == 429, "it counts on"


def test_too_many_links_are_said_and_nothing_goes_out(
    owner: User, signed_in: Any, settings: Settings
) -> None:
    settings.SETUP_LINKS = structs.replace(settings.SETUP_LINKS, guide_links_per_day_limit=1)
    browser = signed_in(owner)
    browser.post(PRINT)
    answer = send(browser, path=SEND.replace("pop3", "imap").replace("windows-live-mail", "other"), link="on")
    assert answer.status_code == 429
    assert "Take the tick for the link away" in read(answer).text
    assert not mail.outbox
    assert not StepsMail.objects.exists()


# --- Support ---------------------------------------------------------------------------------------------


def test_support_sends_in_its_own_name_without_a_link_and_at_its_own_expense(
    owner: User, signed_in: Any, settings: Settings
) -> None:
    support = support_looking_as(owner)
    page = read(support.get(SEND))
    assert "In the support view the mail has no link" in page.text
    assert not [field for field in page.all("input") if field.attributes.get("name") == "link"]
    answer = send(support, link="on", line="As we said on the telephone.")
    body = str(sent().body)
    assert body.startswith("Northwind Hosting sends you the steps to set up anna@example.com.")
    assert "owner@lindqvist.example" not in body
    assert "/s/" not in body
    assert not SetupLink.objects.exists()
    record = StepsMail.objects.get()
    assert (record.sent_by.email, record.by_support) == ("sam@hoster.example", True)
    assert left(answer) == "49 left today"
    settings.GUIDES = structs.replace(settings.GUIDES, customer_steps_mails_per_day_limit=1)
    assert left(signed_in(owner).get(SEND)) == "1 left today"


def test_what_customers_get_never_shows_what_staff_see_marked(owner: User) -> None:
    """The marks are on the guide's own page, for staff."""
    slug = next(
        guide.slug
        for guide in GUIDES.values()
        if guide.labels.get(Grade.UNVERIFIED) and Protocol.IMAP in guide.protocols
    )
    support = support_looking_as(owner)
    guide = f"/setup/anna@example.com/{slug}/imap/"
    assert "Not checked on a device" in support.get(guide).content.decode()
    text = support.get(f"{guide}steps.txt").content.decode()
    for path in (f"{guide}print/", f"{guide}send/"):
        page = support.get(path).content.decode()
        assert "doubt" not in page
        assert "Not checked on a device" not in page
    send(support, path=f"{guide}send/")
    customer = Client()
    customer.force_login(owner)
    assert customer.get(f"{guide}steps.txt").content.decode() == text
    assert text.strip() in str(sent().body)


# --- For every app ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", dict.fromkeys(slug for slug, _protocol, _shape in EVERY_PAGE))
def test_a_sheet_and_a_text_of_every_guide(slug: str, owner: User, signed_in: Any) -> None:
    browser = signed_in(owner)
    for protocol in GUIDES[slug].protocols:
        guide = f"/setup/anna@example.com/{slug}/{protocol}/"
        if not read(browser.get(guide)).all("ol", "steps"):
            continue
        for answer in (browser.get(f"{guide}print/"), browser.post(f"{guide}print/", follow=True)):
            sheet = read(answer).one("article", "sheet")
            assert not [*sheet.all("input"), *sheet.all("button", "copy"), *sheet.all("div", "sketch")]
            assert "[[" not in sheet.text
            assert "mail.example.com" in sheet.text
            assert str({"imap": 993, "pop3": 995}[protocol]) in sheet.text
        text = browser.get(f"{guide}steps.txt").content.decode()
        assert text.startswith(f"Set up anna@example.com in {GUIDES[slug].name}, {protocol.upper()}\n")
        steps = [int(number) for number in re.findall(r"^(\d+)\. \S", text, re.MULTILINE)]
        assert steps == list(range(1, len(steps) + 1))
        assert "mail.example.com" in text
        page = browser.get(f"{guide}send/")
        assert f"{len(steps)}, with every value in place" in read(page).text


def test_a_sheet_whose_manual_way_is_folded_away_has_the_settings_once_more(
    owner: User, signed_in: Any
) -> None:
    for slug, more in (("apple-mail-iphone", True), ("windows-live-mail", False)):
        path = f"/setup/anna@example.com/{slug}/imap/print/"
        sheet = read(signed_in(owner).post(path, follow=True)).one("article")
        assert ("If it asks for settings" in sheet.text) is more


@pytest.mark.parametrize("path", ["windows-mail/imap", "geary/pop3", "nothing/imap", "thunderbird/smtp"])
def test_without_steps_there_is_nothing_to_give(owner: User, signed_in: Any, path: str) -> None:
    browser = signed_in(owner)
    for page in ("print/", "send/", "steps.txt"):
        assert browser.get(f"/setup/anna@example.com/{path}/{page}").status_code == 404
    assert browser.post(f"/setup/anna@example.com/{path}/print/").status_code == 404
    assert send(browser, path=f"/setup/anna@example.com/{path}/send/").status_code == 404
    assert not SetupLink.objects.exists()
    assert not mail.outbox


def test_what_people_call_themselves_is_on_their_page_and_in_nothing_that_goes_out(
    owner: User, signed_in: Any
) -> None:
    name = "Anna Your mailbox is locked call 0900 123 456"
    User.objects.filter(pk=owner.pk).update(name=name)
    browser = signed_in(owner)
    assert name in browser.get(GUIDE).content.decode()
    send(browser)
    assert "0900" not in str(sent().body)
    assert "0900" not in browser.get(f"{GUIDE}steps.txt").content.decode()
