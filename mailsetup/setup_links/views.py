"""From a guide on a computer to the same guide on a phone: a code to scan, or one to type."""

import json
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import access
from accounts.http import HtmxHttpRequest
from mailsetup.clientconfig import ClientConfig, NotOffered, Protocol, SocketType
from mailsetup.formats import FORMATS, NothingToOffer
from mailsetup.formats.base import pick
from mailsetup.formats.thunderbird_qr import EASY_TO_SCAN_CHARACTERS
from mailsetup.setup_links import services
from mailsetup.setup_links.codes import display_code
from mailsetup.setup_links.decorators import for_setup
from mailsetup.setup_links.qr import draw
from mailsetup.setup_links.setups import Setup

_DELTA_CHAT_SECURITY = {SocketType.SSL: "ssl", SocketType.STARTTLS: "starttls"}


@require_http_methods(["GET", "HEAD", "POST"])
@for_setup
def phone(request: HtmxHttpRequest, setup: Setup) -> HttpResponse:
    """A new set-up link as a QR code and as a short one: for one device, to be opened soon.

    By POST, which makes it. None for support that looks as the customer: it would take a password later, as
    the customer's own.
    """
    asked = request.POST if request.method == "POST" else request.GET
    client, protocol = asked.get("app", "")[:50], asked.get("protocol", "")
    if protocol not in set(Protocol):
        protocol = ""
    template = "setup_links/phone.html#dialog" if request.htmx else "setup_links/phone.html"
    context: dict[str, Any] = {
        "setup": setup,
        "client": client,
        "protocol": protocol,
        "support_visit": access.is_support_visit(request),
        **_codes_of_apps(setup, protocol),
    }
    if context["support_visit"]:
        return render(request, template, context, status=200 if request.htmx else 403)
    if request.method == "POST":
        made = services.create_one_device_link(setup, client=client, protocol=protocol)
        url = request.build_absolute_uri(reverse("mailsetup:link", kwargs={"token": made.token}))
        context |= {
            "link": url,
            "qr": draw(url),
            "code": display_code(made.code),
            "code_place": request.build_absolute_uri(reverse("mailsetup:type_code")).partition("://")[2],
            "minutes": settings.SETUP_LINKS.one_device_opening_minutes,
        }
    return render(request, template, context)


def _codes_of_apps(setup: Setup, protocol: str) -> dict[str, Any]:
    """The codes that a mail app scans itself, where its app can say what the server does."""
    offered = setup.hosting.protocols
    wanted = Protocol(protocol) if protocol and Protocol(protocol) in offered else next(iter(offered), None)
    if wanted is None:
        return {}
    try:
        config = setup.config(wanted)
    except NotOffered:
        return {}
    text = FORMATS["text"].render(config).decode()
    return {
        "thunderbird": _thunderbird(config),
        "delta_chat": _delta_chat(setup) if Protocol.IMAP in offered else "",
        "plain": draw(text),
        "plain_text": text,
    }


def _thunderbird(config: ClientConfig) -> dict[str, Any] | None:
    try:
        text = FORMATS["thunderbird-qr"].render(config).decode()
    except NothingToOffer:
        return None
    return {"qr": draw(text, dense=True), "long": len(text) > EASY_TO_SCAN_CHARACTERS}


def _delta_chat(setup: Setup) -> str:
    """All parameters of its code but the password, as JSON; empty where nothing is encrypted."""
    config = setup.config(Protocol.IMAP)
    try:
        imap, smtp = (pick(config, kind) for kind in (config.incoming.type, config.outgoing.type))
    except NothingToOffer:
        return ""
    parameters: dict[str, str] = {}
    for letter, service in (("i", imap), ("s", smtp)):
        parameters |= {
            f"{letter}h": service.hostname,
            f"{letter}p": str(service.port),
            f"{letter}u": service.username,
            f"{letter}s": _DELTA_CHAT_SECURITY[service.socket_type],
        }
    return json.dumps(parameters)


@require_http_methods(["GET", "HEAD", "POST"])
def type_code(request: HttpRequest) -> HttpResponse:
    """Where a code is typed that can't be scanned: on to the pages that it opens."""
    typed = request.POST.get("code", "")[:50]
    if request.method != "POST":
        return render(request, "setup_links/type_code.html")
    try:
        token = services.redeem_code(typed, visitor=get_adapter().get_client_ip(request))
    except services.UnknownCode:
        error, status = _("This code is unknown, or it is over. Make a new one in the guide."), 422
    except services.TooManyGuesses as many:
        error = _("There were too many codes that nobody gave out. Please wait %(minutes)s minutes.")
        error, status = error % {"minutes": many.minutes}, 429
    else:
        return redirect("mailsetup:link", token=token)
    return render(request, "setup_links/type_code.html", {"error": error, "typed": typed}, status=status)
