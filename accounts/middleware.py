"""What support may not open as a customer, and what staff need a second factor for."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import access
from accounts.access import VISIT_SESSION_KEY
from accounts.models import SupportVisit, User

GetResponse = Callable[[HttpRequest], HttpResponse]

# What support may do below /accounts/ while looking as a customer. Everything else there is about
# passwords, factors, addresses, sessions and people, which are the customer's own.
OPEN_DURING_A_VISIT = {"account_logout", "accounts:view_as_end"}
READABLE_DURING_A_VISIT = {"accounts:people"}

# What only staff open besides the admin. The second is what the names of the desk's pages begin with.
STAFF_VIEWS = {"accounts:view_as", "mailsetup:servers", "mailsetup:check_servers", "mailsetup:try_server"}
DESK_VIEWS = "mailsetup:desk"


def has_session(request: HttpRequest) -> bool:
    """Whether there is anybody to ask for; asking makes an answer one that no cache keeps for others."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES


class SupportVisitMiddleware:
    """Refuses the customer's account pages while support looks as the customer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Answers 403 for an account page; needs the view's name, so it runs after URL resolution."""
        match = request.resolver_match
        if match is None or not has_session(request) or not access.is_support_visit(request):
            return None
        if not self._goes_on(request):
            return self._end(request)
        if not match.route.startswith("accounts/"):
            return None
        reading = request.method in ("GET", "HEAD") and match.view_name in READABLE_DURING_A_VISIT
        if not reading and match.view_name not in OPEN_DURING_A_VISIT:
            raise PermissionDenied
        return None

    @staticmethod
    def _goes_on(request: HttpRequest) -> bool:
        """Whether the visit is young enough, and staff could begin it now: rights can end while it lasts."""
        visit = SupportVisit.objects.filter(pk=request.session.get(VISIT_SESSION_KEY, 0), ended_at=None)
        found = visit.select_related("staff").first()
        lifetime = timedelta(minutes=settings.ACCOUNTS.support_visit_minutes)
        return (
            found is not None
            and isinstance(request.user, User)
            and timezone.now() < found.started_at + lifetime
            and found.staff.is_active
            and access.may_view_as(staff=found.staff, user=request.user)
        )

    @staticmethod
    def _end(request: HttpRequest) -> HttpResponse:
        """Signing out records the end; the admin is one sign-in away."""
        logout(request)
        messages.info(request, _("The support view is over. Sign in again to go on."))
        return redirect("account_login")


class StaffSessionMiddleware:
    """Signs staff out some hours after they signed in; what they see is every customer's."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        signed_in = has_session(request) and request.user.is_authenticated
        if signed_in and request.user.is_staff and self._is_over(request):
            logout(request)
            messages.info(request, _("You were signed in for long enough. Sign in again to go on."))
            return redirect("account_login")
        return self.get_response(request)

    @staticmethod
    def _is_over(request: HttpRequest) -> bool:
        assert isinstance(request.user, User)  # noqa: S101  # who is staff is somebody
        records = get_authentication_records(request, request.user)
        lifetime = timedelta(hours=settings.ACCOUNTS.staff_session_hours).total_seconds()
        return bool(records) and time.time() - records[-1]["at"] >= lifetime


class StaffSecondFactorMiddleware:
    """Sends staff without a second factor to set one up before they see any customer's data."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Redirects from the admin and the other pages of staff to the list of factors."""
        match = request.resolver_match
        if not settings.STAFF_SECOND_FACTOR_REQUIRED or match is None:
            return None
        if match.app_name != "admin" and not _is_for_staff(match.view_name):
            return None
        if not request.user.is_authenticated or not request.user.is_staff or is_mfa_enabled(request.user):
            return None
        messages.warning(
            request, _("The admin shows every customer’s data. Set up a second step for your sign-in first.")
        )
        return redirect("mfa_index")


def _is_for_staff(view_name: str) -> bool:
    return view_name in STAFF_VIEWS or view_name.startswith(DESK_VIEWS)
