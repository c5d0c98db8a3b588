"""The guide for one app with one address's own values."""

import re
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.brands import brand_of, portal_url
from mailsetup.clientconfig import (
    Address,
    AddressError,
    ClientConfig,
    NotExpressible,
    NotOffered,
    Protocol,
    display_domain,
    parse_domain,
    resolve,
)
from mailsetup.discovery import misses
from mailsetup.formats import FORMATS, NothingToOffer
from mailsetup.formats.terminal.base import TerminalFormat
from mailsetup.guides import plain_text
from mailsetup.guides.clients import GUIDES, Guide
from mailsetup.guides.devices import guess_platform
from mailsetup.guides.lookup import lookup
from mailsetup.guides.outline import StepCounter, outline, page_context, template_of
from mailsetup.hosting.selectors import UnknownDomain, find_stored_hosting
from mailsetup.setup_links.decorators import for_setup
from mailsetup.setup_links.setups import Setup

LAST_APP_COOKIE = "last_app"
# Stands for the reader's own part of the address on a page that knows nobody.
ANYBODY = "you"


@for_setup
def guide(request: HttpRequest, setup: Setup, *, client: str, protocol: str) -> HttpResponse:
    """The steps for one app, or why there are none; 404 for an app or a protocol that isn't there at all."""
    found = GUIDES.get(client)
    if found is None or protocol not in set(Protocol):
        raise Http404("There is no such guide.")
    wanted = Protocol(protocol)
    if found.status == "retired":
        return _retired(request, setup, found, wanted)
    if wanted not in found.protocols:
        return _not_possible(request, setup, found, wanted, reason="app")
    try:
        config = found.settings(setup.config(wanted))
    except NotOffered:
        return _not_possible(request, setup, found, wanted, reason="server")
    except NotExpressible as unknown:
        return _not_possible(request, setup, found, wanted, reason="encryption", service=unknown.service)
    profile_url = _profile_url(setup, found, config)
    plan = outline(found, config.protocol, profile=bool(profile_url))
    context = {
        **page_context(found, config, profile_url=profile_url, steps=StepCounter(plan.numbers)),
        "setup": setup,
        "lookup": lookup(found, config.protocol, setup.domain, setup.address.domain).value,
        "lookup_record": f"{found.asks.get(config.protocol, '')}.{setup.address.domain}",
        "display_name": _display_name(setup),
        "switch": _switch(setup, found),
        "files": _files(setup, found, config),
        "profile_signed": bool(settings.PROFILE_SIGNING_CERT),
        "on_device": guess_platform(request.headers) in found.platforms,
        "from_test": request.GET.get("from", ""),
        "for_staff": request.user.is_staff or getattr(request.user, "is_hijacked", False),
        "settings_text": FORMATS["text"].render(config).decode(),
        "portal_url": portal_url(),
        "text_url": setup.url("steps_as_text", client=client, protocol=protocol),
        "test_url": f"{setup.test_url}?protocol={protocol}&app={client}",
    }
    response = render(request, template_of(found), context)
    # The front page offers the last choice first. It says which app, and nothing of whose address.
    response.set_cookie(
        LAST_APP_COOKIE,
        found.slug,
        max_age=timedelta(days=settings.GUIDES.last_app_days),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def steps_as_text(request: HttpRequest, **where: str) -> HttpResponse:
    """The same steps to paste into a chat or a note; 404 where the guide has none."""
    page = guide(request, **where)
    if page.status_code != HTTPStatus.OK:
        return page
    lines = plain_text.steps_as_text(page.content.decode())
    if not lines.strip():
        raise Http404("There are no steps.")
    response = HttpResponse(lines, content_type="text/plain; charset=utf-8")
    response.cookies = page.cookies
    return response


def public_guide(request: HttpRequest, *, domain: str) -> HttpResponse:
    """What autoconfig tells programs about a domain, for people: its document leads here.

    404 for a domain that isn't here, and 429 for whoever tries many of those.
    """
    try:
        address = Address(ANYBODY, parse_domain(domain))
        hosting, _domain = find_stored_hosting(address, display_name=brand_of(request).name)
        public = replace(hosting, services=tuple(each for each in hosting.services if each.encrypted))
        configs = [resolve(address, public, protocol) for protocol in public.protocols]
    except (AddressError, UnknownDomain, NotOffered):
        configs = []
    if not configs:
        if misses.too_many(request):
            return render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
        misses.count(request)
        raise Http404("There is no such domain, or nothing to offer.")
    context = {"configs": configs, "domain": display_domain(address.domain), "anybody": ANYBODY}
    return render(request, "guides/public_guide.html", context)


def _display_name(setup: Setup) -> str:
    """The name of whoever sets up the address, if it seems to be theirs: not for office@."""
    if setup.user is None:
        return ""
    words = [word for word in re.findall(r"\w+", setup.user.name.casefold()) if len(word) > 1]
    theirs = str(setup.address) == setup.user.email or any(word in setup.address.local_part for word in words)
    return setup.user.name if theirs else ""


def _switch(setup: Setup, guide: Guide) -> dict[str, str]:
    """The guide by each protocol that both the app and the server know."""
    usable = [protocol for protocol in setup.hosting.protocols if protocol in guide.protocols]
    return {protocol.value: setup.guide_url(guide.slug, protocol) for protocol in usable}


def _retired(request: HttpRequest, setup: Setup, guide: Guide, protocol: Protocol) -> HttpResponse:
    instead = GUIDES[guide.instead]
    context = {
        "guide": guide,
        "setup": setup,
        "instead": instead,
        "instead_url": setup.guide_url(instead.slug, protocol),
    }
    return render(request, template_of(guide), context)


def _not_possible(
    request: HttpRequest, setup: Setup, guide: Guide, protocol: Protocol, **reason: Any
) -> HttpResponse:
    """In one sentence why there are no steps, and what works in their place."""
    context = {
        "guide": guide,
        "setup": setup,
        "protocol": protocol.value,
        "switch": _switch(setup, guide) if reason["reason"] != "encryption" else {},
        "others": _apps_that_can(setup, guide, protocol) if reason["reason"] != "server" else [],
        **reason,
    }
    return render(request, "guides/not_possible.html", context)


def _apps_that_can(setup: Setup, guide: Guide, protocol: Protocol) -> list[dict[str, str]]:
    """Apps of the same devices for whom there are steps with `protocol`, the usual ones first."""
    try:
        config = setup.config(protocol)
    except NotOffered:
        return []
    able = []
    for other in GUIDES.values():
        if protocol in other.protocols and set(other.platforms) & set(guide.platforms):
            try:
                other.settings(config)
            except NotExpressible:
                continue
            able.append({"name": other.name, "url": setup.guide_url(other.slug, protocol)})
    return able[:5]


def _profile_url(setup: Setup, guide: Guide, config: ClientConfig) -> str:
    """Where the file for this app is; empty when there is none, or nothing safe to put into it."""
    if not guide.profile:
        return ""
    try:
        FORMATS[guide.profile].render(config)
    except NothingToOffer:
        return ""
    return setup.url("download", slug=guide.profile, protocol=config.protocol.value)


def _files(setup: Setup, guide: Guide, config: ClientConfig) -> list[dict[str, str]]:
    """The text files that set the app up, as they are; those for which there is nothing safe are left out."""
    files = []
    for slug in guide.files:
        file_format = FORMATS[slug]
        if not isinstance(file_format, TerminalFormat):
            continue
        try:
            text = file_format.render(config).decode()
        except NothingToOffer:
            continue
        files.append(
            {
                "slug": slug,
                "path": file_format.path,
                "text": text,
                "url": setup.url("download", slug=slug, protocol=config.protocol.value),
                "copy_label": _("Copy %(path)s") % {"path": file_format.path},
            }
        )
    return files
