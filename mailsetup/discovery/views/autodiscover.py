"""Microsoft Autodiscover. Programs send the mailbox password here unasked; nothing of a request is kept."""

import secrets
from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.brands import brand_of, portal_url
from mailsetup.clientconfig import Address, AddressError, parse_address
from mailsetup.discovery import answers, misses
from mailsetup.discovery.views.errors import too_large, too_many
from mailsetup.formats import FORMATS, NothingToOffer, autodiscover
from mailsetup.hosting.selectors import UnknownDomain

_PATH = "/autodiscover/autodiscover.xml"
# What is answered in which schema, and the error where there is nothing to say in it.
_SCHEMAS = {
    autodiscover.OUTLOOK_RESPONSE: (FORMATS["autodiscover"].render, autodiscover.ADDRESS_NOT_FOUND),
    autodiscover.MOBILESYNC_RESPONSE: (autodiscover.render_mobilesync, autodiscover.NO_SUCH_PROVIDER),
}


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def xml(request: HttpRequest) -> HttpResponse:
    """The settings of the address in the request's body; what is wrong is said with HTTP 200."""
    if request.method != "POST":
        # Outlook asks by HTTP to be sent on to HTTPS. Whoever asks so by HTTPS has forgotten the question.
        if settings.HTTPS_ONLY and not request.is_secure():
            return HttpResponseRedirect(portal_url() + _PATH)
        return _error(autodiscover.INVALID_REQUEST)
    if len(request.body) > settings.DISCOVERY.discovery_body_max_bytes:
        return too_large(request)
    try:
        asked = autodiscover.parse_request(request.body)
        address = parse_address(asked.address)
    except (autodiscover.Malformed, AddressError):
        return _error(autodiscover.INVALID_REQUEST)
    if asked.response_schema not in _SCHEMAS:
        return _error(autodiscover.NO_SUCH_PROVIDER)
    return too_many(request) if misses.too_many(request) else _settings(request, address, asked)


def _settings(request: HttpRequest, address: Address, asked: autodiscover.Request) -> HttpResponse:
    render, nothing = _SCHEMAS[asked.response_schema]
    try:
        body = render(answers.config_for_stranger(address, display_name=brand_of(request).name))
    except UnknownDomain:
        misses.count(request)
        return _error(autodiscover.ADDRESS_NOT_FOUND)
    except NothingToOffer:
        return _error(nothing)
    return HttpResponse(body, content_type=autodiscover.MEDIA_TYPE)


@require_safe
def json(request: HttpRequest, address: str = "") -> HttpResponse:  # the same for every address
    """Where the XML is asked for. It says nothing of an address, so none is looked at."""
    asked = {name.casefold(): str(value) for name, value in request.GET.items()}
    status, body = autodiscover.render_pointer(asked.get("protocol", ""), portal_url() + _PATH)
    return HttpResponse(body, content_type=autodiscover.JSON_MEDIA_TYPE, status=status)


def _error(error: tuple[int, str]) -> HttpResponse:
    now = datetime.now(UTC)
    body = autodiscover.render_error(error, time=f"{now:%H:%M:%S.%f}0", number=secrets.randbelow(2**32))
    return HttpResponse(body, content_type=autodiscover.MEDIA_TYPE)
