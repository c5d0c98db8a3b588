"""THE place for "may X see Y". A stranger finds nothing: 404, never 403, which would tell that it exists."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import Customer, Membership, SupportVisit, User

VISIT_SESSION_KEY = "support_visit"


def customers_of(user: User) -> QuerySet[Customer]:
    """The customers that `user` belongs to. Staff belong to none: they use the admin or a support visit."""
    return Customer.objects.filter(memberships__user=user)


def customers_owned_by(user: User) -> QuerySet[Customer]:
    """The customers whose people `user` looks after."""
    return Customer.objects.filter(memberships__user=user, memberships__role=Membership.Role.OWNER)


def may_view_as(*, staff: User | AnonymousUser, user: User) -> bool:
    """Whether `staff` may see the portal as `user` does.

    Support staff with the permission only, and only people of a customer: nobody gains rights by a visit.
    """
    return (
        isinstance(staff, User)
        and staff.is_staff
        and staff.has_perm("accounts.view_as_customer")
        and user.is_active
        and not user.is_staff
        and not user.is_superuser
        and user.memberships.exists()
    )


def may_see_the_watch(user: User | AnonymousUser) -> bool:
    """Whether `user` may see in which state the provider's servers are: staff with the permission only."""
    return isinstance(user, User) and user.is_staff and user.has_perm("watch.view_watchedserver")


def is_support_visit(request: HttpRequest) -> bool:
    """Whether staff look at the portal as this user; nobody types a password then."""
    return bool(getattr(request.user, "is_hijacked", False))


def who_acts(request: HttpRequest) -> User:
    """Who is at the keyboard: the signed-in user, or in a support visit the member of staff."""
    if is_support_visit(request):
        visit = SupportVisit.objects.select_related("staff")
        return visit.get(pk=request.session[VISIT_SESSION_KEY]).staff
    assert isinstance(request.user, User)  # noqa: S101  # nobody else comes through for_setup() without a link
    return request.user
