"""Another name, and another address to sign in with by a code that goes there, with two steps or one."""

import re
from datetime import timedelta
from importlib import import_module
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core import mail
from django.test import Client
from pytest_django.fixtures import Settings
from time_machine import TimeMachineFixture

from accounts.brands import installation_brand
from accounts.models import Customer, FormerAddress, Membership, User
from accounts.services import ensure_owner, remove_member, replace_addresses
from tests.accounts.authenticator import code_for, enrol
from tests.accounts.conftest import PASSWORD, code_in_mail, person, signed_in
from tests.html import Element, read

NEW = "anna@new.example"


def ask_for_code(browser: Client, email: str = NEW) -> str:
    """Give a new address; returns the code in the mail to it."""
    answer = browser.post("/accounts/email/", {"email": email, "action_add": ""})
    assert answer.headers.get("location") == "/accounts/confirm-email/", answer.content.decode()
    assert mail.outbox[-1].to == [email.lower()]
    return code_in_mail()


def type_code(browser: Client, code: str) -> str:
    return browser.post("/accounts/confirm-email/", {"code": code}, follow=True).content.decode()


def change(browser: Client, email: str = NEW) -> str:
    return type_code(browser, ask_for_code(browser, email))


def may_enter(browser: Client) -> bool:
    return browser.get("/accounts/people/").status_code == 200


def addresses(user: User) -> list[tuple[str, bool, bool]]:
    return sorted((one.email, one.verified, one.primary) for one in user.emailaddress_set.all())


@pytest.mark.parametrize("steps", [1, 2])
def test_the_new_address_counts_when_its_code_is_typed(owner: User, steps: int) -> None:
    browser = signed_in(owner)
    secret = enrol(browser) if steps == 2 else ""

    code = ask_for_code(browser, "Anna@New.example")
    page = browser.get("/accounts/confirm-email/").content.decode()
    assert f"We’ve sent a code to <b>{NEW}</b>. It works for 15 minutes." in page
    owner.refresh_from_db()
    assert owner.email == "owner@lindqvist.example"
    assert addresses(owner) == [("owner@lindqvist.example", True, True)]

    page = type_code(browser, code)

    owner.refresh_from_db()
    assert owner.email == NEW
    assert addresses(owner) == [(NEW, True, True)]
    assert f"You sign in with <b>{NEW}</b>" in page
    fresh = Client()
    answer = fresh.post("/accounts/login/", {"login": NEW, "password": PASSWORD})
    assert answer.status_code == 302
    if secret:
        fresh.post("/accounts/2fa/authenticate/", {"code": code_for(secret)})
    assert may_enter(fresh)


def test_nobody_signs_in_with_the_old_address_and_it_gets_a_mail(owner: User) -> None:
    change(signed_in(owner))

    assert mail.outbox[-1].to == ["owner@lindqvist.example"]
    assert f"owner@lindqvist.example to {NEW}" in mail.outbox[-1].body
    assert "tell support" in mail.outbox[-1].body
    mail.outbox.clear()
    old = Client().post("/accounts/login/", {"login": "owner@lindqvist.example", "password": PASSWORD})
    assert old.status_code == 200
    Client().post("/accounts/login/code/", {"email": "owner@lindqvist.example"})
    Client().post("/accounts/password/reset/", {"email": "owner@lindqvist.example"})
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("contact", "said"),
    [
        (("+46 8 555 01 20", "8 to 17", "https://help.example/"), "Help: +46 8 555 01 20, 8 to 17\n"),
        (("", "", "https://help.example/"), "Help: https://help.example/\n"),
        (("", "", ""), ""),
    ],
)
@pytest.mark.parametrize("by", ["themselves", "support"])
def test_who_can_no_longer_sign_in_reads_whose_portal_it_is_and_how_to_reach_support(
    owner: User, settings: Settings, contact: tuple[str, str, str], said: str, by: str
) -> None:
    names = ("support_phone", "support_hours", "support_url")
    settings.BRAND = {**settings.BRAND, "name": "Southwind & Co", **dict(zip(names, contact, strict=True))}
    if by == "themselves":
        change(signed_in(owner))
    else:
        replace_addresses(owner, NEW, brand=installation_brand())

    body = mail.outbox[-1].body
    assert mail.outbox[-1].to == ["owner@lindqvist.example"]
    assert "Southwind & Co" in body
    assert "tell support now" in body
    assert said in body
    assert ("Help:" in body) is bool(said)
    assert "choose a new password" not in body


