"""What is written about people, and who may see whom, without a page in between."""

import hashlib
import re
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser, Permission
from django.core import mail
from django.http import HttpRequest
from pytest_django.fixtures import Settings
from time_machine import TimeMachineFixture

from accounts import access, selectors, services, tasks
from accounts.brands import Brand, portal_url
from accounts.models import Customer, Invitation, Membership, SupportVisit, User
from tests.accounts.conftest import person

Role = Membership.Role
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BRAND = Brand("Northwind Hosting", support_phone="", support_url="", support_hours="", privacy_url="")


def addresses(user: User) -> list[tuple[str, bool, bool]]:
    return sorted((one.email, one.verified, one.primary) for one in user.emailaddress_set.all())


def invited(customer: Customer, by: User, email: str = "new@lindqvist.example", role: str = "member") -> str:
    """Invite somebody; returns the token in the mail."""
    services.invite(
        customer, email, role, invited_by=by, brand=BRAND, link_for="https://mail.example/i/{}".format
    )
    found = re.search(r"https://mail.example/i/(\S+)", mail.outbox[-1].body)
    assert found
    return found[1]


# --- People -------------------------------------------------------------------------------------------


def test_somebody_new_has_a_verified_address_and_no_password(db: None) -> None:
    user = services.ensure_user("  Anna@Lindqvist.example ")

    assert user.email == "anna@lindqvist.example"
    assert addresses(user) == [("anna@lindqvist.example", True, True)]
    assert not user.has_usable_password()
    assert not User.objects.get().has_usable_password()


def test_somebody_known_keeps_the_password(db: None) -> None:
    user = person("anna@lindqvist.example")

    assert services.ensure_user("ANNA@lindqvist.example ") == user
    assert User.objects.get().has_usable_password()


def test_somebody_known_without_a_list_of_addresses_gets_one_and_keeps_the_password(db: None) -> None:
    user = User.objects.create_user(email="anna@lindqvist.example", password="chosen in the shell")

    assert services.ensure_user("anna@lindqvist.example") == user
    assert addresses(user) == [("anna@lindqvist.example", True, True)]
    assert User.objects.get().has_usable_password()


def test_an_address_that_comes_back_does_not_take_the_first_place(db: None) -> None:
    user = services.ensure_user("anna@lindqvist.example")
    EmailAddress.objects.all().delete()
    EmailAddress.objects.create(user=user, email="anna@home.example", verified=True, primary=True)

    services.ensure_user("anna@lindqvist.example")

    assert addresses(user) == [("anna@home.example", True, True), ("anna@lindqvist.example", True, False)]


def test_an_address_in_use_elsewhere_is_left_where_it_is(db: None) -> None:
    services.ensure_user("otto@elsewhere.example")

    services.ensure_user("anna@lindqvist.example")

    assert addresses(User.objects.get(email="otto@elsewhere.example")) == [
        ("otto@elsewhere.example", True, True)
    ]


def test_the_old_addresses_go_when_one_takes_their_place(db: None) -> None:
    user, other = services.ensure_user("anna@old.example"), services.ensure_user("otto@elsewhere.example")
    EmailAddress.objects.create(user=user, email="anna@new.example", verified=False, primary=False)

    services.replace_addresses(user, " Anna@New.example ", brand=BRAND)

    assert addresses(user) == [("anna@new.example", True, True)]
    assert User.objects.get(pk=user.pk).email == "anna@new.example"
    assert [message.to for message in mail.outbox] == [["anna@old.example"]]
    assert "at Northwind Hosting has changed" in mail.outbox[0].body
    assert "from anna@old.example to anna@new.example" in mail.outbox[0].body
    assert addresses(other) == [("otto@elsewhere.example", True, True)]


def test_an_owner_is_made_once(customer: Customer) -> None:
    assert services.ensure_owner("anna@lindqvist.example", customer)
    assert not services.ensure_owner("anna@lindqvist.example", customer)
    assert Membership.objects.get().role == Role.OWNER


