"""What opens behind the link in an invitation's mail."""

from allauth.account.adapter import get_adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import selectors, services
from accounts.adapters import INVITATION_SESSION_KEY, welcome
from accounts.models import Invitation, User


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show the invitation; a POST accepts it or goes on to sign-up.

    404 for a made-up token, 410 for an invitation that is over. Reading changes nothing: mail scanners
    open every link.
    """
    found = selectors.invitation_by_token(token)
    if found is None:
        raise Http404
    if not found.is_usable:
        return render(request, "accounts/invitation_gone.html", {"invitation": found}, status=410)
    user = request.user if request.user.is_authenticated else None
    if request.method == "POST":
        return _accept(request, found, user) if user else _sign_up(request, found)
    context = {
        "invitation": found,
        "has_account": selectors.has_account(found.email),
        "is_mine": user is not None and services.owns_address(user, found.email),
    }
    return render(request, "accounts/invitation.html", context)


def _accept(request: HttpRequest, found: Invitation, user: User) -> HttpResponse:
    try:
        services.accept_invitation(found, user)
    except services.InvitationUnusable:
        raise Http404 from None
    welcome(request, found.customer)
    return redirect("mailsetup:home")


def _sign_up(request: HttpRequest, found: Invitation) -> HttpResponse:
    """Open sign-up for this visitor; holding the link proves that mail to the address reaches them."""
    services.release_address(found.email)
    request.session[INVITATION_SESSION_KEY] = found.pk
    get_adapter().stash_verified_email(request, found.email)
    return redirect("account_signup")
