"""THE place for "may X see Y". A stranger finds nothing: 404, never 403, which would tell that it exists."""

from dataclasses import dataclass, fields

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
        and may_be_viewed(user)
        and user.memberships.exists()
    )


def may_be_viewed(user: User) -> bool:
    """Whether somebody who belongs to a customer is one whom support may look as."""
    return user.is_active and not user.is_staff and not user.is_superuser


def may_see_the_watch(user: User | AnonymousUser) -> bool:
    """Whether `user` may see in which state the provider's servers are: staff with the permission only."""
    return isinstance(user, User) and user.is_staff and user.has_perm("watch.view_watchedserver")


def may_try_servers(user: User | AnonymousUser) -> bool:
    """Whether `user` may have a server tried that isn't stored: staff who may store one."""
    rights = ("hosting.add_server", "hosting.change_server")
    return isinstance(user, User) and user.is_staff and any(map(user.has_perm, rights))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRights:
    """What a member of staff may see and do at the support desk: each is a permission of the admin."""

    see_tests: bool = False
    see_transcripts: bool = False
    start_tests: bool = False
    see_report_links: bool = False
    make_report_links: bool = False
    revoke_report_links: bool = False
    see_domains: bool = False
    see_servers: bool = False
    see_links: bool = False
    make_links: bool = False
    revoke_links: bool = False
    see_customers: bool = False
    see_people: bool = False
    see_invitations: bool = False
    send_invitations: bool = False
    see_visits: bool = False
    view_as: bool = False

    @property
    def desk(self) -> bool:
        """Whether there is anything to find at the desk."""
        return self.see_tests or self.see_domains or self.see_customers


_DESK_PERMISSIONS = {
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


def desk_rights(user: User | AnonymousUser) -> DeskRights:
    """What `user` may do at the support desk: nothing, unless they are staff."""
    if not isinstance(user, User) or not user.is_staff:
        return DeskRights()
    return DeskRights(
        **{field.name: user.has_perm(_DESK_PERMISSIONS[field.name]) for field in fields(DeskRights)}
    )


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
