"""A visit begins on the desk's own pages: whom to look as, and why, without losing what the page shows."""

from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from msgspec import structs
from pytest_django.fixtures import Settings

from accounts.models import Customer, Membership, SupportVisit, User
from accounts.services import ensure_user
from tests.html import Element, read
from tests.support.conftest import PERMISSIONS, StaffWith
from tests.support.test_address import ANNA, page, section

pytestmark = pytest.mark.django_db
DOMAIN = "/desk/domains/example.com/"


@pytest.fixture
def lindqvist(owner: User) -> str:
    """The path of the customer's page."""
    return f"/desk/customers/{owner.customers.get().pk}/"


@pytest.fixture
def anna(owner: User) -> User:
    """A member who signs in with the address that the page is about."""
    user = ensure_user("anna@example.com")
    User.objects.filter(pk=user.pk).update(name="Anna Lindqvist")
    Membership.objects.create(user=user, customer=owner.customers.get())
    return user


def form_of(shown: Element) -> tuple[Element, dict[str, Any]]:
    """The form that begins a visit, and what it sends as it stands."""
    (form,) = [form for form in shown.all("form") if form.attributes.get("action", "").endswith("/visit/")]
    fields = {field["name"]: field.attributes.get("value", "") for field in form.all("input")}
    for select in form.all("select"):
        (chosen, *_others) = sorted(
            select.all("option"), key=lambda option: "selected" not in option.attributes
        )
        fields[select["name"]] = chosen["value"]
    return form, fields


def begin(desk: Client, path: str, **typed: str) -> Any:
    form, fields = form_of(page(desk, path))
    return desk.post(form["action"], fields | typed)


def people_in(form: Element) -> list[str]:
    return [option.text for option in form.all("option")]


def test_a_visit_begins_on_the_customers_page(
    desk: Client, lindqvist: str, owner: User, colleague: User
) -> None:
    form, fields = form_of(page(desk, lindqvist))
    assert people_in(form) == [owner.email, colleague.email]
    assert fields["person"] == str(owner.pk)
    assert form.one("button").text == "Begin the visit"
    assert "You see what they see" in form.text
    answer = begin(desk, lindqvist, person=str(colleague.pk), reason="Ticket 4711")
    assert (answer.status_code, answer["location"]) == (302, "/")
    visit = SupportVisit.objects.get()
    assert (visit.staff.email, visit.user, visit.reason) == ("sam@hoster.example", colleague, "Ticket 4711")
    assert f"You’re looking as {colleague.email}" in read(desk.get("/")).text
    assert desk.get(lindqvist).status_code == 404
    assert read(desk.post("/accounts/view-as/end/", follow=True)).one("h1").text == "Who’s calling?"
    assert f"Sam viewed as {colleague.email}" in section(page(desk, lindqvist), "Visits by us").text


def test_people_of_the_same_name_are_told_apart(
    desk: Client, lindqvist: str, owner: User, colleague: User, anna: User
) -> None:
    User.objects.filter(pk__in=(owner.pk, colleague.pk)).update(name="Jo Ek")
    assert sorted(people_in(form_of(page(desk, lindqvist))[0])) == [
        "Anna Lindqvist",
        f"Jo Ek, {colleague.email}",
        f"Jo Ek, {owner.email}",
    ]


def test_the_list_of_people_leads_to_the_form_with_the_person_in_it(
    desk: Client, lindqvist: str, colleague: User
) -> None:
    link = section(page(desk, lindqvist), "People").links()["View as"]
    assert link == f"{lindqvist}?person={colleague.pk}#view-as"
    _form, fields = form_of(page(desk, link))
    assert fields["person"] == str(colleague.pk)


def test_who_has_the_address_is_whom_its_page_asks_about(desk: Client, anna: User, colleague: User) -> None:
    shown = page(desk)
    form, fields = form_of(shown)
    assert section(shown, "See what Anna Lindqvist sees")
    assert form.one("button").text == "View as Anna Lindqvist"
    assert form.all("select") == []
    assert fields["person"] == str(anna.pk)
    assert begin(desk, ANNA, reason="Ticket 4711").status_code == 302
    assert SupportVisit.objects.get().user == anna


