"""Mail programs that ask for settings without signing in, and files that a person downloads for them."""

from dataclasses import replace

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from accounts.brands import brand_of
from mailsetup.clientconfig import AddressError, NotOffered, Protocol, parse_address, parse_domain
from mailsetup.discovery import documents
from mailsetup.formats import FORMATS, NothingToOffer
from mailsetup.hosting import selectors
from mailsetup.hosting.selectors import UnknownDomain
from mailsetup.setup_links.decorators import for_setup
from mailsetup.setup_links.setups import Setup

_PREFIXES = ("autoconfig.", "autodiscover.")
_PLAIN = "text/plain; charset=utf-8"


@csrf_exempt
@require_safe
def autoconfig(request: HttpRequest) -> HttpResponse:
    """Mozilla autoconfig by `emailaddress`, or by the host name when there is none.

    There is no session and one answer for every mailbox of a domain.
    """
    autoconfig_format = FORMATS["autoconfig"]
    display_name = brand_of(request).name
    text = request.GET.get("emailaddress", "")
    try:
        if text:
            address = parse_address(text)
            hosting, _domain = selectors.find_hosting(address, display_name=display_name)
            # Whether anna+shop is a mailbox of its own is nothing for somebody who did not sign in.
            body = documents.for_address(autoconfig_format, address, replace(hosting, exact_mailbox=False))
        else:
            hosting = selectors.find_domain_hosting(_asked_domain(request), display_name=display_name)
            body = documents.for_domain(autoconfig_format, hosting)
    except (AddressError, UnknownDomain, NothingToOffer):
        return not_found(request)
    response = HttpResponse(body, content_type=autoconfig_format.media_type)
    scope = "private" if text else "public"
    response.headers["Cache-Control"] = f"{scope}, max-age={settings.DISCOVERY.discovery_max_age_seconds}"
    return response


def _asked_domain(request: HttpRequest) -> str:
    name, _port = split_domain_port(request.get_host())
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    return parse_domain(name)


@require_safe
@for_setup
def download(request: HttpRequest, setup: Setup, *, slug: str, protocol: str) -> HttpResponse:
    """The file of one format for one address."""
    file_format = FORMATS.get(slug)
    if file_format is None:
        raise Http404("There is no such file.")
    try:
        config = setup.config(Protocol(protocol))
        body = documents.for_config(file_format, config)
    except (ValueError, NotOffered, NothingToOffer):
        raise Http404("There is nothing to offer for this address.") from None
    return HttpResponse(
        body,
        content_type=file_format.media_type,
        headers={"Content-Disposition": f'attachment; filename="{file_format.filename(config)}"'},
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Every other address under a name that is not the portal's, and every unknown domain."""
    return HttpResponse("No mail settings are known for this name.\n", content_type=_PLAIN, status=404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return HttpResponse("This request can't be read.\n", content_type=_PLAIN, status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return HttpResponse("This is not allowed.\n", content_type=_PLAIN, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Something broke on our side. Ask again later.\n", content_type=_PLAIN, status=500)