def test_a_member_stays_one_when_the_provider_names_them_again(customer: Customer, colleague: User) -> None:
    assert not services.ensure_owner(colleague.email, customer)
    assert Membership.objects.get(user=colleague).role == Role.MEMBER


def test_whose_address_it_is(db: None) -> None:
    anna, otto = services.ensure_user("anna@lindqvist.example"), services.ensure_user("otto@x.example")
    EmailAddress.objects.create(user=otto, email="unproven@x.example", verified=False, primary=False)

    assert services.owns_address(anna, "Anna@lindqvist.example")
    assert not services.owns_address(otto, "anna@lindqvist.example")
    assert not services.owns_address(otto, "unproven@x.example")
    assert selectors.has_account("anna@lindqvist.example")
    assert not selectors.has_account("unproven@x.example")
    assert not selectors.has_account("nobody@x.example")


# --- Invitations --------------------------------------------------------------------------------------


def test_an_invitation_says_who_where_and_until_when(
    customer: Customer, owner: User, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(NOW, tick=False)

    token = invited(customer, owner, " New@Lindqvist.example ", "owner")

    row = Invitation.objects.get()
    assert (row.customer, row.email, row.role, row.invited_by) == (
        customer,
        "new@lindqvist.example",
        "owner",
        owner,
    )
    assert row.expires_at == NOW + timedelta(days=7)
    assert row.token_hash == hashlib.sha256(token.encode()).hexdigest()
    # 256 bits, which nobody guesses (RFC 4086 section 8).
    assert len(token) == 43
    assert mail.outbox[-1].to == ["new@lindqvist.example"]
    assert mail.outbox[-1].subject == "Set up your mail at Lindqvist AB"


def test_a_newer_invitation_ends_the_older_one_of_that_address_alone(
    customer: Customer, owner: User, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(NOW, tick=False)
    first, other = invited(customer, owner), invited(customer, owner, "other@lindqvist.example")

    second = invited(customer, owner)

    states = {token: selectors.invitation_by_token(token) for token in (first, other, second)}
    assert [states[token].revoked_at for token in (first, other, second)] == [NOW, None, None]  # type: ignore[union-attr]


def test_somebody_of_another_customer_can_be_invited(
    customer: Customer, owner: User, colleague: User, stranger: User
) -> None:
    with pytest.raises(services.AlreadyMember):
        invited(customer, owner, f" {colleague.email.upper()} ")
    assert mail.outbox == []

    invited(customer, owner, stranger.email)

    assert len(mail.outbox) == 1


def test_joining_is_written_once(customer: Customer, owner: User, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)
    invitation = selectors.invitation_by_token(invited(customer, owner, role="owner"))
    user = services.ensure_user("new@lindqvist.example")
    assert invitation is not None

    membership = services.accept_invitation(invitation, user)

    assert (membership.user, membership.customer, membership.role) == (user, customer, "owner")
    assert Invitation.objects.get().accepted_at == NOW
    with pytest.raises(services.InvitationUnusable):
        services.accept_invitation(invitation, user)


def test_a_member_who_accepts_another_invitation_keeps_the_role(
    customer: Customer, owner: User, stranger: User
) -> None:
    invited(customer, owner, stranger.email, "member")
    Membership.objects.create(user=stranger, customer=customer, role=Role.OWNER)

    assert services.accept_invitation(Invitation.objects.get(), stranger).role == Role.OWNER


def test_nobody_else_joins_by_an_invitation(customer: Customer, owner: User, stranger: User) -> None:
    invited(customer, owner)
    invitation = Invitation.objects.get()

    with pytest.raises(services.InvitationUnusable):
        services.accept_invitation(invitation, stranger)

    assert Invitation.objects.get().accepted_at is None
    assert not customer.memberships.filter(user=stranger).exists()


def test_taking_an_invitation_back(customer: Customer, owner: User, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)
    invited(customer, owner)
    invited(customer, owner, "other@lindqvist.example")
    used = Invitation.objects.create(customer=customer, email="x@y.example", token_hash="0", expires_at=NOW)

    services.revoke_invitation(Invitation.objects.get(email="new@lindqvist.example"))
    services.revoke_invitation(used)

    revoked = dict(Invitation.objects.values_list("email", "revoked_at"))
    assert revoked == {"new@lindqvist.example": NOW, "other@lindqvist.example": None, "x@y.example": None}


def test_a_token_finds_its_invitation_and_no_other(
    customer: Customer, owner: User, django_assert_num_queries: Any
) -> None:
    token = invited(customer, owner)

    with django_assert_num_queries(1):
        found = selectors.invitation_by_token(token)
        assert found is not None
        assert (found.customer, found.invited_by) == (customer, owner)
    assert found == Invitation.objects.get()
    assert selectors.invitation_by_token(token[:-1]) is None


# --- Who belongs to whom --------------------------------------------------------------------------------


def test_the_last_owner_neither_leaves_nor_steps_down(
    customer: Customer, owner: User, colleague: User, stranger: User
) -> None:
    mine, theirs = (Membership.objects.get(user=user) for user in (owner, colleague))

    with pytest.raises(services.LastOwner):
        services.remove_member(mine)
    with pytest.raises(services.LastOwner):
        services.change_role(mine, Role.MEMBER)
    services.change_role(mine, Role.OWNER)
    services.change_role(theirs, Role.MEMBER)
    services.change_role(theirs, Role.OWNER)
    assert Membership.objects.get(pk=theirs.pk).role == Role.OWNER
    services.change_role(mine, Role.MEMBER)
    assert Membership.objects.get(pk=mine.pk).role == Role.MEMBER
    services.remove_member(mine)
    assert list(customer.memberships.values_list("user", flat=True)) == [colleague.pk]


def test_a_member_leaves_an_owner_behind(customer: Customer, owner: User, colleague: User) -> None:
    services.remove_member(Membership.objects.get(user=colleague))

    assert list(customer.users.all()) == [owner]


def test_customers_are_those_one_belongs_to(
    customer: Customer, owner: User, colleague: User, stranger: User, support: User
) -> None:
    assert list(access.customers_of(owner)) == list(access.customers_of(colleague)) == [customer]
    assert list(access.customers_owned_by(owner)) == [customer]
    assert not access.customers_owned_by(colleague).exists()
    assert not access.customers_of(support).exists()
    assert list(access.customers_of(stranger)) != [customer]


def test_people_of_a_customer_are_its_members_and_its_open_invitations(
    customer: Customer, owner: User, colleague: User, stranger: User
) -> None:
    invited(customer, owner, "z@lindqvist.example")
    invited(customer, owner)
    services.revoke_invitation(Invitation.objects.get(email="z@lindqvist.example"))
    third, boss = person("a-colleague@lindqvist.example"), person("a-boss@lindqvist.example")
    Membership.objects.create(user=third, customer=customer, role=Role.MEMBER)
    Membership.objects.create(user=boss, customer=customer, role=Role.OWNER)

    (found,) = selectors.people_of(colleague)

    # By what they may do, and by address among equals.
    assert [one.user for one in found.memberships.all()] == [third, colleague, boss, owner]
    assert [one.email for one in found.open_invitations] == ["new@lindqvist.example"]  # type: ignore[attr-defined]


def test_an_unproven_address_belongs_nowhere(customer: Customer, owner: User, stranger: User) -> None:
    EmailAddress.objects.create(user=owner, email="maybe@lindqvist.example", verified=False, primary=False)

    assert selectors.belongs(customer, owner.email)
    assert not selectors.belongs(customer, "maybe@lindqvist.example")
    assert not selectors.belongs(customer, stranger.email)


# --- Support --------------------------------------------------------------------------------------------


def test_a_visit_is_written_down_and_ends_once(
    support: User, owner: User, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(NOW, tick=False)
    other = services.start_support_visit(support, owner, "Ticket 1")
    visit = services.start_support_visit(support, owner, "Ticket 2")
    assert (visit.staff, visit.user, visit.reason, visit.ended_at) == (support, owner, "Ticket 2", None)

    services.end_support_visit(visit)
    time_machine.move_to(NOW + timedelta(minutes=1), tick=False)
    services.end_support_visit(visit)

    ended = dict(SupportVisit.objects.values_list("pk", "ended_at"))
    assert ended == {visit.pk: NOW, other.pk: None}
    assert selectors.open_visit(visit.pk, support) is None
    assert selectors.open_visit(other.pk, support) == other
    assert selectors.open_visit(other.pk, owner) is None
    assert selectors.open_visit(None, support) is None


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"is_staff": True}, {"is_superuser": True}, {}], ids=str
)
def test_support_sees_as_people_of_customers_do_and_as_nobody_else(
    support: User, owner: User, change: dict[str, bool]
) -> None:
    for field, value in change.items():
        setattr(owner, field, value)

    assert access.may_view_as(staff=support, user=owner) is not bool(change)