@pytest.mark.parametrize("path", [ANNA, DOMAIN])
def test_an_address_of_nobody_asks_for_the_person_until_one_is_named(
    desk: Client, owner: User, colleague: User, path: str
) -> None:
    form, _fields = form_of(page(desk, path))
    assert people_in(form) == [owner.email, colleague.email]
    named = section(page(desk, path), "Who can sign in here").links()["View as"]
    assert named == f"{path}?person={colleague.pk}#view-as"
    assert form_of(page(desk, named))[0].one("button").text == f"View as {colleague.email}"
    assert begin(desk, named, reason="Ticket 4711").status_code == 302
    assert SupportVisit.objects.get().user == colleague


@pytest.fixture
def room_for_one(settings: Settings) -> None:
    """Of the people of a customer a page lists the owner alone."""
    settings.SUPPORT = structs.replace(settings.SUPPORT, desk_customer_rows_limit=1)


def test_who_has_the_address_is_found_beyond_those_who_are_listed(
    desk: Client, anna: User, room_for_one: None
) -> None:
    form, fields = form_of(page(desk))
    assert form.one("button").text == "View as Anna Lindqvist"
    assert fields["person"] == str(anna.pk)
    assert begin(desk, ANNA, reason="Ticket 4711").status_code == 302
    assert SupportVisit.objects.get().user == anna


@pytest.mark.parametrize("path", ["customer", ANNA, DOMAIN])
def test_who_is_named_is_found_beyond_those_who_are_listed(
    desk: Client, lindqvist: str, owner: User, colleague: User, room_for_one: None, path: str
) -> None:
    listed, _fields = form_of(page(desk, f"{lindqvist}?person={owner.pk}"))
    assert people_in(listed) == [owner.email]
    path = lindqvist if path == "customer" else path
    form, fields = form_of(page(desk, f"{path}?person={colleague.pk}"))
    assert fields["person"] == str(colleague.pk)
    answer = desk.post(form["action"], {**fields, "reason": ""})
    assert form_of(read(answer))[1]["person"] == str(colleague.pk)
    assert desk.post(form["action"], {**fields, "reason": "Ticket 4711"}).status_code == 302
    assert SupportVisit.objects.get().user == colleague


@pytest.mark.parametrize("path", [ANNA, DOMAIN])
def test_one_of_many_is_not_chosen_for_being_the_first(
    desk: Client, owner: User, colleague: User, room_for_one: None, path: str
) -> None:
    form, _fields = form_of(page(desk, path))
    assert form.one("button").text == "Begin the visit"
    assert people_in(form) == [owner.email]


@pytest.mark.parametrize("who", ["a stranger", "staff", "9" * 20, "9" * 5000, "x", "%00", "٣", "-1"])
@pytest.mark.parametrize("path", ["customer", ANNA])
def test_who_is_no_person_of_the_customer_is_not_found_beyond(
    desk: Client,
    lindqvist: str,
    owner: User,
    colleague: User,
    stranger: User,
    room_for_one: None,
    path: str,
    who: str,
) -> None:
    path = lindqvist if path == "customer" else path
    User.objects.filter(pk=colleague.pk).update(is_staff=who == "staff")
    person = {"a stranger": stranger.pk, "staff": colleague.pk}.get(who, who)
    form, _fields = form_of(page(desk, f"{path}?person={person}"))
    assert people_in(form) == [owner.email]
    answer = desk.post(f"{path}visit/", {"person": unquote(str(person)), "reason": "Ticket 4711"})
    assert answer.status_code == 422
    assert not SupportVisit.objects.exists()