def test_a_new_code_is_sent_from_the_page_of_the_code_and_ends_the_one_before(owner: User) -> None:
    browser = signed_in(owner)
    first = ask_for_code(browser)
    assert "A new code is on its way" not in browser.get("/accounts/confirm-email/").content.decode()

    page = send_again(browser)

    assert page.one("h1").text == "Type the code"
    assert "A new code is on its way. The one before no longer works." in page.text
    assert [message.to for message in mail.outbox] == [[NEW], [NEW]]
    second = code_in_mail()
    assert "That code doesn’t match." in type_code(browser, first)
    assert addresses(owner) == [("owner@lindqvist.example", True, True)]
    type_code(browser, second)
    assert addresses(owner) == [(NEW, True, True)]


def test_new_codes_from_there_count_as_codes_to_new_addresses(owner: User, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "change_address": "2/h/user"}
    browser = signed_in(owner)
    ask_for_code(browser)

    assert send_again(browser).one("h1").text == "Type the code"
    assert send_again(browser).one("h1").text == "That was a lot in a short time"
    assert len(mail.outbox) == 2


def send_again(browser: Client) -> Element:
    """Press "Send a new code" on the page of the code."""
    page = read(browser.get("/accounts/confirm-email/"))
    (form,) = [form for form in page.all("form") if "Send a new code" in form.text]
    fields = {field["name"]: field.attributes.get("value", "") for field in form.all("input")}
    return read(browser.post(form["action"], {**fields, form.one("button")["name"]: ""}, follow=True))


def test_the_mail_with_a_code_names_the_provider(owner: User, settings: Settings) -> None:
    settings.BRAND = {**settings.BRAND, "name": "Southwind & Co"}
    ask_for_code(signed_in(owner))

    body = mail.outbox[-1].body
    assert "Somebody gave this address to sign in with at Southwind & Co." in body
    assert "Sent by the mail set-up pages of Southwind & Co at testserver." in body


def test_everywhere_else_one_is_signed_out_and_told_so(owner: User) -> None:
    here, elsewhere = signed_in(owner), signed_in(owner)

    page = change(here)

    assert "Everywhere else you’re signed out." in page
    assert may_enter(here)
    assert not may_enter(elsewhere)


def test_nobody_is_told_so_who_was_signed_in_here_alone(owner: User) -> None:
    assert "Everywhere else you’re signed out." not in change(signed_in(owner))


def test_a_sign_in_code_that_waits_in_the_old_mailbox_opens_nothing(owner: User) -> None:
    attacker = Client()
    attacker.post("/accounts/login/code/", {"email": owner.email})
    waiting = code_in_mail()
    change(signed_in(owner))
    mail.outbox.clear()

    page = attacker.post("/accounts/login/code/confirm/", {"code": waiting}, follow=True).content.decode()

    assert "This code went to an address that has been changed. Sign in anew." in page
    assert not may_enter(attacker)
    assert mail.outbox == []
    assert addresses(owner) == [(NEW, True, True)]


def test_a_link_to_a_new_password_that_waits_in_the_old_mailbox_opens_nothing(owner: User) -> None:
    Client().post("/accounts/password/reset/", {"email": owner.email})
    found = re.search(r"https?://\S+", mail.outbox[-1].body)
    assert found
    change(signed_in(owner))

    page = Client().get(urlsplit(found[0]).path, follow=True).content.decode()
    assert "This link no longer works" in page


