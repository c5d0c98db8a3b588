"""Who may do what with the people of a customer: everybody against every address."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Customer, Invitation, Membership, Removal, SupportVisit, User
from tests.accounts.conftest import person, signed_in

SIGN_IN, NOT_THERE, DONE = "/accounts/login/", 404, 302


@pytest.fixture
def browsers(
    owner: User, colleague: User, stranger: User, support: User, settings: Settings
) -> dict[str, Client]:
    settings.STAFF_SECOND_FACTOR_REQUIRED = False
    people = {"stranger": stranger, "colleague": colleague, "owner": owner, "support": support}
    return {"anonymous": Client(), **{who: signed_in(user) for who, user in people.items()}}


@pytest.fixture
def paths(owner: User, colleague: User, customer: Customer) -> dict[str, str]:
    invitation = Invitation.objects.create(
        customer=customer,
        email="invited@lindqvist.example",
        token_hash="0" * 64,
        expires_at=timezone.now() + timedelta(days=1),
    )
    membership = Membership.objects.get(user=colleague)
    gone = person("gone@lindqvist.example")
    removal = Removal.objects.create(user=gone, customer=customer, role=Membership.Role.MEMBER)
    return {
        "invite": f"/accounts/people/customers/{customer.pk}/invite/",
        "role": f"/accounts/people/memberships/{membership.pk}/role/",
        "undo": f"/accounts/people/removals/{removal.pk}/undo/",
        "remove": f"/accounts/people/memberships/{membership.pk}/remove/",
        "cancel": f"/accounts/people/invitations/{invitation.pk}/end/",
        "view as": f"/accounts/view-as/{owner.pk}/",
        "end of a visit": "/accounts/view-as/end/",
    }


def everything() -> list[Any]:
    """What somebody without the right must leave as it is."""
    return [
        list(Membership.objects.order_by("pk").values()),
        list(Invitation.objects.order_by("pk").values()),
        list(SupportVisit.objects.order_by("pk").values()),
        len(mail.outbox),
    ]


FORMS = {
    "invite": {"email": "new@lindqvist.example", "role": "owner"},
    "role": {"role": "owner"},
    "view as": {"reason": "Ticket 4711"},
}


PEOPLE = ("anonymous", "stranger", "colleague", "owner", "support")


@pytest.mark.parametrize(
    ("action", "answers"),
    [
        ("invite", (SIGN_IN, NOT_THERE, NOT_THERE, DONE, NOT_THERE)),
        ("role", (SIGN_IN, NOT_THERE, NOT_THERE, DONE, NOT_THERE)),
        ("undo", (SIGN_IN, NOT_THERE, NOT_THERE, DONE, NOT_THERE)),
        ("remove", (SIGN_IN, NOT_THERE, NOT_THERE, DONE, NOT_THERE)),
        ("cancel", (SIGN_IN, NOT_THERE, NOT_THERE, DONE, NOT_THERE)),
        ("view as", (SIGN_IN, NOT_THERE, NOT_THERE, NOT_THERE, DONE)),
        # Nobody of them is on a visit.
        ("end of a visit", (403, 403, 403, 403, 403)),
    ],
)
def test_only_who_may_changes_anything(
    action: str, answers: tuple[str | int, ...], browsers: dict[str, Client], paths: dict[str, str]
) -> None:
    # Whoever may comes last: nobody else's try must have changed anything before.
    for who, answer in sorted(zip(PEOPLE, answers, strict=True), key=lambda pair: pair[1] == DONE):
        before = everything()
        response = browsers[who].post(paths[action], FORMS.get(action, {}))

        if answer == SIGN_IN:
            assert response.headers["location"].startswith(SIGN_IN), who
        else:
            assert response.status_code == answer, who
        assert (everything() != before) is (answer == DONE), who
