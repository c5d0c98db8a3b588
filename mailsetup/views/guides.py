"""The guide for one app with one address's own values, and the QR code that carries it to a phone."""

import qrcode
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from mailsetup import selectors, services
from mailsetup.clientconfig import ClientConfig, with_implicit_tls
from mailsetup.formats import FORMATS, NothingToOffer
from mailsetup.guides import GUIDES, Guide
from mailsetup.views.device import guess_platform
from mailsetup.views.visits import VisitPage, of_one_address


@of_one_address
def show(request: HttpRequest, page: VisitPage, *, client: str, protocol: str) -> HttpResponse:
    guide = GUIDES.get(client)
    config = page.config(protocol)
    if guide is None or config.protocol not in guide.protocols:
        raise Http404("There is no such guide.")
    offered = [other for other in selectors.offered_protocols(page.visit.hosting) if other in guide.protocols]
    if guide.prefer_ssl:
        config = with_implicit_tls(config)
    profile_url = _profile_url(page, guide, config)
    context = {
        "visit": page,
        "guide": guide,
        "config": config,
        "protocol": protocol,
        "display_name": page.visit.user.name if page.visit.user else "",
        "switch": {other.value: page.guide_url(client, other) for other in offered},
        "profile_url": profile_url,
        "profile_signed": bool(settings.PROFILE_SIGNING_CERT),
        "open_profile": bool(profile_url) and request.GET.get("profile") == "open",
        "on_device": guess_platform(request) in guide.platforms,
        "from_test": request.GET.get("from", ""),
        "test_url": f"{page.test_url}?protocol={protocol}&app={client}",
    }
    return render(request, f"mailsetup/guides/{guide.slug}.html", context)


def _profile_url(page: VisitPage, guide: Guide, config: ClientConfig) -> str:
    """Where the file for this app is; empty when there is none, or nothing safe to put into it."""
    if not guide.profile:
        return ""
    try:
        FORMATS[guide.profile].render(config)
    except NothingToOffer:
        return ""
    return page.url("download", slug=guide.profile, protocol=config.protocol.value)


@require_POST
@of_one_address
def phone(request: HttpRequest, page: VisitPage) -> HttpResponse:
    """A new set-up link as a QR code: one device, to be opened within a quarter of an hour."""
    visit = page.visit
    _link, token = services.create_setup_link(
        page.address, lifetime=services.ONE_DEVICE_OPENING, visit=visit, one_device=True
    )
    url = request.build_absolute_uri(reverse("mailsetup:link", kwargs={"token": token}))
    code = qrcode.QRCode(border=0)
    code.add_data(url)
    code.make(fit=True)
    context = {
        "visit": page,
        "link": url,
        "qr_path": _svg_path(code.get_matrix()),
        "qr_size": code.modules_count,
        "minutes": int(services.ONE_DEVICE_OPENING.total_seconds() // 60),
    }
    template = "mailsetup/phone.html#dialog" if request.htmx else "mailsetup/phone.html"
    response = render(request, template, context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _svg_path(rows: list[list[bool]]) -> str:
    """The dark modules as one SVG path, one unit a module: small enough for a page, and no style needed."""
    return "".join(
        f"M{column} {row}h1v1h-1z"
        for row, modules in enumerate(rows)
        for column, dark in enumerate(modules)
        if dark
    )
