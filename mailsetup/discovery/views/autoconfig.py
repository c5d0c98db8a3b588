"""Mozilla autoconfig."""

from dataclasses import replace

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from accounts.brands import brand_of
from mailsetup.clientconfig import AddressError, parse_address, parse_domain
from mailsetup.discovery import documents
from mailsetup.discovery.views.errors import not_found
from mailsetup.formats import FORMATS, NothingToOffer
from mailsetup.hosting import selectors
from mailsetup.hosting.selectors import UnknownDomain

_PREFIXES = ("autoconfig.", "autodiscover.")
# Evolution asks for this mailbox of the domain in place of the real one, and fills the placeholders itself
# (its source: e-config-lookup, mail-autoconfig).
_NOBODY = "evolutionuser"


@csrf_exempt
@require_safe
def autoconfig(request: HttpRequest) -> HttpResponse:
    """Mozilla autoconfig by `emailaddress`, or by the host name when there is none.

    There is no session and one answer for every mailbox of a domain.
    """
    autoconfig_format = FORMATS["autoconfig"]
    display_name = brand_of(request).name
    text = _asked_address(request)
    try:
        address = parse_address(text) if text else None
        if address is None or address.local_part == _NOBODY:
            domain = address.domain if address else _asked_domain(request)
            hosting = selectors.find_domain_hosting(domain, display_name=display_name)
            body = documents.for_domain(autoconfig_format, hosting)
        else:
            hosting, _domain = selectors.find_hosting(address, display_name=display_name)
            # Whether anna+shop is a mailbox of its own is nothing for somebody who did not sign in.
            body = documents.for_address(autoconfig_format, address, replace(hosting, exact_mailbox=False))
    except (AddressError, UnknownDomain, NothingToOffer):
        return not_found(request)
    response = HttpResponse(body, content_type=autoconfig_format.media_type)
    scope = "private" if text else "public"
    response.headers["Cache-Control"] = f"{scope}, max-age={settings.DISCOVERY.discovery_max_age_seconds}"
    return response


def _asked_address(request: HttpRequest) -> str:
    """The address in the query; a plus that was not encoded arrives as a space, which no address has."""
    return request.GET.get("emailaddress", "").strip(" ").replace(" ", "+")


def _asked_domain(request: HttpRequest) -> str:
    name, _port = split_domain_port(request.get_host())
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    return parse_domain(name)
