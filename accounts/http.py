"""Requests as views know them, for the type checker."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class AuthenticatedHttpRequest(HttpRequest):
    """What reaches a view behind `login_required`."""

    user: User


class HtmxHttpRequest(HttpRequest):
    """What reaches a view that answers a fragment of its page where htmx asks for one."""

    htmx: HtmxDetails