def test_who_may_see_as_a_customer(owner: User, colleague: User) -> None:
    clerk = person("clerk@hoster.example", is_staff=True)
    assert not access.may_view_as(staff=clerk, user=owner)

    permission = Permission.objects.get(codename="view_as_customer")
    clerk.user_permissions.add(permission)
    colleague.user_permissions.add(permission)

    assert access.may_view_as(staff=User.objects.get(pk=clerk.pk), user=owner)
    assert not access.may_view_as(staff=User.objects.get(pk=colleague.pk), user=owner)
    assert not access.may_view_as(staff=AnonymousUser(), user=owner)
    assert not access.may_view_as(staff=clerk, user=person("nobody@example.com"))


def test_only_a_hijacked_session_is_a_visit(owner: User) -> None:
    request = HttpRequest()
    request.user = owner
    assert access.is_support_visit(request) is False

    owner.is_hijacked = True  # type: ignore[attr-defined]  # hijack's middleware sets it
    assert access.is_support_visit(request) is True


# --- Mail ---------------------------------------------------------------------------------------------


def test_an_address_that_was_only_claimed_hears_of_no_change(db: None) -> None:
    user = services.ensure_user("anna@old.example")
    EmailAddress.objects.create(user=user, email="somebody@else.example", verified=False, primary=False)

    services.replace_addresses(user, "anna@new.example", brand=BRAND)

    assert [message.to for message in mail.outbox] == [["anna@old.example"]]


