"""Owners look after the people; members see them; strangers find nothing."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from accounts.models import Customer, Invitation, Membership, User
from accounts.services import ensure_user
from tests.accounts.conftest import signed_in
from tests.html import read

Role = Membership.Role


def membership(user: User) -> Membership:
    return Membership.objects.get(user=user)


def test_an_owner_sees_the_people_and_the_forms(owner: User, colleague: User) -> None:
    page = signed_in(owner).get("/accounts/people/").content.decode()

    assert colleague.email in page
    assert "Invite somebody" in page


def test_a_member_sees_the_people_and_no_forms(owner: User, colleague: User) -> None:
    page = signed_in(colleague).get("/accounts/people/").content.decode()

    assert owner.email in page
    assert "Invite somebody" not in page
    assert "Remove" not in page


def test_a_stranger_sees_nothing_of_it(owner: User, stranger: User) -> None:
    page = signed_in(stranger).get("/accounts/people/").content.decode()

    assert owner.email not in page
    assert "Lindqvist" not in page


@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_nobody_but_an_owner_changes_anything(
    who: str, owner: User, colleague: User, stranger: User, customer: Customer
) -> None:
    browser = signed_in({"colleague": colleague, "stranger": stranger}[who])
    invitation = Invitation.objects.create(
        customer=customer, email="x@example.com", token_hash="0" * 64, expires_at="2999-01-01T00:00Z"
    )
    pk = membership(owner).pk

    answers = [
        browser.post(
            f"/accounts/people/customers/{customer.pk}/invite/", {"email": "y@example.com", "role": "owner"}
        ),
        browser.post(f"/accounts/people/memberships/{pk}/role/", {"role": "member"}),
        browser.post(f"/accounts/people/memberships/{pk}/remove/"),
        browser.post(f"/accounts/people/invitations/{invitation.pk}/end/"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert membership(owner).role == Role.OWNER
    assert mail.outbox == []
    invitation.refresh_from_db()
    assert invitation.revoked_at is None


def test_an_owner_makes_somebody_else_an_owner_and_leaves(owner: User, colleague: User) -> None:
    browser = signed_in(owner)

    browser.post(f"/accounts/people/memberships/{membership(colleague).pk}/role/", {"role": "owner"})
    browser.post(f"/accounts/people/memberships/{membership(owner).pk}/remove/")

    assert membership(colleague).role == Role.OWNER
    assert not Membership.objects.filter(user=owner).exists()


def test_the_last_owner_stays(owner: User, colleague: User) -> None:
    browser = signed_in(owner)
    path = f"/accounts/people/memberships/{membership(owner).pk}"

    removed = browser.post(f"{path}/remove/", follow=True).content.decode()
    browser.post(f"{path}/role/", {"role": "member"})

    assert "Make another person an owner first" in removed
    assert membership(owner).role == Role.OWNER


def test_inviting_somebody_who_is_here_says_so(owner: User, colleague: User, customer: Customer) -> None:
    answer = signed_in(owner).post(
        f"/accounts/people/customers/{customer.pk}/invite/",
        {"email": colleague.email.upper(), "role": "member"},
    )

    assert answer.status_code == 422
    assert "belongs here already" in answer.content.decode()
    assert mail.outbox == []


def test_an_owner_cannot_send_mail_without_end(owner: User, customer: Customer) -> None:
    browser = signed_in(owner)
    path = f"/accounts/people/customers/{customer.pk}/invite/"

    answers = [
        browser.post(path, {"email": f"{number}@example.com", "role": "member"}).status_code
        for number in range(21)
    ]

    assert answers == [302] * 20 + [429]


def test_provisioning_finds_somebody_by_any_of_their_addresses(owner: User) -> None:
    EmailAddress.objects.filter(user=owner).update(primary=False)
    EmailAddress.objects.create(user=owner, email="anna@home.example", verified=True, primary=True)
    User.objects.filter(pk=owner.pk).update(email="anna@home.example")

    assert ensure_user("Owner@lindqvist.example") == owner
    assert User.objects.count() == 1


def test_a_password_from_before_the_provider_named_the_address_opens_nothing(customer: Customer) -> None:
    """Anybody can sign up with somebody else's address where sign-up is open, and wait for the provider."""
    user = User.objects.create_user(email="later@lindqvist.example", password="chosen by a squatter")
    EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)

    provided = ensure_user("later@lindqvist.example")

    assert provided != user
    assert not User.objects.get(email="later@lindqvist.example").has_usable_password()
    assert EmailAddress.objects.get(user=provided).verified


def test_who_changes_a_role_reads_whose_and_to_what(owner: User, colleague: User) -> None:
    path = f"/accounts/people/memberships/{membership(colleague).pk}/role/"

    page = read(signed_in(owner).post(path, {"role": "owner"}, follow=True)).text

    assert "colleague@lindqvist.example is now: owner." in page


def test_of_two_owners_each_can_step_down_and_leave(owner: User, colleague: User) -> None:
    Membership.objects.update(role=Role.OWNER)

    main = read(signed_in(owner).get("/accounts/people/")).one("main")

    assert [button.text for button in main.all("button")].count("Make a member") == 2
    assert [link.text for link in main.all("a")].count("Remove") == 2
    assert "The only owner" not in main.text
