"""Requests as views know them, for the type checker."""

from django.http import HttpRequest

from accounts.models import User


class AuthenticatedHttpRequest(HttpRequest):
    """What reaches a view behind `login_required`."""

    user: User
