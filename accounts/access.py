"""THE place for "may X see Y". A stranger finds nothing: 404, never 403, which would tell that it exists."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from accounts.models import Customer, Membership, User


def customers_of(user: User) -> QuerySet[Customer]:
    """The customers that `user` belongs to. Staff belong to none: they use the admin or a support visit."""
    return Customer.objects.filter(memberships__user=user)


def customers_owned_by(user: User) -> QuerySet[Customer]:
    """The customers whose people `user` looks after."""
    return Customer.objects.filter(memberships__user=user, memberships__role=Membership.Role.OWNER)


def is_owner(user: User, customer: Customer) -> bool:
    """Whether `user` looks after the people of `customer`."""
    return customers_owned_by(user).filter(pk=customer.pk).exists()


def require_owner(user: User, customer: Customer) -> None:
    """Raises Http404 unless `user` owns `customer`."""
    if not is_owner(user, customer):
        raise Http404("No such customer.")


def may_view_as(*, hijacker: User | AnonymousUser, hijacked: User) -> bool:
    """Whether `hijacker` may see the portal as `hijacked` does (the names are django-hijack's).

    Support staff with the permission only, and only people of a customer: nobody gains rights by a visit.
    """
    return (
        isinstance(hijacker, User)
        and hijacker.is_staff
        and hijacker.has_perm("accounts.view_as_customer")
        and hijacked.is_active
        and not hijacked.is_staff
        and not hijacked.is_superuser
        and hijacked.memberships.exists()
    )


def is_support_visit(request: HttpRequest) -> bool:
    """Whether staff look at the portal as this user; nobody types a password then."""
    return bool(getattr(request.user, "is_hijacked", False))
