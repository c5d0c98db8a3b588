"""What support may not open as a customer, and what staff need a second factor for."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts import access

GetResponse = Callable[[HttpRequest], HttpResponse]

# What support may do below /accounts/ while looking as a customer. Everything else there is about
# passwords, factors, addresses, sessions and people, which are the customer's own.
OPEN_DURING_A_VISIT = {"account_logout", "accounts:view_as_end"}
READABLE_DURING_A_VISIT = {"accounts:people"}


class SupportVisitMiddleware:
    """Refuses the customer's account pages while support looks as the customer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Answers 403 for an account page; needs the view's name, so it runs after URL resolution."""
        match = request.resolver_match
        if match is None or not match.route.startswith("accounts/") or not access.is_support_visit(request):
            return
        reading = request.method in ("GET", "HEAD") and match.view_name in READABLE_DURING_A_VISIT
        if not reading and match.view_name not in OPEN_DURING_A_VISIT:
            raise PermissionDenied


class StaffSecondFactorMiddleware:
    """Sends staff without a second factor to set one up before they see any customer's data."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Redirects from the admin, and from the form that starts a visit, to the list of factors."""
        match = request.resolver_match
        if not settings.STAFF_SECOND_FACTOR_REQUIRED or match is None:
            return None
        if match.app_name != "admin" and match.view_name != "accounts:view_as":
            return None
        if not request.user.is_authenticated or not request.user.is_staff or is_mfa_enabled(request.user):
            return None
        messages.warning(
            request, _("The admin shows every customer’s data. Set up a second step for your sign-in first.")
        )
        return redirect("mfa_index")