def test_somebody_elses_address_looks_the_same_and_is_not_taken(owner: User, stranger: User) -> None:
    free, taken = signed_in(owner), signed_in(owner)
    ask_for_code(free)
    code = ask_for_code(taken, stranger.email)
    pages = [
        re.sub(
            r'name="csrfmiddlewaretoken" value="\w+"',
            "",
            browser.get("/accounts/confirm-email/").content.decode(),
        )
        for browser in (free, taken)
    ]
    assert pages[0].replace(NEW, stranger.email) == pages[1]
    bodies = [message.body for message in mail.outbox[-2:]]
    assert [body.replace(code_in_mail(), "") for body in bodies[1:]] == [
        re.sub(r"[A-Z0-9]{4}-[A-Z0-9]{4}", "", bodies[0])
    ]

    page = type_code(taken, code)

    assert "This address belongs to another account." in page
    assert addresses(stranger) == [(stranger.email, True, True)]
    assert addresses(owner) == [("owner@lindqvist.example", True, True)]


def test_ones_own_address_is_no_new_one(owner: User) -> None:
    answer = signed_in(owner).post("/accounts/email/", {"email": owner.email.upper(), "action_add": ""})

    assert "You sign in with this address already." in answer.content.decode()
    assert mail.outbox == []


def test_a_wrong_code_changes_nothing_and_the_third_ends_it(owner: User) -> None:
    rival = person("rival@elsewhere.example")
    EmailAddress.objects.create(user=rival, email=NEW, verified=False, primary=False)
    browser = signed_in(owner)
    code = ask_for_code(browser)
    for _attempt in range(3):
        type_code(browser, "WRNG-WRNG")
    type_code(browser, code)

    assert addresses(owner) == [("owner@lindqvist.example", True, True)]
    assert (NEW, False, False) in addresses(rival), "a wrong code ends nobody's claim"


def test_the_code_works_in_no_other_browser(owner: User) -> None:
    code = ask_for_code(signed_in(owner))

    type_code(signed_in(owner), code)

    assert addresses(owner) == [("owner@lindqvist.example", True, True)]


def test_a_squatters_claim_is_in_nobodys_way(owner: User, settings: Settings) -> None:
    settings.SIGNUP_OPEN = True
    Client().post("/accounts/signup/", {"email": NEW, "password1": "chosen by the squatter"})
    rival = person("rival@elsewhere.example")
    EmailAddress.objects.create(user=rival, email=NEW, verified=False, primary=False)

    change(signed_in(owner))

    assert User.objects.get(email=NEW) == owner
    assert list(EmailAddress.objects.filter(email=NEW)) == list(owner.emailaddress_set.all())
    assert addresses(rival) == [("rival@elsewhere.example", True, True)]


def test_an_address_that_no_mail_reaches_is_refused(owner: User) -> None:
    answer = signed_in(owner).post("/accounts/email/", {"email": "a@xn--.example", "action_add": ""})

    assert answer.status_code == 200
    assert mail.outbox == []


def test_codes_to_new_addresses_are_few(owner: User) -> None:
    browser = signed_in(owner)

    answers = [
        browser.post("/accounts/email/", {"email": f"{number}@new.example", "action_add": ""}).status_code
        for number in range(11)
    ]

    assert answers == [302] * 10 + [429]
    assert len(mail.outbox) == 10


def test_a_form_that_waited_for_the_password_counts_once(
    owner: User, settings: Settings, time_machine: TimeMachineFixture
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "change_address": "2/h/user"}
    time_machine.move_to("2026-11-26T12:00:00Z", tick=False)
    browser = signed_in(owner)
    statuses = []
    for number in range(3):
        time_machine.shift(timedelta(minutes=6))
        form = {"email": f"{number}@new.example", "action_add": ""}
        browser.post("/accounts/email/", form)
        waiting = browser.post("/accounts/reauthenticate/?next=/accounts/email/", {"password": PASSWORD})
        statuses.append(waiting.status_code)

    assert statuses == [302, 302, 429]
    assert [message.to for message in mail.outbox] == [["0@new.example"], ["1@new.example"]]


def test_an_address_that_the_database_does_not_hold_is_refused(owner: User) -> None:
    email = f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.example"
    assert len(email) > 254

    answer = signed_in(owner).post("/accounts/email/", {"email": email, "action_add": ""})

    assert "and 254 are the most" in answer.content.decode()
    assert mail.outbox == []


