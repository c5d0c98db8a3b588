"""Staff: a second factor first; and looking as a customer with a reason, on record, without passwords."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import Customer, SupportVisit, User
from accounts.services import ensure_owner
from tests.accounts.authenticator import enrol
from tests.accounts.conftest import person, signed_in
from tests.html import read


@pytest.fixture
def desk(support: User) -> Client:
    """Support's browser, signed in with a second factor."""
    browser = signed_in(support)
    enrol(browser)
    return browser


@pytest.fixture
def visit(desk: Client, owner: User) -> Client:
    """The same browser, looking as the owner."""
    answer = desk.post(f"/accounts/view-as/{owner.pk}/", {"reason": "Ticket 4711"})
    assert answer.status_code == 302
    return desk


def test_the_admin_wants_a_second_factor_of_staff(support: User) -> None:
    browser = signed_in(support)
    assert browser.get("/admin/").headers["location"] == "/accounts/2fa/"
    assert browser.get("/admin/accounts/user/").headers["location"] == "/accounts/2fa/"

    told = browser.get("/admin/", follow=True).content.decode()
    assert "The admin shows every customer’s data. Set up a second step for your sign-in first." in told
    assert "the admin opens once one of these is set up. Your phone needs an app for it" in told

    enrol(browser)

    assert browser.get("/admin/").status_code == 200
    assert 'href="/admin/">Go on to the admin</a>' in browser.get("/accounts/2fa/").content.decode()


def test_customers_are_not_told_about_the_admin(owner: User) -> None:
    page = signed_in(owner).get("/accounts/2fa/").content.decode()
    assert "admin" not in page


def test_who_makes_somebody_staff_is_told_of_the_second_step(desk: Client, owner: User) -> None:
    page = desk.get(f"/admin/accounts/user/{owner.pk}/change/").content.decode()
    assert "Sees the admin once a second step is set up for the sign-in" in page


def test_the_admins_sign_in_is_the_portals(client: Client, db: None) -> None:
    answer = client.get("/admin/login/?next=/admin/")

    assert answer.headers["location"].startswith("/accounts/login/")


@pytest.mark.parametrize("page", ["user", "customer", "invitation", "supportvisit"])
def test_the_admin_lists_and_finds(desk: Client, visit: Client, owner: User, page: str) -> None:
    visit.post("/accounts/view-as/end/")

    assert desk.get(f"/admin/accounts/{page}/", {"q": "lindqvist"}).status_code == 200


def test_a_visit_needs_a_reason(desk: Client, owner: User) -> None:
    answer = desk.post(f"/accounts/view-as/{owner.pk}/", {"reason": " "})

    assert answer.status_code == 422
    assert not SupportVisit.objects.exists()
    assert desk.get("/admin/").status_code == 200


def test_there_is_no_way_around_the_reason(desk: Client, owner: User) -> None:
    assert desk.post("/hijack/acquire/", {"user_pk": owner.pk}).status_code == 404


def test_a_visit_is_on_record_from_start_to_end(visit: Client, support: User, owner: User) -> None:
    page = visit.get("/accounts/people/").content.decode()
    assert f"You’re looking as {owner.email}" in page

    visit.post("/accounts/view-as/end/")

    record = SupportVisit.objects.get()
    assert (record.staff, record.user, record.reason) == (support, owner, "Ticket 4711")
    assert record.ended_at is not None
    assert record.ended_at >= record.started_at
    assert visit.get("/admin/").status_code == 200


def test_signing_out_ends_the_visit(visit: Client) -> None:
    visit.post("/accounts/logout/")

    assert SupportVisit.objects.get().ended_at is not None


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/password/change/",
        "/accounts/password/reset/",
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/email/",
        "/accounts/confirm-email/",
        "/accounts/name/",
        "/accounts/sessions/",
        "/accounts/3rdparty/",
        "/accounts/reauthenticate/",
    ],
)
def test_pages_about_sign_in_are_shut_during_a_visit(visit: Client, path: str) -> None:
    assert visit.get(path).status_code == 403
    assert visit.post(path).status_code == 403


