"""Which host name gets which part of the portal, what may be cached, and when a session was last seen."""

from collections.abc import Callable
from urllib.parse import urlsplit

from allauth.usersessions.middleware import UserSessionsMiddleware
from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.request import split_domain_port, validate_host
from django.middleware.security import SecurityMiddleware as DjangoSecurityMiddleware
from django.template.loader import render_to_string

from accounts.brands import brand_of


class SecurityMiddleware(DjangoSecurityMiddleware):
    """Django's, asking for HTTPS under the portal's own names only.

    Mail programs ask under `autoconfig.` plus each customer's domain by plain HTTP, where nobody may have a
    certificate; a browser that was told to come back by HTTPS could not look at the customer's site.
    """

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        return super().process_request(request) if _has_own_name(request) else None

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response = super().process_response(request, response)
        if not _has_own_name(request):
            response.headers.pop("Strict-Transport-Security", None)
        return response


def _has_own_name(request: HttpRequest) -> bool:
    try:
        name, _ = split_domain_port(request.get_host())
    except DisallowedHost:  # Answered further in, by HostMiddleware.
        return False
    return is_own_name(name)


def is_own_name(name: str) -> bool:
    """Whether a host name, without its port, is one of the portal's own."""
    return validate_host(name, settings.PORTAL_HOSTS)


class HostMiddleware:
    """The portal's own names get the site; every other name gets discovery and nothing else.

    Mail programs ask under `autoconfig.` plus each customer's domain, so Django's list of allowed
    hosts can't hold them all. A host that is not ours is never used to build an address.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.own_port = str(urlsplit(settings.PORTAL_URL).port or "")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        _, port = split_domain_port(request.get_host())
        if not _has_own_name(request):
            request.urlconf = "mailsetup.discovery.urls"
        elif port not in ("", "80", "443", request.META.get("SERVER_PORT"), self.own_port):
            # Links in mails are made of it.
            raise DisallowedHost(f"The portal does not answer on port {port}.")
        return self.get_response(request)


class BodyMiddleware:
    """Answers 413 to a body that is too long, before any of it is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.headers.get("Content-Length", "")
        if length.isascii() and length.isdigit() and int(length) > settings.PORTAL.request_body_max_bytes:
            page = render_to_string("413.html", {"brand": brand_of(request)})
            # What is still to come is not read as the next request.
            return HttpResponse(page, status=413, headers={"Connection": "close"})
        return self.get_response(request)


class PrivateByDefaultMiddleware:
    """What no view calls public is its reader's alone: neither a proxy keeps it nor the browser.

    On a shared computer "back" then shows nothing of somebody who has signed out.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class SessionActivityMiddleware:
    """Notes when a session was last seen, every few minutes: allauth's own writes at each request.

    A page that follows a connection test asks five times a second.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.note = UserSessionsMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.session.session_key
        # The key is what the browser says, and anybody can invent one.
        if key and caches["sessions"].add(f"seen:{key}", 1, settings.PORTAL.session_activity_seconds):
            response: HttpResponse = self.note(request)
            return response
        return self.get_response(request)
