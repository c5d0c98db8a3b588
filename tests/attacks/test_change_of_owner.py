"""What was opened to somebody is closed when what it was for has changed hands."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Customer, Membership, User
from accounts.services import ensure_user, remove_member
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.hosting.models import Domain, DomainAlias
from mailsetup.setup_links.models import SetupLink
from mailsetup.setup_links.services import create_one_device_link
from tests.connection_tests.runs import findings, finished, queued
from tests.provider import MakeLink, setup_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker")]
ADDRESS = "anna@example.com"


@pytest.fixture
def token(colleague: User) -> str:
    """Of a code that a colleague has made; nobody has opened it yet."""
    return create_one_device_link(setup_of(colleague, ADDRESS)).token


def status_of(token: str) -> int:
    return Client().get(f"/s/{token}/").status_code


def give_away(domain: Domain) -> None:
    domain.customer = Customer.objects.get(external_id="whmcs:9")
    domain.save()


def leave_without_a_customer(domain: Domain) -> None:
    domain.customer = None
    domain.save()


def remove_the_maker(_domain: Domain) -> None:
    remove_member(Membership.objects.get(user__email="colleague@lindqvist.example"))


def switch_the_maker_off(_domain: Domain) -> None:
    User.objects.filter(email="colleague@lindqvist.example").update(is_active=False)


def delete_the_maker(_domain: Domain) -> None:
    User.objects.get(email="colleague@lindqvist.example").delete()


def delete_the_customer(domain: Domain) -> None:
    assert domain.customer is not None
    domain.customer.delete()


CHANGES = [
    (give_away, 410),
    (leave_without_a_customer, 410),
    (remove_the_maker, 410),
    (switch_the_maker_off, 410),
    (delete_the_maker, 404),
    (delete_the_customer, 404),
]


@pytest.mark.parametrize(("change", "status"), CHANGES)
def test_a_link_ends_with_what_it_was_made_for(
    token: str, change: Callable[[Domain], None], status: int
) -> None:
    colleague = User.objects.get(email="colleague@lindqvist.example")
    assert status_of(create_one_device_link(setup_of(colleague)).token) == 200
    change(Domain.objects.get(name="example.com"))
    assert status_of(token) == status
    assert Client().post(f"/s/{token}/test/", {"protocol": "imap", "password": "x"}).status_code == status


@pytest.mark.parametrize(("change", "status"), CHANGES)
def test_a_code_that_was_made_behind_a_link_ends_as_well(
    colleague: User, change: Callable[[Domain], None], status: int
) -> None:
    first = create_one_device_link(setup_of(colleague, ADDRESS)).token
    browser = Client()
    browser.get(f"/s/{first}/")
    known = set(SetupLink.objects.values_list("pk", flat=True))
    assert browser.post(f"/s/{first}/phone/").status_code == 200
    made = SetupLink.objects.exclude(pk__in=known).get()
    assert made.made_behind is not None
    change(Domain.objects.get(name="example.com"))
    assert browser.get(f"/s/{first}/").status_code == status


def test_a_link_ends_when_its_alias_moves_to_another_domain(owner: User) -> None:
    token = create_one_device_link(setup_of(owner, "anna@example.net")).token
    assert status_of(create_one_device_link(setup_of(owner, "anna@example.net")).token) == 200
    DomainAlias.objects.filter(name="example.net").update(domain=Domain.objects.get(name="elsewhere.example"))
    assert status_of(token) == 410


def test_a_link_of_staff_ends_when_they_are_staff_no_more(setup_link: MakeLink) -> None:
    sam = ensure_user("sam@hoster.example")
    User.objects.filter(pk=sam.pk).update(is_staff=True)
    link, token = setup_link()
    SetupLink.objects.filter(pk=link.pk).update(created_by=sam)
    assert status_of(token) == 200
    User.objects.filter(pk=sam.pk).update(is_staff=False)
    assert status_of(token) == 410


@pytest.mark.parametrize("change", [change for change, _status in CHANGES if change is not delete_the_maker])
def test_a_test_is_seen_by_nobody_who_does_not_belong_to_it_any_more(
    colleague: User, stranger: User, signed_in: Callable[[User], Client], change: Callable[[Domain], None]
) -> None:
    test = finished(queued(colleague), findings())
    path = f"/tests/{test.reference}/"
    theirs, others = signed_in(colleague), signed_in(stranger)
    assert (theirs.get(path).status_code, others.get(path).status_code) == (200, 404)
    change(Domain.objects.get(name="example.com"))
    stays = change in (give_away, leave_without_a_customer)
    assert theirs.get(path).status_code == (200 if stays else 404)
    assert others.get(path).status_code == 404
    assert ConnectionTest.objects.exists() is (change is not delete_the_customer)
