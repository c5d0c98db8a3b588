"""Writes: people, what they belong to, invitations, and support's visits."""

import logging
import secrets
from collections.abc import Callable
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone

from accounts import selectors, tasks
from accounts.brands import Brand
from accounts.models import (
    Customer,
    FormerAddress,
    Invitation,
    Membership,
    Removal,
    SupportVisit,
    User,
)

logger = logging.getLogger(__name__)


class LastOwner(Exception):
    """A customer would be left without anybody who looks after its people."""


class RemovalIsFinal(Exception):
    """It is too late to undo a removal."""


class RemovalUndone(Exception):
    """The person is back already."""


class AlreadyMember(Exception):
    """The invited person belongs to the customer already."""


class InvitationUnusable(Exception):
    """The invitation was used, taken back or is too old, or is for somebody else's address."""


@transaction.atomic
def ensure_user(email: str) -> User:
    """The user with this address, made without a password when new: they sign in by code or set one.

    The address counts as verified, because the provider says that it is theirs.
    """
    address = email.strip().lower()
    known = EmailAddress.objects.filter(email=address, verified=True).select_related("user").first()
    if known is not None:
        found: User = known.user
        return found
    release_address(address)
    user, created = User.objects.get_or_create(email=address)
    if created:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    first = not EmailAddress.objects.filter(user=user, primary=True).exclude(email=address).exists()
    EmailAddress.objects.update_or_create(
        user=user, email=address, defaults={"verified": True, "primary": first}
    )
    return user


@transaction.atomic
def release_address(email: str, *, keep: User | None = None) -> None:
    """Forget whoever claimed this address and never showed that mail to it reaches them; `keep` may go on.

    Anybody can sign up with somebody else's address, by a password or by a provider that verifies none, and
    wait for its owner to come. An account with nothing but such a claim goes as a whole: its password,
    connected accounts, second factors and sessions would all be the other one's.
    """
    address = email.strip().lower()
    verified = EmailAddress.objects.filter(verified=True).values("user")
    claims = EmailAddress.objects.filter(email=address, verified=False).exclude(user=keep)
    User.objects.filter(pk__in=claims.values("user"), is_staff=False, is_superuser=False).exclude(
        pk__in=verified
    ).delete()
    claims.delete()


@transaction.atomic
def end_a_claim(user: User, email: str) -> None:
    """Drop what opens the account of `user` by now, as they are about to show first that `email` is theirs.

    Somebody else may have signed up with it, by a password or by a provider that verifies none, and wait.
    """
    if not EmailAddress.objects.filter(user=user, email__iexact=email, verified=False).exists():
        return
    user.set_unusable_password()
    user.save(update_fields=["password"])
    for way_in in (Authenticator, SocialAccount):
        way_in.objects.filter(user=user).delete()
    end_other_sessions(user, None)


@transaction.atomic
def replace_addresses(user: User, email: str, *, brand: Brand) -> None:
    """Make this the only address of `user`, verified: the old ones get a mail by `brand`, and no more."""
    address = email.strip().lower()
    old = EmailAddress.objects.filter(user=user).exclude(email=address)
    for former in old.filter(verified=True):
        remember_former_address(user, former.email, now=address)
        context = {"brand": brand, "old": former.email, "new": address}
        tasks.send_later(
            subject=" ".join(render_to_string("email/address_changed_subject.txt", context).split()),
            body=render_to_string("email/address_changed.txt", context),
            to=former.email,
        )
    old.delete()
    EmailAddress.objects.update_or_create(
        user=user, email=address, defaults={"verified": True, "primary": True}
    )
    user.email = address
    user.save(update_fields=["email"])


@transaction.atomic
def keep_one_address(user: User, *, new: str) -> None:
    """Leave `user` one address beside the `new` one: the one that they sign in with, if it is verified."""
    others = EmailAddress.objects.filter(user=user).exclude(email=new)
    others.filter(verified=False).delete()
    for former in others.order_by("-primary", "pk")[1:]:
        remember_former_address(user, former.email, now=new)
        former.delete()


@transaction.atomic
def remember_former_address(user: User, email: str, *, now: str) -> None:
    """Note which customers `user`, who has the address `now` instead, belonged to by the address `email`.

    Somebody who was removed a moment ago counts as well.
    """
    FormerAddress.objects.filter(email=now, user=user).delete()
    belonged = Customer.objects.filter(Q(memberships__user=user) | Q(removals__user=user)).distinct()
    for customer in belonged:
        FormerAddress.objects.update_or_create(email=email, customer=customer, defaults={"user": user})


def end_other_sessions(user: User, session_key: str | None) -> int:
    """Sign `user` out everywhere but in the session with this key; returns in how many places that was."""
    others = list(selectors.other_sessions(user, session_key))
    for session in others:
        session.end()
    return len(others)


def ensure_owner(email: str, customer: Customer) -> bool:
    """Make the user with this address an owner of `customer` unless they belong to it; True when new.

    Nobody becomes one by an address that somebody of this customer had before: it may be somebody else's by
    now, and only an invitation tells that they are meant. At another customer it says nothing.
    """
    address = email.strip().lower()
    if FormerAddress.objects.filter(email=address, customer=customer).exists():
        logger.warning(
            "customer %s: an address of the provider's file was skipped, its owner has another one now",
            customer.external_id,
        )
        return False
    return _join(ensure_user(email), customer, Membership.Role.OWNER)[1]