def test_the_only_person_there_is_needs_no_choice(desk: Client, owner: User) -> None:
    assert form_of(page(desk))[0].one("button").text == f"View as {owner.email}"


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
@pytest.mark.parametrize("path", ["customer", ANNA, DOMAIN])
def test_without_a_reason_the_page_stays_with_the_error_beside_the_field(
    desk: Client, lindqvist: str, owner: User, colleague: User, path: str, reason: str
) -> None:
    path = lindqvist if path == "customer" else path
    before = page(desk, f"{path}?person={colleague.pk}")
    answer = begin(desk, f"{path}?person={colleague.pk}", reason=reason)
    assert answer.status_code == 422
    shown = read(answer)
    assert shown.one("h1").text == before.one("h1").text
    form, fields = form_of(shown)
    assert form.one("button").text == form_of(before)[0].one("button").text
    (field,) = [field for field in form.all("input") if field["name"] == "reason"]
    assert field["aria-invalid"] == "true"
    assert "autofocus" in field.attributes
    error = next(part for part in form.inside() if part.attributes.get("id") == "id_reason_error")
    assert error["id"] in field["aria-describedby"].split()
    assert error.text == (
        "That’s too long: it has 501 characters, and 500 are the most."
        if reason.strip()
        else "Nothing is typed here yet."
    )
    assert fields["reason"] == reason
    assert fields["person"] == str(colleague.pk)
    assert not SupportVisit.objects.exists()
    assert {url for url in shown.links().values() if desk.get(url).status_code == 404} == set()


@pytest.mark.parametrize("who", ["a stranger", "staff", "shut out", "left", "99999999999999999999", "x", ""])
@pytest.mark.parametrize("path", ["customer", ANNA])
def test_nobody_else_is_looked_as(
    desk: Client, lindqvist: str, owner: User, colleague: User, stranger: User, path: str, who: str
) -> None:
    person = {"a stranger": stranger, "staff": colleague, "shut out": colleague, "left": colleague}.get(who)
    path = lindqvist if path == "customer" else path
    User.objects.filter(pk=colleague.pk).update(is_staff=who == "staff", is_active=who != "shut out")
    if who == "left":
        colleague.memberships.all().delete()
    answer = desk.post(f"{path}visit/", {"person": person.pk if person else who, "reason": "Ticket 4711"})
    assert answer.status_code == 422
    shown = read(answer)
    assert "Choose one of these." in shown.text
    form, fields = form_of(shown)
    assert str(owner.pk) in [option["value"] for option in form.all("option")]
    assert fields["reason"] == "Ticket 4711"
    assert not SupportVisit.objects.exists()


@pytest.mark.parametrize("path", ["customer", ANNA])
def test_where_nobody_can_be_looked_as_there_is_no_form(
    desk: Client, lindqvist: str, owner: User, path: str
) -> None:
    path = lindqvist if path == "customer" else path
    User.objects.filter(pk=owner.pk).update(is_staff=True)
    shown = page(desk, path)
    assert not [form for form in shown.all("form") if "visit" in form.attributes.get("action", "")]
    assert "View as" not in shown.text
    assert desk.post(f"{path}visit/", {"person": owner.pk, "reason": "Curious"}).status_code == 404


@pytest.mark.parametrize("missing", ["view_as_customer", "view_user"])
def test_who_may_not_sees_no_way_to_it(staff_with: StaffWith, lindqvist: str, missing: str) -> None:
    browser = staff_with(*(each for each in PERMISSIONS if each != missing))
    for path in (lindqvist, ANNA, DOMAIN):
        assert "View as" not in page(browser, path).text


def test_a_customer_counts_its_domains_and_known_addresses(
    desk: Client, staff_with: StaffWith, lindqvist: str, owner: User
) -> None:
    assert "1 domain, 1 known address" in page(desk, lindqvist).one("div", "desk-head").text
    customer = Customer.objects.get(external_id="whmcs:1234")
    domain = customer.domains.get()
    customer.domains.create(name="second.example", server=domain.server, enabled=False)
    domain.mailboxes.create(local_part="per")
    assert "2 domains, 2 known addresses" in page(desk, lindqvist).one("div", "desk-head").text
    assert "2 domains" not in page(staff_with("view_customer", email="x@hoster.example"), lindqvist).text
