"""One profile for several addresses of a person."""

from typing import cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.brands import brand_of
from accounts.http import AuthenticatedHttpRequest
from mailsetup.clientconfig import AddressError, ClientConfig, NotOffered, Protocol
from mailsetup.discovery import documents
from mailsetup.formats import FORMATS, NothingToOffer
from mailsetup.hosting.selectors import UnknownDomain, mailboxes_of
from mailsetup.setup_links.selectors import setup_of_user

_PROTOCOLS = {protocol.value: protocol for protocol in Protocol}


@require_safe
@login_required
def several(request: HttpRequest) -> HttpResponse:
    """The mailboxes to tick, and with some ticked (`address`, more than once) the profile for them.

    404 for an address of somebody else; what can't be done is said above the ticks with 422.
    """
    request = cast("AuthenticatedHttpRequest", request)
    chosen = list(dict.fromkeys(request.GET.getlist("address")))
    protocol = _PROTOCOLS.get(request.GET.get("protocol", ""), Protocol.IMAP)
    limit = settings.DISCOVERY.profile_addresses_limit
    if not chosen:
        return _page(request, protocol)
    if len(chosen) > limit:
        text = ngettext(
            "One profile holds %(count)s address at most.",
            "One profile holds %(count)s addresses at most.",
            limit,
        )
        return _page(request, protocol, error=text % {"count": limit})
    mobileconfig = FORMATS["mobileconfig"]
    try:
        configs = [_config(request, address, protocol) for address in chosen]
        body = documents.for_several(configs, owner=str(request.user.pk))
    except (NotOffered, NothingToOffer):
        text = _("One of these addresses has no encrypted server for %(protocol)s. Take it out, or ask us.")
        return _page(request, protocol, error=text % {"protocol": protocol.upper()})
    filename = f"mail-{len(configs)}-addresses.mobileconfig"
    return HttpResponse(
        body,
        content_type=mobileconfig.media_type,
        headers={"Content-Disposition": content_disposition_header(as_attachment=True, filename=filename)},
    )


def _config(request: AuthenticatedHttpRequest, address: str, protocol: Protocol) -> ClientConfig:
    try:
        setup = setup_of_user(request.user, address, display_name=brand_of(request).name)
    except (AddressError, UnknownDomain):
        raise Http404("No such address here.") from None
    return setup.config(protocol)


def _page(request: AuthenticatedHttpRequest, protocol: Protocol, *, error: str = "") -> HttpResponse:
    context = {
        "mailboxes": mailboxes_of(request.user)[: settings.DISCOVERY.profile_choices_limit],
        "chosen": request.GET.getlist("address"),
        "protocol": protocol.value,
        "limit": settings.DISCOVERY.profile_addresses_limit,
        "error": error,
    }
    return render(request, "discovery/several.html", context, status=422 if error else 200)