def test_of_several_addresses_on_record_the_one_that_counted_is_told(owner: User, customer: Customer) -> None:
    """Rows of before addresses were one each; the first on record was told, confirmed or not."""
    owner.emailaddress_set.update(primary=False)
    old = owner.emailaddress_set.get()
    old.delete()
    for email, verified in (("claimed@new.example", False), ("second@lindqvist.example", True)):
        EmailAddress.objects.create(user=owner, email=email, verified=verified, primary=False)
    EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)

    change(signed_in(owner))

    assert [message.to for message in mail.outbox] == [[NEW], ["owner@lindqvist.example"]]
    assert addresses(owner) == [(NEW, True, True)]
    assert set(FormerAddress.objects.values_list("email", flat=True)) == {
        "owner@lindqvist.example",
        "second@lindqvist.example",
    }


def test_who_has_several_addresses_from_before_keeps_the_one_that_counts(
    owner: User, customer: Customer, stranger: User
) -> None:
    rows = [("claimed@new.example", False), ("second@lindqvist.example", True)]
    for email, verified in rows:
        EmailAddress.objects.create(user=owner, email=email, verified=verified, primary=False)

    import_module("accounts.migrations.0008_one_address_each").leave_one_address(apps, None)

    assert addresses(owner) == [("owner@lindqvist.example", True, True)]
    assert addresses(stranger) == [("stranger@elsewhere.example", True, True)]
    former = FormerAddress.objects.get()
    assert (former.email, former.customer, former.user) == ("second@lindqvist.example", customer, owner)


def test_a_claim_that_was_never_confirmed_is_no_former_address(owner: User, customer: Customer) -> None:
    browser = signed_in(owner)
    code = ask_for_code(browser)
    EmailAddress.objects.filter(user=owner).update(verified=False)

    type_code(browser, code)

    assert mail.outbox[-1].to == [NEW]
    assert not FormerAddress.objects.exists()
    assert addresses(owner) == [(NEW, True, True)]


# --- The provider's file says the old address for a long time ----------------------------------------------


def test_provisioning_by_the_old_address_makes_no_second_account(owner: User, customer: Customer) -> None:
    change(signed_in(owner))

    assert not ensure_owner("Owner@lindqvist.example", customer)
    assert list(customer.users.all()) == [owner]
    assert not User.objects.filter(email="owner@lindqvist.example").exists()
    assert addresses(owner) == [(NEW, True, True)]


@pytest.mark.parametrize("heir_of", ["another customer's file", "an invitation's sign-up"])
def test_whoever_is_given_the_old_address_is_nobody_to_the_customer(
    owner: User, customer: Customer, heir_of: str, caplog: pytest.LogCaptureFixture
) -> None:
    old = owner.email
    change(signed_in(owner))
    if heir_of == "another customer's file":
        other = Customer.objects.create(external_id="whmcs:77", name="Given the address later")
        assert ensure_owner(old, other)
        assert not ensure_owner(old, other)
    else:
        person(old)

    assert not ensure_owner(old, customer)

    assert list(customer.users.all()) == [owner]
    assert "customer whmcs:1234: an address of the provider's file was skipped" in caplog.text
    assert old not in caplog.text


@pytest.mark.parametrize("since", ["removed", "removed before", "deleted", "has another one again"])
def test_the_old_address_opens_nothing_when_its_owner_is_gone(
    owner: User, customer: Customer, colleague: User, since: str
) -> None:
    old = owner.email
    membership = Membership.objects.get(user=owner)
    Membership.objects.filter(user=colleague).update(role=Membership.Role.OWNER)
    browser = signed_in(owner)
    if since == "removed before":
        remove_member(membership)
    change(browser)
    if since == "removed":
        remove_member(membership)
    elif since == "deleted":
        owner.delete()
    elif since == "has another one again":
        change(browser, "third@new.example")

    assert not ensure_owner(old, customer)

    assert not User.objects.filter(email=old).exists()
    assert owner.pk is None or old not in customer.users.values_list("email", flat=True)


def test_an_heir_who_leaves_the_old_address_too_opens_it_for_nobody(owner: User, customer: Customer) -> None:
    old = owner.email
    change(signed_in(owner))
    heir = person(old)
    theirs = signed_in(heir)
    change(theirs, "heir@new.example")
    change(theirs, old)

    assert not ensure_owner(old, customer)
    assert list(customer.users.all()) == [owner]


