"""Writes: people and what they belong to."""

from allauth.account.models import EmailAddress

from accounts.models import Customer, Membership, User


def ensure_user(email: str) -> User:
    """The user with this address, made without a password when new: they sign in by code or set one.

    The address counts as verified, because the provider says that it is theirs.
    """
    address = email.strip().lower()
    user, _created = User.objects.get_or_create(email=address)
    if not user.password:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    EmailAddress.objects.get_or_create(user=user, email=address, defaults={"verified": True, "primary": True})
    return user


def ensure_owner(email: str, customer: Customer) -> bool:
    """Make the user with this address an owner of `customer` unless they belong to it; True when new."""
    _membership, created = Membership.objects.get_or_create(
        user=ensure_user(email), customer=customer, defaults={"role": Membership.Role.OWNER}
    )
    return created
