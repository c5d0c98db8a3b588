"""What staff, or somebody who gets at a staff session, can do beyond their rights."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings
from time_machine import TimeMachineFixture

from accounts.models import Customer, Invitation, Membership, SupportVisit, User
from mailsetup.setup_links.models import SetupLink
from tests.accounts.authenticator import enrol
from tests.accounts.conftest import PASSWORD, person, signed_in
from tests.html import read
from tests.provider import support_looking_as

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def clerk() -> Client:
    """Support staff with every permission there is, who are no superuser."""
    user = person("clerk@hoster.example", is_staff=True)
    user.user_permissions.set(Permission.objects.all())
    browser = signed_in(user)
    enrol(browser)
    return browser


# --- The admin -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("app", ["account", "mfa", "socialaccount", "usersessions"])
def test_nobody_edits_what_signs_people_in(clerk: Client, app: str) -> None:
    assert not [model for model in admin.site._registry if model._meta.app_label == app]
    assert clerk.get(f"/admin/{app}/").status_code == 404


def test_a_clerk_does_not_hand_out_rights_by_groups(clerk: Client) -> None:
    group = Group.objects.create(name="Support")
    assert clerk.get("/admin/").status_code == 200
    for path in ("", "add/", f"{group.pk}/change/", f"{group.pk}/delete/"):
        assert clerk.get(f"/admin/auth/group/{path}").status_code in (403, 404)
    form = {"name": "Support", "permissions": [permission.pk for permission in Permission.objects.all()]}
    assert clerk.post(f"/admin/auth/group/{group.pk}/change/", form).status_code == 403
    assert not group.permissions.exists()


# --- Sessions ------------------------------------------------------------------------------------------


@pytest.fixture
def later(time_machine: TimeMachineFixture) -> Callable[[timedelta], None]:
    time_machine.move_to(START, tick=False)
    return lambda passed: time_machine.move_to(START + passed, tick=False)


def test_staff_are_signed_out_after_eight_hours(later: Callable[[timedelta], None]) -> None:
    staff = person("boss@hoster.example", is_staff=True, is_superuser=True)
    customer = person("customer@lindqvist.example")
    browser, other = signed_in(staff), signed_in(customer)
    later(timedelta(hours=8) - SECOND)
    assert browser.get("/accounts/2fa/").status_code == 200
    later(timedelta(hours=8))
    answer = browser.get("/accounts/2fa/", follow=True)
    assert answer.request["PATH_INFO"] == "/accounts/login/"
    assert "You were signed in for long enough. Sign in again to go on." in answer.content.decode()
    assert other.get("/accounts/2fa/").status_code == 200


# --- Visits --------------------------------------------------------------------------------------------


def test_a_visit_ends_after_half_an_hour(owner: User, later: Callable[[timedelta], None]) -> None:
    later(timedelta())
    browser = support_looking_as(owner)
    later(timedelta(minutes=30) - SECOND)
    assert browser.get("/").status_code == 200
    later(timedelta(minutes=30))
    answer = browser.get("/", follow=True)
    assert "The support view is over. Sign in again to go on." in answer.content.decode()
    assert SupportVisit.objects.get().ended_at == START + timedelta(minutes=30)
    assert browser.get("/").status_code == 302


@pytest.mark.parametrize(
    ("who", "change"),
    [
        ("staff", {"is_active": False}),
        ("staff", {"is_staff": False, "is_superuser": False}),
        ("owner", {"is_staff": True}),
        ("owner", {"is_superuser": True}),
    ],
    ids=str,
)
def test_a_visit_ends_when_it_could_not_begin_any_more(
    owner: User, who: str, change: dict[str, bool]
) -> None:
    browser = support_looking_as(owner)
    assert browser.get("/").status_code == 200
    visit = SupportVisit.objects.get()
    User.objects.filter(pk={"staff": visit.staff_id, "owner": owner.pk}[who]).update(**change)
    assert browser.get("/").headers["location"] == "/accounts/login/"
    visit.refresh_from_db()
    assert visit.ended_at is not None


def test_a_visit_that_was_ended_elsewhere_is_over_here(owner: User) -> None:
    browser = support_looking_as(owner)
    SupportVisit.objects.update(ended_at=START)
    assert browser.get("/").status_code == 302


@pytest.mark.parametrize(("headers", "status"), [({}, 403), ({"HX-Request": "true"}, 200)])
def test_no_code_is_made_in_a_visit(owner: User, headers: dict[str, str], status: int) -> None:
    answer = support_looking_as(owner).post("/setup/anna@example.com/phone/", headers=headers)
    assert answer.status_code == status
    assert "In the support view no code is made" in read(answer).text
    assert not SetupLink.objects.exists()


# --- Second factors --------------------------------------------------------------------------------------


def test_a_secret_is_not_in_the_database(settings: Settings) -> None:
    user = person("anna@lindqvist.example")
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    TOTP.activate(user, secret)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        stored = str(cursor.fetchall())
    assert secret not in stored
    assert "gAAAA" in stored
    assert TOTP(Authenticator.objects.get()).instance.wrap().instance == Authenticator.objects.get()

    settings.CREDENTIALS_KEY = "YW5vdGhlciBrZXksIDMyIGJ5dGVzIG9mIGl0LCB5ZXM="
    browser = Client()
    browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert browser.post("/accounts/2fa/authenticate/", {"code": "123456"}).status_code == 200


# --- Confirming who one is -------------------------------------------------------------------------------


LATER = timedelta(minutes=6)


@pytest.fixture
def customer_of_anna(later: Callable[[timedelta], None]) -> Membership:
    """A customer that Anna owns and Bo is a member of; here is Bo's membership."""
    later(timedelta())
    customer = Customer.objects.create(name="Lindqvist AB")
    Membership.objects.create(
        customer=customer, user=person("anna@lindqvist.example"), role=Membership.Role.OWNER
    )
    return Membership.objects.create(customer=customer, user=person("bo@lindqvist.example"))