def invite_again(
    invitation: Invitation, *, stand_in: User, brand: Brand, link_for: Callable[[str], str]
) -> Invitation:
    """Mail `invitation` once more, with a new link; as invite().

    In the name of whoever sent it, whom its reader knows; of `stand_in` where they belong there no more.
    """
    sender = invitation.invited_by
    belongs = sender is not None and sender.memberships.filter(customer=invitation.customer).exists()
    return invite(
        invitation.customer,
        invitation.email,
        invitation.role,
        invited_by=sender if sender is not None and belongs else stand_in,
        brand=brand,
        link_for=link_for,
    )


def invite(
    customer: Customer,
    email: str,
    role: str,
    *,
    invited_by: User,
    brand: Brand,
    link_for: Callable[[str], str],
) -> Invitation:
    """Mail somebody a link to join `customer`; what was sent to the same address before opens nothing more.

    The mail speaks as `brand`. `link_for` turns the token into the absolute address of the link; the
    token itself is in the mail only. Raises AlreadyMember.
    """
    address = email.strip().lower()
    if selectors.belongs(customer, address):
        raise AlreadyMember
    token = secrets.token_urlsafe(32)
    now = timezone.now()
    with transaction.atomic():
        customer.invitations.waiting().filter(email=address).update(revoked_at=now)
        invitation = Invitation.objects.create(
            customer=customer,
            email=address,
            role=role,
            token_hash=selectors.token_hash(token),
            invited_by=invited_by,
            expires_at=now + timedelta(days=settings.ACCOUNTS.invitation_days),
        )
        context = {"invitation": invitation, "link": link_for(token), "brand": brand}
        tasks.send_later(
            subject=" ".join(render_to_string("email/invitation_subject.txt", context).split()),
            body=render_to_string("email/invitation.txt", context),
            to=address,
        )
    return invitation


@transaction.atomic
def accept_invitation(invitation: Invitation, user: User) -> Membership:
    """Let `user` join the customer.

    Raises InvitationUnusable when the invitation is over, or when its address is not a verified address
    of `user`: a link that was passed on opens nothing.
    """
    current = Invitation.objects.select_for_update().usable().filter(pk=invitation.pk).first()
    if current is None or not owns_address(user, current.email):
        raise InvitationUnusable
    current.accepted_at = timezone.now()
    current.save(update_fields=["accepted_at"])
    return _join(user, current.customer, current.role)[0]


def owns_address(user: User, email: str) -> bool:
    """Whether `user` has shown that mail to this address reaches them."""
    return bool(EmailAddress.objects.filter(user=user, email__iexact=email, verified=True).exists())


def revoke_invitation(invitation: Invitation) -> None:
    """Take an open invitation back; a used one stays as it is."""
    Invitation.objects.usable().filter(pk=invitation.pk).update(revoked_at=timezone.now())


@transaction.atomic
def remove_member(membership: Membership) -> Removal:
    """End a membership at once; undo_removal() undoes it.

    Raises LastOwner for the only owner, and Membership.DoesNotExist when it has ended already.
    """
    current = _locked(membership)
    _keep_an_owner(current)
    user, customer = current.user, current.customer
    current.delete()
    Removal.objects.filter(user=user, customer=customer).delete()
    return Removal.objects.create(user=user, customer=customer, role=current.role)


@transaction.atomic
def undo_removal(removal: Removal) -> Membership:
    """Let somebody who was removed belong to the customer as before.

    Raises RemovalIsFinal when it is too late, and RemovalUndone when the person is back already.
    """
    current = Removal.objects.select_for_update().undoable().filter(pk=removal.pk).first()
    if Membership.objects.filter(user_id=removal.user_id, customer_id=removal.customer_id).exists():
        raise RemovalUndone
    if current is None:
        raise RemovalIsFinal
    return _join(current.user, current.customer, current.role)[0]


def _join(user: User, customer: Customer, role: str) -> tuple[Membership, bool]:
    """The membership, and whether it is new; nobody is let in a second time by undoing a removal."""
    membership, created = Membership.objects.get_or_create(
        user=user, customer=customer, defaults={"role": role}
    )
    if created:
        Removal.objects.filter(user=user, customer=customer).update(undone_at=timezone.now())
    return membership, created


def forget_removals() -> int:
    """Delete removals that nobody can undo any more; returns how many."""
    return Removal.objects.over().delete()[0]


@transaction.atomic
def change_role(membership: Membership, role: str) -> None:
    """Make somebody an owner or a member.

    Raises LastOwner when no owner would be left, and Membership.DoesNotExist when it has ended already.
    """
    current = _locked(membership)
    if role != Membership.Role.OWNER:
        _keep_an_owner(current)
    current.role = role
    current.save(update_fields=["role"])


def _locked(membership: Membership) -> Membership:
    """The membership as it is now, and until this transaction ends.

    Both of two owners could leave at the same time: the customer's row makes the second wait.
    """
    Customer.objects.select_for_update().get(pk=membership.customer_id)
    return Membership.objects.select_related("user", "customer").get(pk=membership.pk)


def _keep_an_owner(leaving: Membership) -> None:
    others = Membership.objects.filter(customer_id=leaving.customer_id, role=Membership.Role.OWNER)
    if leaving.role == Membership.Role.OWNER and not others.exclude(pk=leaving.pk).exists():
        raise LastOwner


def start_support_visit(staff: User, user: User, reason: str) -> SupportVisit:
    """Record that `staff` looks at the portal as `user`, and why."""
    return SupportVisit.objects.create(staff=staff, user=user, reason=reason)


def end_support_visit(visit: SupportVisit) -> None:
    """Record when a visit was over; a second call changes nothing."""
    SupportVisit.objects.filter(pk=visit.pk, ended_at=None).update(ended_at=timezone.now())