def test_an_heir_joins_by_an_invitation(owner: User, customer: Customer) -> None:
    old = owner.email
    change(signed_in(owner))
    heir = person(old)
    Membership.objects.create(user=heir, customer=customer)

    assert not ensure_owner(old, customer)
    assert heir.memberships.get().role == Membership.Role.MEMBER


def test_an_old_address_opens_no_other_customer(owner: User) -> None:
    change(signed_in(owner))
    other = Customer.objects.create(external_id="whmcs:77", name="Given the address later")

    assert ensure_owner("owner@lindqvist.example", other)
    assert owner not in other.users.all()


def test_who_goes_back_to_the_old_address_has_it_alone(owner: User) -> None:
    browser = signed_in(owner)
    change(browser)
    change(browser, "owner@lindqvist.example")

    assert addresses(owner) == [("owner@lindqvist.example", True, True)]
    assert list(FormerAddress.objects.values_list("email", flat=True)) == [NEW]


# --- The name -----------------------------------------------------------------------------------------------


def test_a_name_is_changed_and_stands_in_the_menu(owner: User) -> None:
    browser = signed_in(owner)

    page = browser.post("/accounts/name/", {"name": "  Anna Berg "}, follow=True).content.decode()

    owner.refresh_from_db()
    assert owner.name == "Anna Berg"
    assert "Your name is saved." in page
    assert '<span class="who">Anna Berg</span>' in page


def test_a_name_that_is_too_long_is_refused_and_not_shown_as_saved(owner: User) -> None:
    answer = signed_in(owner).post("/accounts/name/", {"name": "x" * 151})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert '<span class="who">Anna Lindqvist</span>' in page
    owner.refresh_from_db()
    assert owner.name == "Anna Lindqvist"


@pytest.mark.parametrize(
    "name",
    ["Anna\nYour code is 1234", "www.evil.example", "Win: http://evil", "anna@evil.example", "evil．example"],
)
def test_a_name_is_one_line_without_a_link(owner: User, settings: Settings, name: str) -> None:
    answer = signed_in(owner).post("/accounts/name/", {"name": name})

    assert answer.status_code == 422
    assert "A name is one line of plain words, without web or mail addresses." in answer.content.decode()
    owner.refresh_from_db()
    assert owner.name == "Anna Lindqvist"
    settings.SIGNUP_OPEN = True
    form = {"email": NEW, "name": name, "password1": PASSWORD}
    answer = Client().post("/accounts/signup/", form)
    assert "A name is one line of plain words" in answer.content.decode()
    assert not User.objects.filter(email=NEW).exists()


@pytest.mark.parametrize(
    "name", ["Anna Åberg-O’Neill", "Dr. J. R. Smith jr.", "李小龍", "Lindqvist AB (mail)"]
)
def test_a_name_as_people_have_them(owner: User, name: str) -> None:
    signed_in(owner).post("/accounts/name/", {"name": name})

    owner.refresh_from_db()
    assert owner.name == name


@pytest.mark.parametrize("password", ["bartholomew quill", "owner@lindqvist", "lindqvist.example"])
def test_a_password_is_neither_name_nor_address(owner: User, password: str) -> None:
    User.objects.filter(pk=owner.pk).update(name="Bartholomew Quill")
    form = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    page = signed_in(owner).post("/accounts/password/change/", form).content.decode()

    assert "It’s too close to your name or your address, which strangers know." in page


def test_nobody_changes_anything_but_their_own_name(owner: User, colleague: User) -> None:
    signed_in(colleague).post(
        "/accounts/name/", {"name": "C", "email": "x@y.example", "is_staff": "on", "pk": owner.pk}
    )

    colleague.refresh_from_db()
    owner.refresh_from_db()
    assert (colleague.name, colleague.email, colleague.is_staff) == (
        "C",
        "colleague@lindqvist.example",
        False,
    )
    assert owner.name == "Anna Lindqvist"


def test_both_are_in_the_menu_of_every_page(owner: User) -> None:
    page = signed_in(owner).get("/accounts/people/").content.decode()

    assert 'href="/accounts/name/"' in page
    assert 'href="/accounts/email/"' in page
