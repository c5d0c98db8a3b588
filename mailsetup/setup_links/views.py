"""The QR code that carries the pages of one address to a phone."""

import qrcode
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts import access
from accounts.http import HtmxHttpRequest
from mailsetup.setup_links import services
from mailsetup.setup_links.decorators import for_setup
from mailsetup.setup_links.setups import Setup


@require_POST
@for_setup
def phone(request: HtmxHttpRequest, setup: Setup) -> HttpResponse:
    """A new set-up link as a QR code: for one device, to be opened soon.

    None for support that looks as the customer: it would take a password later, as the customer's own.
    """
    template = "setup_links/phone.html#dialog" if request.htmx else "setup_links/phone.html"
    if access.is_support_visit(request):
        return render(request, template, {"setup": setup}, status=200 if request.htmx else 403)
    token = services.create_one_device_link(setup)
    url = request.build_absolute_uri(reverse("mailsetup:link", kwargs={"token": token}))
    code = qrcode.QRCode(border=0)
    code.add_data(url)
    code.make(fit=True)
    context = {
        "setup": setup,
        "link": url,
        "qr_path": _svg_path(code.get_matrix()),
        "qr_size": code.modules_count,
        "minutes": settings.SETUP_LINKS.one_device_opening_minutes,
    }
    return render(request, template, context)


def _svg_path(rows: list[list[bool]]) -> str:
    """The dark modules as one SVG path, one unit a module: small enough for a page, and no style needed."""
    return "".join(
        f"M{column} {row}h1v1h-1z"
        for row, modules in enumerate(rows)
        for column, dark in enumerate(modules)
        if dark
    )
