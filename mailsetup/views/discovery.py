"""Mail programs asking for settings: no sign-in, no session, one answer for every mailbox of a domain."""

from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from mailsetup import selectors
from mailsetup.clientconfig import AddressError, parse_address, parse_domain
from mailsetup.formats import NothingToOffer
from mailsetup.formats import autoconfig as autoconfig_format
from mailsetup.selectors import UnknownDomain

_PREFIXES = ("autoconfig.", "autodiscover.")
_PLAIN = "text/plain; charset=utf-8"


@csrf_exempt
@require_safe
def autoconfig(request: HttpRequest) -> HttpResponse:
    """Mozilla autoconfig by `emailaddress`, or by the host name when there is none."""
    text = request.GET.get("emailaddress", "")
    try:
        body = _for_address(text) if text else _for_host(request)
    except (AddressError, UnknownDomain, NothingToOffer):
        return not_found(request)
    response = HttpResponse(body, content_type=autoconfig_format.FORMAT.media_type)
    response.headers["Cache-Control"] = "private, max-age=300" if text else "public, max-age=300"
    return response


def _for_address(text: str) -> bytes:
    address = parse_address(text)
    hosting, _domain = selectors.find_hosting(address)
    return autoconfig_format.render_address(address, hosting)


def _for_host(request: HttpRequest) -> bytes:
    name, _port = split_domain_port(request.get_host())
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    return autoconfig_format.render_domain(selectors.find_domain_hosting(parse_domain(name)))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return HttpResponse("No mail settings are known for this name.\n", content_type=_PLAIN, status=404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return HttpResponse("This request can't be read.\n", content_type=_PLAIN, status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return HttpResponse("This is not allowed.\n", content_type=_PLAIN, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Something broke on our side. Ask again later.\n", content_type=_PLAIN, status=500)
