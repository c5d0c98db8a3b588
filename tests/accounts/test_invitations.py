"""An invitation works once, for one address, for a week."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from time_machine import TimeMachineFixture

from accounts.brands import Brand
from accounts.models import Customer, Invitation, Membership, User
from accounts.services import invite
from tests.accounts.authenticator import enrol
from tests.accounts.conftest import PASSWORD, person, signed_in
from tests.html import Element, read
from tests.provider import support_looking_as

WELCOME = "You now belong to Lindqvist AB at Northwind Hosting. Here you get its mail on your devices"


@pytest.fixture
def link(owner: User, customer: Customer) -> str:
    """The path in the mail of an invitation to new@lindqvist.example."""
    signed_in(owner).post(
        f"/accounts/people/customers/{customer.pk}/invite/",
        {"email": "New@lindqvist.example", "role": "member"},
    )
    return path_in_mail()


def path_in_mail() -> str:
    found = re.search(r"https?://\S+", mail.outbox[-1].body)
    assert found
    return urlsplit(found[0]).path


def test_the_mail_goes_to_the_invited_and_the_token_is_nowhere_else(link: str) -> None:
    assert mail.outbox[-1].to == ["new@lindqvist.example"]
    assert "Lindqvist AB" in mail.outbox[-1].subject
    assert "at Northwind Hosting" in mail.outbox[-1].body
    token = link.rstrip("/").rpartition("/")[2]
    assert token not in str(Invitation.objects.values())


def test_the_mail_speaks_as_the_brand_under_which_it_was_sent(owner: User, customer: Customer) -> None:
    brand = Brand("Southwind Mail", support_phone="", support_url="", support_hours="", privacy_url="")

    invite(
        customer,
        "new@lindqvist.example",
        Membership.Role.MEMBER,
        invited_by=owner,
        brand=brand,
        link_for="https://southwind.example/{}".format,
    )

    assert "Lindqvist AB at Southwind Mail" in mail.outbox[-1].body
    assert "Northwind" not in mail.outbox[-1].body


def test_somebody_new_signs_up_by_it_with_the_invited_address_only(client: Client, link: str) -> None:
    assert "Create your account" in client.get(link).content.decode()
    assert client.post(link).headers["location"] == "/accounts/signup/"

    answer = client.post("/accounts/signup/", {"email": "else@example.com", "password1": PASSWORD})

    assert answer.status_code == 302
    user = User.objects.get(email="new@lindqvist.example")
    assert user.memberships.get().role == Membership.Role.MEMBER
    assert not User.objects.filter(email="else@example.com").exists()
    assert WELCOME in client.get("/").content.decode()
    # The mail reached them, so nothing is left to confirm.
    assert "Lindqvist AB" in client.get("/accounts/people/").content.decode()
    assert Client().get(link).status_code == 410


def test_somebody_with_an_account_signs_in_and_joins(client: Client, link: str) -> None:
    user = person("new@lindqvist.example")
    assert "Sign in, and you’re back here" in client.get(link).content.decode()

    answer = client.post(f"/accounts/login/?next={link}", {"login": user.email, "password": PASSWORD})
    assert answer.headers["location"] == link
    page = client.post(link, follow=True).content.decode()

    assert WELCOME in page
    assert user.memberships.get().customer.name == "Lindqvist AB"


def test_a_link_that_was_passed_on_opens_nothing(link: str, stranger: User) -> None:
    browser = signed_in(stranger)

    assert "the invitation is for new@lindqvist.example" in browser.get(link).content.decode()
    assert browser.post(link).status_code == 404
    assert stranger.memberships.count() == 1


def test_a_made_up_link_is_not_there(client: Client, db: None) -> None:
    assert client.get("/accounts/invitations/made-up/").status_code == 404
    assert client.post("/accounts/invitations/made-up/").status_code == 404


def test_an_invitation_is_over_after_a_week(client: Client, link: str) -> None:
    assert client.post(link).status_code == 302
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert client.get(link).status_code == 410
    # Also for somebody who opened it in time and comes back later.
    assert "by invitation" in client.get("/accounts/signup/").content.decode()


def test_an_invitation_taken_back_is_over(client: Client, link: str, owner: User) -> None:
    signed_in(owner).post(f"/accounts/people/invitations/{Invitation.objects.get().pk}/end/")

    assert client.get(link).status_code == 410
    assert client.post(link).status_code == 410


def test_a_second_invitation_ends_the_first(
    client: Client, link: str, owner: User, customer: Customer
) -> None:
    signed_in(owner).post(
        f"/accounts/people/customers/{customer.pk}/invite/",
        {"email": "new@lindqvist.example", "role": "owner"},
    )

    assert client.get(link).status_code == 410
    assert client.get(path_in_mail()).status_code == 200


def test_staff_invite_from_the_admin(client: Client, support: User, customer: Customer) -> None:
    browser = signed_in(support)
    enrol(browser)

    answer = browser.post(
        "/admin/accounts/invitation/add/",
        {"customer": customer.pk, "email": "Boss@lindqvist.example", "role": "owner"},
    )

    assert answer.status_code == 302
    assert Invitation.objects.get().invited_by == support
    client.post(path_in_mail())
    client.post("/accounts/signup/", {"password1": PASSWORD})
    assert User.objects.get(email="boss@lindqvist.example").memberships.get().role == Membership.Role.OWNER


def test_staff_go_from_a_customer_to_its_invitation(support: User, customer: Customer) -> None:
    browser = signed_in(support)
    enrol(browser)

    answer = browser.post(
        "/admin/accounts/customer/", {"action": "invite", "_selected_action": customer.pk}, follow=True
    )

    assert answer.request["PATH_INFO"] == "/admin/accounts/invitation/add/"
    assert f'<option value="{customer.pk}" selected>{customer.name}</option>' in answer.content.decode()


def test_the_row_of_an_invitation_says_as_what_and_until_when_and_sends_it_again(
    owner: User, customer: Customer, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to("2026-11-26T12:00:00Z", tick=False)
    browser = signed_in(owner)
    path = f"/accounts/people/customers/{customer.pk}/invite/"
    browser.post(path, {"email": "new@lindqvist.example", "role": "owner"})
    first = path_in_mail()
    time_machine.shift(timedelta(days=2))
    browser = signed_in(owner)

    (row,) = rows_of(browser, "new@lindqvist.example")
    assert "owner Invited Until 3 December 2026" in row.text
    (again,) = [form for form in row.all("form") if form.text == "Send again"]
    fields = {field["name"]: field["value"] for field in again.all("input")}
    page = read(browser.post(again["action"], fields, follow=True))

    assert "We’ve sent an invitation to new@lindqvist.example." in page.text
    (row,) = rows_of(browser, "new@lindqvist.example")
    assert "owner Invited Until 5 December 2026" in row.text
    assert mail.outbox[-1].to == ["new@lindqvist.example"]
    assert Client().get(first).status_code == 410
    assert Client().get(path_in_mail()).status_code == 200


def rows_of(browser: Client, email: str) -> list[Element]:
    page = read(browser.get("/accounts/people/"))
    return [row for row in page.all("tr") if email in row.text]


def test_support_looking_as_an_owner_sends_no_invitation_again(link: str, owner: User) -> None:
    (row,) = rows_of(support_looking_as(owner), "new@lindqvist.example")

    assert "member Invited Until" in row.text
    assert row.all("form") == []


def test_an_invitation_that_is_over_says_why(client: Client, link: str, owner: User) -> None:
    def said() -> str:
        return read(client.get(link)).one("main").text

    signed_in(owner).post(f"/accounts/people/invitations/{Invitation.objects.get().pk}/end/")
    assert "It was cancelled, or a newer one has been sent." in said()
    Invitation.objects.update(revoked_at=None, accepted_at=timezone.now())
    assert "It has been used. Sign in with the address that it went to." in said()
    assert "cancelled" not in said()


def test_who_cancels_an_invitation_reads_whose(link: str, owner: User) -> None:
    path = f"/accounts/people/invitations/{Invitation.objects.get().pk}/end/"

    page = read(signed_in(owner).post(path, follow=True)).text

    assert "The invitation to new@lindqvist.example is cancelled." in page


def test_the_page_says_who_invites_whom(client: Client, link: str) -> None:
    assert "Anna Lindqvist invites new@lindqvist.example." in read(client.get(link)).text
