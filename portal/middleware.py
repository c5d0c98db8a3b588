"""Which host name gets which part of the portal."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host


class HostMiddleware:
    """The portal's own names get the site; every other name gets discovery and nothing else.

    Mail programs ask under `autoconfig.` plus each customer's domain, so Django's list of allowed
    hosts can't hold them all. A host that is not ours is never used to build an address.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name, _port = split_domain_port(request.get_host())
        if not validate_host(name, settings.PORTAL_HOSTS):
            request.urlconf = "mailsetup.discovery_urls"
        return self.get_response(request)
