"""A customer's page at the desk: people, domains, invitations, and when staff looked in."""

from datetime import timedelta

import msgspec
import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Customer, Invitation, SupportVisit, User
from mailsetup.hosting.models import Domain
from tests.html import Element, read
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
        ["smarter1", "On", "1 known addresses"],
        ["smarter1", "Switched off", "0 known addresses"],
    ]
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
    rows = {row.one("th").text.split()[0]: row.one("td").text for row in shown.one("tbody").all("tr")}
    assert set(rows) == {"open@lindqvist.example", "old@lindqvist.example"}
    assert rows["open@lindqvist.example"].startswith("Open until")
    assert rows["old@lindqvist.example"].startswith("Ran out")


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