def test_a_mail_has_both_of_its_forms_and_says_who_sent_it() -> None:
    tasks.deliver(
        subject="Steps", body="1.", html="<p>1.</p>", to="bo@x.example", sender="Anna <a@x.example>"
    )

    (sent,) = mail.outbox
    assert (sent.subject, sent.body, sent.to, sent.from_email) == (
        "Steps",
        "1.",
        ["bo@x.example"],
        "Anna <a@x.example>",
    )
    assert [tuple(form) for form in sent.alternatives] == [("<p>1.</p>", "text/html")]  # type: ignore[attr-defined]


def test_a_mail_to_nobody_is_not_sent() -> None:
    tasks.deliver(subject="Steps", body="1.", to="")

    assert mail.outbox == []


# --- Where the portal is --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "https_only", "where"),
    [
        ("", True, "https://mail.hoster.example"),
        ("", False, "http://mail.hoster.example"),
        ("https://setup.hoster.example/", False, "https://setup.hoster.example"),
    ],
)
def test_links_in_mails_lead_to_the_first_name_of_the_portal_as_it_is_reached(
    settings: Settings, url: str, where: str, *, https_only: bool
) -> None:
    settings.PORTAL_URL, settings.HTTPS_ONLY = url, https_only
    settings.PORTAL_HOSTS = ["mail.hoster.example", "other.hoster.example"]

    assert portal_url() == where