def test_people_are_not_changed_during_a_visit(visit: Client, owner: User) -> None:
    customer = owner.customers.get()

    answer = visit.post(
        f"/accounts/people/customers/{customer.pk}/invite/", {"email": "me@hoster.example", "role": "owner"}
    )

    assert answer.status_code == 403
    assert not customer.invitations.exists()


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": True}, {"is_superuser": True}])
def test_nobody_gains_rights_by_a_visit(desk: Client, owner: User, change: dict[str, bool]) -> None:
    User.objects.filter(pk=owner.pk).update(**change)

    assert desk.post(f"/accounts/view-as/{owner.pk}/", {"reason": "Curious"}).status_code == 404


def test_there_is_nothing_to_see_of_somebody_without_a_customer(desk: Client) -> None:
    nobodys = person("nobody@example.com")

    assert desk.post(f"/accounts/view-as/{nobodys.pk}/", {"reason": "Curious"}).status_code == 404


def test_the_permission_is_for_staff_alone(owner: User, colleague: User) -> None:
    colleague.user_permissions.add(Permission.objects.get(codename="view_as_customer"))

    assert signed_in(colleague).get(f"/accounts/view-as/{owner.pk}/").status_code == 404


def test_staff_without_the_permission_and_customers_get_404(owner: User, colleague: User) -> None:
    clerk = person("clerk@hoster.example", is_staff=True)
    browser = signed_in(clerk)
    enrol(browser)

    assert browser.get(f"/accounts/view-as/{owner.pk}/").status_code == 404
    assert signed_in(colleague).get(f"/accounts/view-as/{owner.pk}/").status_code == 404

    clerk.user_permissions.add(Permission.objects.get(codename="view_as_customer"))
    assert browser.get(f"/accounts/view-as/{owner.pk}/").status_code == 200


def test_a_clerk_who_may_change_people_cannot_become_mightier(support: User, owner: User) -> None:
    clerk = person("clerk@hoster.example", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(content_type__model="user"))
    browser = signed_in(clerk)
    enrol(browser)

    own = browser.get(f"/admin/accounts/user/{clerk.pk}/change/").content.decode()
    mighty = browser.get(f"/admin/accounts/user/{support.pk}/change/").content.decode()
    mate = person("mate@hoster.example", is_staff=True)
    equal = browser.get(f"/admin/accounts/user/{mate.pk}/change/").content.decode()

    assert 'name="is_superuser"' not in own
    assert 'name="email"' in own
    assert 'name="email"' not in mighty
    assert 'name="email"' not in equal
    assert 'name="email"' in browser.get(f"/admin/accounts/user/{owner.pk}/change/").content.decode()


