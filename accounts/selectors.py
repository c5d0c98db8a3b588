"""Reads: people, invitations, visits."""

import hashlib

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db.models import Prefetch, QuerySet

from accounts import access
from accounts.models import Customer, Invitation, Membership, Removal, SupportVisit, User


def people_of(user: User) -> QuerySet[Customer]:
    """The customers of `user`, each with everybody who belongs to it, the invitations still open,
    and whoever was removed a moment ago.
    """
    return access.customers_of(user).prefetch_related(
        Prefetch("memberships", Membership.objects.select_related("user").order_by("role", "user__email")),
        Prefetch("invitations", Invitation.objects.usable(), to_attr="open_invitations"),
        Prefetch(
            "removals",
            Removal.objects.undoable().select_related("user").order_by("-removed_at"),
            to_attr="undoable_removals",
        ),
    )


def left_by(user: User) -> QuerySet[Customer]:
    """The customers that `user` was removed from lately: removals are forgotten within a day or so."""
    left = Customer.objects.filter(removals__user=user, removals__undone_at=None)
    return left.exclude(memberships__user=user)


def token_hash(token: str) -> str:
    """What is stored of an invitation's token: nobody who reads the database can use the link."""
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_by_token(token: str) -> Invitation | None:
    """The invitation that this token was mailed for, used up or not; None for a made-up token."""
    known = Invitation.objects.select_related("customer", "invited_by")
    return known.filter(token_hash=token_hash(token)).first()


def user_with(email: str) -> User | None:
    """Whose sign-in address this is, confirmed or not."""
    return User.objects.filter(emailaddress__email=email.lower()).first()


def owner_of(email: str) -> User | None:
    """Who signs in with this address."""
    return User.objects.filter(emailaddress__email=email, emailaddress__verified=True).first()


def has_account(email: str) -> bool:
    """Whether somebody signs in with this address."""
    return owner_of(email) is not None


def belongs(customer: Customer, email: str) -> bool:
    """Whether somebody with this address belongs to `customer`."""
    mine = EmailAddress.objects.filter(email=email, verified=True).values("user")
    return customer.memberships.filter(user__in=mine).exists()


def other_sessions(user: User, session_key: str | None) -> QuerySet[UserSession]:
    """Where `user` is signed in besides the session with this key."""
    return UserSession.objects.filter(user=user).exclude(session_key=session_key)


def open_visit(visit_id: int | None, staff: User) -> SupportVisit | None:
    """The visit of `staff` that this session began and did not end."""
    if visit_id is None:
        return None
    return SupportVisit.objects.filter(pk=visit_id, staff=staff, ended_at=None).first()