# --- What staff may see and do --------------------------------------------------------------------------

DESK = {
    "see_tests": "connection_tests.view_connectiontest",
    "see_transcripts": "connection_tests.view_transcript",
    "start_tests": "connection_tests.add_connectiontest",
    "see_report_links": "connection_tests.view_reportlink",
    "make_report_links": "connection_tests.add_reportlink",
    "revoke_report_links": "connection_tests.delete_reportlink",
    "see_domains": "hosting.view_domain",
    "see_servers": "hosting.view_server",
    "see_links": "setup_links.view_setuplink",
    "make_links": "setup_links.add_setuplink",
    "revoke_links": "setup_links.change_setuplink",
    "see_customers": "accounts.view_customer",
    "see_people": "accounts.view_user",
    "see_invitations": "accounts.view_invitation",
    "send_invitations": "accounts.add_invitation",
    "see_visits": "accounts.view_supportvisit",
    "view_as": "accounts.view_as_customer",
}


def clerk_with(*permissions: str, is_staff: bool = True) -> User:
    """Somebody who has these permissions and no others."""
    clerk = person("clerk@hoster.example", is_staff=is_staff)
    names = [permission.split(".") for permission in permissions]
    clerk.user_permissions.set(
        Permission.objects.get(content_type__app_label=app, codename=codename) for app, codename in names
    )
    return User.objects.get(pk=clerk.pk)


@pytest.mark.parametrize(("right", "permission"), DESK.items())
def test_each_right_at_the_desk_is_one_permission_of_staff(db: None, right: str, permission: str) -> None:
    assert access.desk_rights(clerk_with(permission)) == access.DeskRights(**{right: True})
    assert access.desk_rights(clerk_with(permission, is_staff=False)) == access.DeskRights()


def test_nobody_has_a_right_at_the_desk_without_being_given_it(db: None) -> None:
    rights = access.desk_rights(AnonymousUser())
    assert asdict(rights) == dict.fromkeys(DESK, False)
    assert access.desk_rights(clerk_with()) == rights


@pytest.mark.parametrize("right", DESK)
def test_the_desk_is_there_for_who_finds_something_at_it(right: str) -> None:
    finds = right in ("see_tests", "see_domains", "see_customers")
    assert access.DeskRights(**{right: True}).desk is finds


def test_servers_are_watched_by_staff_with_the_permission(db: None) -> None:
    permission = "watch.view_watchedserver"
    assert access.may_see_the_watch(clerk_with(permission))
    assert not access.may_see_the_watch(clerk_with())
    assert not access.may_see_the_watch(clerk_with(permission, is_staff=False))
    assert not access.may_see_the_watch(AnonymousUser())


@pytest.mark.parametrize("permission", ["hosting.add_server", "hosting.change_server"])
def test_servers_are_tried_by_staff_who_may_store_one(db: None, permission: str) -> None:
    assert access.may_try_servers(clerk_with(permission))
    assert not access.may_try_servers(clerk_with("hosting.view_server"))
    assert not access.may_try_servers(clerk_with(permission, is_staff=False))
    assert not access.may_try_servers(AnonymousUser())


def test_in_a_visit_it_is_support_who_acts(support: User, owner: User) -> None:
    """By the name that sessions of before an update have, too."""
    visit = services.start_support_visit(support, owner, "Ticket 4711")
    request = HttpRequest()
    request.user, request.session = owner, {"support_visit": visit.pk}  # type: ignore[assignment]
    assert access.who_acts(request) == owner

    owner.is_hijacked = True  # type: ignore[attr-defined]  # hijack's middleware sets it
    assert access.who_acts(request) == support