@pytest.mark.parametrize("what", ["invite", "role", "remove"])
def test_people_are_let_in_only_by_who_has_just_shown_who_they_are_and_nothing_is_typed_twice(
    what: str, customer_of_anna: Membership, later: Callable[[timedelta], None]
) -> None:
    bo = customer_of_anna
    path, form = {
        "invite": (
            f"/accounts/people/customers/{bo.customer_id}/invite/",
            {"email": "c@d.example", "role": "owner"},
        ),
        "role": (f"/accounts/people/memberships/{bo.pk}/role/", {"role": "owner"}),
        "remove": (f"/accounts/people/memberships/{bo.pk}/remove/", {}),
    }[what]
    browser = signed_in(User.objects.get(email="anna@lindqvist.example"))

    def people() -> list[Any]:
        return [*Membership.objects.values_list("user", "role"), *Invitation.objects.values_list("email")]

    later(LATER)
    before = people()
    answer = browser.post(path, form)
    assert answer.headers["location"].startswith("/accounts/reauthenticate/")
    assert people() == before

    browser.post(answer.headers["location"], {"password": "not hers"})
    assert people() == before

    done = browser.post(answer.headers["location"], {"password": PASSWORD}, follow=True)
    assert done.redirect_chain[-1] == ("/accounts/people/", 302)
    assert people() != before


@pytest.mark.parametrize("action", ["action_add", "action_primary", "action_remove"])
def test_addresses_are_changed_only_by_who_has_just_shown_who_they_are(
    action: str, later: Callable[[timedelta], None]
) -> None:
    later(timedelta())
    anna = person("anna@lindqvist.example")
    EmailAddress.objects.create(user=anna, email="second@lindqvist.example", verified=True, primary=False)
    browser = signed_in(anna)
    later(timedelta(minutes=6))
    email = "evil@elsewhere.example" if action == "action_add" else "second@lindqvist.example"
    answer = browser.post("/accounts/email/", {action: "", "email": email})
    assert answer.status_code == 302
    assert answer.headers["location"].startswith("/accounts/reauthenticate/")
    assert [(one.email, one.primary) for one in anna.emailaddress_set.order_by("pk")] == [
        ("anna@lindqvist.example", True),
        ("second@lindqvist.example", False),
    ]
