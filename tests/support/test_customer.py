"""A customer's page at the desk: people, domains, invitations, and when staff looked in."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Customer, Invitation, Membership, SupportVisit, User
from mailsetup.hosting.models import Domain
from tests.accounts.test_invitations import path_in_mail
from tests.html import Element, read
from tests.support.conftest import StaffWith
from tests.support.test_address import section

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(owner: User) -> Customer:
    return Customer.objects.get(external_id="whmcs:1234")


def page(desk: Client, customer: Customer) -> Element:
    answer = desk.get(f"/desk/customers/{customer.pk}/")
    assert answer.status_code == 200
    return read(answer)


def test_people_and_domains(desk: Client, customer: Customer, owner: User, colleague: User) -> None:
    Domain.objects.create(
        name="off.example",
        server=Domain.objects.get(name="example.com").server,
        customer=customer,
        enabled=False,
    )
    shown = page(desk, customer)
    assert shown.one("h1").text == "Lindqvist AB"
    assert "whmcs:1234" in shown.text
    people = section(shown, "People").all("li")
    assert [person.one("b").text for person in people] == [owner.email, colleague.email]
    rows = [[cell.text for cell in row.all("td")] for row in section(shown, "Domains").one("tbody").all("tr")]
    assert rows == [
        ["smarter1", "Not looked up yet", "1 known address"],
        ["smarter1", "Not looked up yet", "0 known addresses"],
    ]
    assert section(shown, "Domains").one("tbody").all("th")[1].text == "off.example Switched off No alias"
    assert section(shown, "Domains").links()["example.com"] == "/desk/domains/example.com/"
    assert "Alias: example.net" in section(shown, "Domains").text
    assert "elsewhere.example" not in shown.text


def test_invitations_that_are_open_or_ran_out(desk: Client, customer: Customer, owner: User) -> None:
    now = timezone.now()
    for email, days, more in (
        ("open@lindqvist.example", 3, {}),
        ("old@lindqvist.example", -3, {}),
        ("used@lindqvist.example", 3, {"accepted_at": now}),
        ("ended@lindqvist.example", 3, {"revoked_at": now}),
    ):
        Invitation.objects.create(
            customer=customer,
            email=email,
            token_hash=email,
            invited_by=owner,
            expires_at=now + timedelta(days=days),
            **more,
        )
    shown = section(page(desk, customer), "Invitations")
    rows = {row.one("th").text.split()[0]: row.all("td")[0].text for row in shown.one("tbody").all("tr")}
    assert set(rows) == {"open@lindqvist.example", "old@lindqvist.example"}
    assert rows["open@lindqvist.example"].startswith("Open until")
    assert rows["old@lindqvist.example"].startswith("Ran out")


def invited(customer: Customer, *, days: int = 3, email: str = "new@lindqvist.example") -> Invitation:
    return Invitation.objects.create(
        customer=customer,
        email=email,
        role="owner",
        token_hash=email,
        expires_at=timezone.now() + timedelta(days=days),
    )


def send_again(desk: Client, customer: Customer) -> Element:
    """Press it in the only row of the page."""
    (form,) = section(page(desk, customer), "Invitations").all("form")
    assert form.text == "Send again"
    return read(desk.post(form["action"], follow=True))


@pytest.mark.parametrize("days", [3, -3])
def test_an_invitation_is_sent_again_whether_open_or_run_out(
    desk: Client, customer: Customer, days: int
) -> None:
    old = invited(customer, days=days)
    shown = send_again(desk, customer)
    assert "We’ve sent an invitation to new@lindqvist.example." in shown.text
    (row,) = section(shown, "Invitations").one("tbody").all("tr")
    assert row.one("th").text.startswith("new@lindqvist.example By Sam,")
    assert "as owner" in row.text
    assert row.all("td")[0].text.startswith("Open until")
    old.refresh_from_db()
    assert old.revoked_at is not None
    assert mail.outbox[-1].to == ["new@lindqvist.example"]
    assert mail.outbox[-1].body.startswith("Sam invites you to the mail set-up pages of Lindqvist AB")
    assert Client().get(path_in_mail()).status_code == 200


@pytest.mark.parametrize(("belongs", "said"), [(True, "Anna Lindqvist"), (False, "Sam")])
def test_it_goes_out_again_in_the_name_of_whoever_invited_as_long_as_they_belong(
    desk: Client, customer: Customer, owner: User, *, belongs: bool, said: str
) -> None:
    """Whoever gets it knows them, and nobody at the desk."""
    User.objects.filter(pk=owner.pk).update(name="Anna Lindqvist")
    Invitation.objects.filter(pk=invited(customer).pk).update(invited_by=owner)
    if not belongs:
        owner.memberships.all().delete()
    send_again(desk, customer)
    assert mail.outbox[-1].body.startswith(f"{said} invites you to the mail set-up pages of Lindqvist AB")


def test_an_invitation_that_is_over_by_now_sends_nothing(
    desk: Client, customer: Customer, colleague: User
) -> None:
    pressed = invited(customer)
    send_again(desk, customer)
    twice = read(desk.post(f"/desk/invitations/{pressed.pk}/send/", follow=True))
    assert "That invitation to new@lindqvist.example is over." in twice.text
    there = invited(customer, email=colleague.email)
    joined = read(desk.post(f"/desk/invitations/{there.pk}/send/", follow=True))
    assert f"{colleague.email} belongs to this customer already." in joined.text
    assert len(mail.outbox) == 1
    assert desk.post("/desk/invitations/999999/send/").status_code == 404


def test_a_desk_does_not_flood_a_mailbox_with_invitations(
    desk: Client, customer: Customer, settings: Settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "invite": "2/h/user"}
    invited(customer)
    for _press in range(2):
        send_again(desk, customer)
    (form,) = section(page(desk, customer), "Invitations").all("form")
    assert desk.post(form["action"]).status_code == 429
    assert len(mail.outbox) == 2


def test_a_large_customer_is_listed_as_far_as_there_is_room(
    desk: Client, customer: Customer, owner: User, colleague: User, settings: Settings
) -> None:
    server = Domain.objects.get(name="example.com").server
    for number in range(4):
        Domain.objects.create(name=f"large{number}.example", server=server, customer=customer)
        Invitation.objects.create(
            customer=customer,
            email=f"new{number}@lindqvist.example",
            token_hash=str(number),
            expires_at=timezone.now() + timedelta(days=1),
        )
    all_of_it = page(desk, customer).text
    assert "large3.example" in all_of_it
    assert "more" not in all_of_it.split()
    settings.SUPPORT = msgspec.structs.replace(settings.SUPPORT, desk_customer_rows_limit=1)
    shown = page(desk, customer)
    for heading, left in (("People", 1), ("Domains", 4), ("Invitations", 3)):
        assert f"and {left} more" in section(shown, heading).text
    assert len(section(shown, "Domains").one("tbody").all("tr")) == 1
    who = section(read(desk.get("/desk/addresses/anna@example.com/")), "Who can sign in here")
    assert (len(who.all("li")), "and 1 more" in who.text) == (1, True)


def test_visits_by_staff(desk: Client, customer: Customer, owner: User, stranger: User) -> None:
    sam = User.objects.get(email="sam@hoster.example")
    began = timezone.now() - timedelta(hours=2)
    SupportVisit.objects.create(
        staff=sam,
        user=owner,
        reason="<b>Ticket 4711</b>",
        started_at=began,
        ended_at=began + timedelta(minutes=6),
    )
    SupportVisit.objects.create(staff=sam, user=stranger, reason="Another customer's")
    shown = section(page(desk, customer), "Visits by us")
    assert f"Sam viewed as {owner.email}" in shown.text
    assert "“<b>Ticket 4711</b>”" in shown.text
    assert "6 minutes" in shown.text.replace("\xa0", " ")
    assert "Another customer" not in shown.text


def test_a_customer_that_is_not_there(desk: Client, customer: Customer) -> None:
    assert desk.get(f"/desk/customers/{customer.pk + 999}/").status_code == 404
    assert desk.get("/desk/customers/99999999999999999999999/").status_code == 404


def test_the_latest_visits_come_first_as_far_as_there_is_room(
    desk: Client, customer: Customer, owner: User, settings: Settings
) -> None:
    sam, now = User.objects.get(email="sam@hoster.example"), timezone.now()
    for days in (2, 1, 3):
        reason = f"Ticket of {days} days ago"
        SupportVisit.objects.create(
            staff=sam, user=owner, reason=reason, started_at=now - timedelta(days=days)
        )
    settings.SUPPORT = msgspec.structs.replace(settings.SUPPORT, desk_visits_limit=2)
    shown = section(page(desk, customer), "Visits by us").all("li")
    assert [visit.one("div").all("p")[0].text for visit in shown] == [
        "“Ticket of 1 days ago”",
        "“Ticket of 2 days ago”",
    ]


def test_an_invitation_that_was_used_is_not_sent_again(desk: Client, customer: Customer) -> None:
    """Also where whoever used it belongs there no more: they were removed."""
    used = invited(customer)
    Invitation.objects.filter(pk=used.pk).update(accepted_at=timezone.now())
    said = read(desk.post(f"/desk/invitations/{used.pk}/send/", follow=True)).text
    assert "That invitation to new@lindqvist.example is over." in said
    assert mail.outbox == []


def test_a_server_is_a_link_for_who_may_see_it(customer: Customer, staff_with: StaffWith) -> None:
    rights = ("view_customer", "view_domain")
    assert "smarter1" not in section(page(staff_with(*rights), customer), "Domains").links()
    links = section(page(staff_with(*rights, "view_server"), customer), "Domains").links()
    assert (
        links["smarter1"]
        == f"/admin/hosting/server/{Domain.objects.get(name='example.com').server_id}/change/"
    )


def test_of_people_it_says_what_they_may_do_and_when_they_signed_in(
    desk: Client, customer: Customer, owner: User, colleague: User, settings: Settings
) -> None:
    settings.TIME_ZONE = "UTC"
    second = User.objects.create_user("a-second@lindqvist.example")
    customer.memberships.create(user=second, role=Membership.Role.OWNER)
    User.objects.filter(pk=owner.pk).update(last_login=datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    rows = section(page(desk, customer), "People").all("li")
    assert [
        (row.one("b").text, row.one("span", "tag").text, row.one("span", "small").text) for row in rows
    ] == [
        (second.email, "owner", f"{second.email}. Never signed in"),
        (owner.email, "owner", f"{owner.email}. Signed in 2 March 2026, 09:00"),
        (colleague.email, "member", f"{colleague.email}. Never signed in. Shut out"),
    ]


def test_since_when_it_is_a_customer_and_of_when_an_invitation_of_nobody_is(
    desk: Client, customer: Customer
) -> None:
    began = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    Customer.objects.filter(pk=customer.pk).update(created_at=began)
    Invitation.objects.filter(pk=invited(customer).pk).update(created_at=began + timedelta(days=1))
    shown = page(desk, customer)
    assert "Since 2 March 2026" in shown.one("div", "desk-head").text
    (row,) = section(shown, "Invitations").one("tbody").all("tr")
    assert row.one("th").text == "new@lindqvist.example 3 March 2026, owner"
