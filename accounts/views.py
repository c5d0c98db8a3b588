"""People of a customer, invitations, and support's visits."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@login_required
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Who belongs to the customers that the reader looks after."""
    return render(request, "accounts/people.html")
