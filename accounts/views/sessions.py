"""Where somebody is signed in: the list is django-allauth's, ending one of them is ours."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import browsers, selectors
from accounts.http import AuthenticatedHttpRequest


@login_required
@require_POST
def end(request: AuthenticatedHttpRequest, session_id: int) -> HttpResponse:
    """Sign me out in one other place; the place where I am has "Sign out" in its menu."""
    others = selectors.other_sessions(request.user, request.session.session_key)
    session = get_object_or_404(others, pk=session_id)
    session.end()
    messages.success(
        request, _("%(browser)s is signed out.") % {"browser": browsers.describe(session.user_agent)}
    )
    return redirect("usersessions_list")