def test_an_address_that_support_changes_takes_the_place_of_the_old_one(desk: Client, owner: User) -> None:
    form = {"email": "Anna@new.example", "name": "Anna", "is_active": "on"}
    theirs = signed_in(owner)
    inline = {f"memberships-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}

    answer = desk.post(f"/admin/accounts/user/{owner.pk}/change/", form | inline)

    assert answer.status_code == 302, answer.content.decode()
    owner.refresh_from_db()
    assert owner.email == "anna@new.example"
    assert [(a.email, a.verified, a.primary) for a in owner.emailaddress_set.all()] == [
        ("anna@new.example", True, True)
    ]
    assert theirs.get("/accounts/people/").status_code == 302, "whoever came in by the old one is still there"
    assert not ensure_owner("owner@lindqvist.example", owner.customers.get())
    assert desk.get("/admin/").status_code == 200


def test_an_address_that_somebody_else_signs_in_with_is_refused(
    desk: Client, owner: User, stranger: User
) -> None:
    """Also where their account says another one."""
    User.objects.filter(pk=stranger.pk).update(email="other@elsewhere.example")
    form = {"email": "Stranger@elsewhere.example", "name": "Anna", "is_active": "on"}
    inline = {f"memberships-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}

    for path in (f"{owner.pk}/change/", "add/"):
        answer = desk.post(f"/admin/accounts/user/{path}", form | inline)
        assert "Somebody else signs in with this address already." in answer.content.decode()

    owner.refresh_from_db()
    assert owner.email == "owner@lindqvist.example"


def test_support_adds_a_person_who_then_signs_in_by_code(desk: Client, client: Client) -> None:
    inline = {f"memberships-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}

    desk.post("/admin/accounts/user/add/", {"email": "New@lindqvist.example", "is_active": "on"} | inline)
    client.post("/accounts/login/code/", {"email": "new@lindqvist.example"})

    assert not User.objects.get(email="new@lindqvist.example").has_usable_password()
    assert mail.outbox[-1].to == ["new@lindqvist.example"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/servers/"),
        ("post", "/servers/check/"),
        ("get", "/servers/try/"),
        ("get", "/desk/"),
        ("get", "/accounts/view-as/{owner}/"),
        ("post", "/accounts/view-as/{owner}/"),
    ],
)
def test_no_page_of_staff_opens_without_the_second_factor(
    support: User, owner: User, method: str, path: str
) -> None:
    answer = getattr(signed_in(support), method)(path.format(owner=owner.pk), {"reason": "Ticket 4711"})

    assert answer.headers["location"] == "/accounts/2fa/"
    assert not SupportVisit.objects.exists()


def test_a_clerk_deletes_customers_people_and_no_staff(support: User, owner: User) -> None:
    clerk = person("clerk@hoster.example", is_staff=True)
    clerk.user_permissions.set(
        Permission.objects.filter(
            content_type__model__in=("user", "emailaddress", "usersession", "membership")
        )
    )
    browser = signed_in(clerk)
    enrol(browser)

    for user, status in ((support, 403), (person("mate@hoster.example", is_staff=True), 403), (owner, 200)):
        assert browser.get(f"/admin/accounts/user/{user.pk}/delete/").status_code == status


def test_the_list_of_people_leads_to_a_visit_of_whom_one_may_visit(
    desk: Client, owner: User, colleague: User
) -> None:
    User.objects.filter(pk=colleague.pk).update(is_active=False)

    links = [link for link in read(desk.get("/admin/accounts/user/")).all("a") if "view-as" in link["href"]]
    assert [link["href"] for link in links] == [f"/accounts/view-as/{owner.pk}/"]


def test_the_admin_cancels_the_chosen_invitations(desk: Client, owner: User) -> None:
    customer, expires_at = owner.customers.get(), timezone.now() + timedelta(days=1)
    one, other = (
        customer.invitations.create(email=email, token_hash=email, expires_at=expires_at)
        for email in ("one@lindqvist.example", "other@lindqvist.example")
    )

    said = desk.post(
        "/admin/accounts/invitation/", {"action": "cancel", "_selected_action": one.pk}, follow=True
    )

    assert "The links in those mails no longer work." in said.content.decode()
    assert list(customer.invitations.usable()) == [other]


def test_the_admin_invites_to_one_customer_and_nobody_who_belongs_there(
    desk: Client, owner: User, stranger: User
) -> None:
    customers = list(Customer.objects.values_list("pk", flat=True))
    several = {"action": "invite", "_selected_action": customers}
    form = {"customer": owner.customers.get().pk, "email": "Owner@lindqvist.example", "role": "member"}

    said = desk.post("/admin/accounts/customer/", several, follow=True).content.decode()
    refused = desk.post("/admin/accounts/invitation/add/", form)

    assert "Choose one customer to invite somebody to." in said
    assert "This person belongs to the customer already." in refused.content.decode()
    assert mail.outbox == []


def test_who_thinks_better_of_a_visit_is_back_where_they_came_from(desk: Client, owner: User) -> None:
    assert read(desk.get(f"/accounts/view-as/{owner.pk}/")).links()["Cancel"] == "/desk/"
