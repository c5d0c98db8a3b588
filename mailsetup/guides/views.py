"""The guide for one app with one address's own values, on its page, on paper, as text and by mail."""

import re
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import access
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
from mailsetup.guides import plain_text, services
from mailsetup.guides.clients import GUIDES, Guide
from mailsetup.guides.devices import DEVICES, guess_platform, only_device
from mailsetup.guides.forms import SendStepsForm
from mailsetup.guides.last_choice import remember_choice
from mailsetup.guides.lookup import lookup, told
from mailsetup.guides.outline import StepCounter, outline, page_context, template_of
from mailsetup.guides.selectors import mails_left, may_stand_in_mail, offers_mails
from mailsetup.guides.services import Handout, Online
from mailsetup.hosting.selectors import UnknownDomain, find_stored_hosting
from mailsetup.setup_links.codes import display_code
from mailsetup.setup_links.decorators import for_setup
from mailsetup.setup_links.models import SetupLink
from mailsetup.setup_links.qr import draw
from mailsetup.setup_links.selectors import code_of, todays_guide_link, token_of
from mailsetup.setup_links.services import TooManyGuideLinks, ensure_guide_link
from mailsetup.setup_links.setups import Setup

# Stands for the reader's own part of the address on a page that knows nobody.
ANYBODY = "you"


@for_setup
def guide(request: HttpRequest, setup: Setup, *, client: str, protocol: str) -> HttpResponse:
    """The steps for one app, or why there are none; 404 for an app or a protocol that isn't there at all."""
    found = _find(request, setup, client, protocol)
    if isinstance(found, HttpResponse):
        return found
    guide, config = found
    context = {
        **_steps_context(setup, guide, config),
        "switch": _switch(setup, guide),
        "device": only_device(guide),
        "on_device": guess_platform(request.headers) in guide.platforms,
        "from_test": request.GET.get("from", ""),
        "for_staff": request.user.is_staff or access.is_support_visit(request),
        "settings_text": FORMATS["text"].render(config).decode(),
        "portal_url": portal_url(),
        "text_url": setup.url("steps_as_text", client=client, protocol=protocol),
        "print_url": setup.url("print_steps", client=client, protocol=protocol),
        "send_url": "" if setup.via_link else setup.url("send_steps", client=client, protocol=protocol),
        "test_url": f"{setup.test_url}?protocol={protocol}&app={client}",
        "compare_url": f"{setup.compare_url}?protocol={protocol}&app={client}",
    }
    response = render(request, template_of(guide), context)
    remember_choice(response, guide, protocol)
    return response


def _find(
    request: HttpRequest, setup: Setup, client: str, protocol: str
) -> tuple[Guide, ClientConfig] | HttpResponse:
    """The guide and the settings that its app gets; or the page that says why there are no steps."""
    found = GUIDES.get(client)
    if found is None or protocol not in set(Protocol):
        raise Http404("There is no such guide.")
    wanted = Protocol(protocol)
    if found.status == "retired":
        return _retired(request, setup, found, wanted)
    if wanted not in found.protocols:
        return _not_possible(request, setup, found, wanted, reason="app")
    try:
        return found, found.settings(setup.config(wanted))
    except NotOffered:
        return _not_possible(request, setup, found, wanted, reason="server")
    except NotExpressible as unknown:
        return _not_possible(request, setup, found, wanted, reason="encryption", service=unknown.service)


def _steps_context(
    setup: Setup, guide: Guide, config: ClientConfig, *, with_file: bool = True
) -> dict[str, Any]:
    """What the steps need, wherever they go; `with_file`: where it is one tap away."""
    profile_url = _profile_url(setup, guide, config) if with_file else ""
    plan = outline(guide, config.protocol, profile=bool(profile_url))
    asked = guide.asks.get(config.protocol, "")
    return {
        **page_context(guide, config, profile_url=profile_url, steps=StepCounter(plan.numbers)),
        "setup": setup,
        "lookup": lookup(guide, config.protocol, setup.domain, setup.address.domain).value,
        "lookup_record": f"{asked}.{setup.address.domain}",
        "told": told(asked, config.services) if asked else set(),
        "display_name": _display_name(setup),
        "files": _files(setup, guide, config),
        "profile_signed": bool(settings.PROFILE_SIGNING_CERT),
        "ways_count": len(plan.ways),
    }


# --- Giving the steps to somebody ------------------------------------------------------------------------
# What staff see marked as unchecked is marked on the guide's page alone: all of this is for customers.


@for_setup
def steps_as_text(request: HttpRequest, setup: Setup, *, client: str, protocol: str) -> HttpResponse:
    """The same steps to paste into a chat or a note; 404 where the guide has none."""
    text = handout_of(request, setup, client, protocol).text()
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_http_methods(["GET", "HEAD", "POST"])
@for_setup
def print_steps(request: HttpRequest, setup: Setup, *, client: str, protocol: str) -> HttpResponse:
    """The same steps as a sheet of paper; by POST it gets a code that opens the guide online.

    None for support that looks as the customer, as for phones.
    """
    guide, config = _steps_or_404(request, setup, client, protocol)
    support_visit = access.is_support_visit(request)
    if request.method == "POST" and not support_visit:
        try:
            ensure_guide_link(setup, client=client, protocol=protocol)
        except TooManyGuideLinks:
            messages.warning(
                request,
                _("You’ve made many codes today, so this sheet has none. Tomorrow there are new ones."),
            )
        return redirect(setup.url("print_steps", client=client, protocol=protocol))
    link = None if support_visit else todays_guide_link(setup, client=client, protocol=protocol)
    online = _online(request, link) if link else None
    context = {
        **_steps_context(setup, guide, config, with_file=online is not None),
        "paper": True,
        "online": online,
        "qr": draw(online.url) if online else None,
        "support_visit": support_visit,
        "devices": [DEVICES[platform][1] for platform in guide.platforms],
        "guide_url": setup.guide_url(client, config.protocol),
        "send_url": "" if setup.via_link else setup.url("send_steps", client=client, protocol=protocol),
        "portal_place": portal_url().partition("://")[2],
        "today": timezone.localdate(),
    }
    return render(request, template_of(guide), context, status=403 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_setup
def send_steps(request: HttpRequest, setup: Setup, *, client: str, protocol: str) -> HttpResponse:
    """Mail the same steps to somebody; for who is signed in, as mail in the portal's name needs a sender.

    Support that looks as the customer sends them without a link, which would open as if the customer had
    made it.
    """
    if setup.via_link:
        raise Http404("Nobody sends mail by a link.")
    handout = handout_of(request, setup, client, protocol)
    support_visit, sender = access.is_support_visit(request), access.who_acts(request)
    offered, nameable = offers_mails(by_support=support_visit), may_stand_in_mail(setup)
    form = SendStepsForm(request.POST or None, setup=setup, may_link=not support_visit)
    customer = setup.domain.customer if setup.domain else None
    status = 200
    if request.method == "POST":
        if not offered:
            raise Http404("The settings allow no mails.")
        status = 422
        if nameable and form.is_valid():
            try:
                online = services.send_steps(
                    handout,
                    sender=sender,
                    by_support=support_visit,
                    to=form.cleaned_data["to"],
                    line=form.cleaned_data["line"],
                    online_at=partial(_online, request) if form.cleaned_data.get("link") else None,
                )
            except _REFUSALS as refused:
                form.add_error(None, _refusal(refused))
                status = 429
            else:
                messages.success(request, _sent(handout, str(form.cleaned_data["to"]), online))
                return redirect(request.path)
    context = {
        "setup": setup,
        "guide": handout.guide,
        "protocol": protocol,
        "form": form,
        "offered": offered,
        "nameable": nameable,
        "left": mails_left(sender, customer, by_support=support_visit),
        "support_visit": support_visit,
        "text": handout.text(),
        "steps_count": len(re.findall(r"^\d+\. ", handout.lines, re.MULTILINE)),
        "guide_url": setup.guide_url(client, handout.config.protocol),
        "text_url": setup.url("steps_as_text", client=client, protocol=protocol),
        "print_url": setup.url("print_steps", client=client, protocol=protocol),
    }
    return render(request, "guides/send.html", context, status=status)


_REFUSALS = (services.NoneLeft, services.RecipientHasEnough, TooManyGuideLinks)


def _refusal(refused: Exception) -> str:
    if isinstance(refused, services.NoneLeft):
        return _("Those were all the mails for today. Send it tomorrow, or give the text below.")
    if isinstance(refused, services.RecipientHasEnough):
        return _(
            "This address got enough mails of this kind today. Send it tomorrow, or give the text below."
        )
    return _("You’ve made many links today. Take the tick for the link away, or send it tomorrow.")


def _sent(handout: Handout, to: str, online: Online | None) -> str:
    text = _("We’ve sent the steps for %(address)s in %(app)s to %(to)s.")
    if online:
        text = _("We’ve sent the steps for %(address)s in %(app)s to %(to)s; its link works until %(until)s.")
    return text % {
        "to": to,
        "app": handout.guide.name,
        "address": handout.setup.address.display,
        "until": online.until if online else "",
    }


def _steps_or_404(
    request: HttpRequest, setup: Setup, client: str, protocol: str
) -> tuple[Guide, ClientConfig]:
    found = _find(request, setup, client, protocol)
    if isinstance(found, HttpResponse):
        raise Http404("There are no steps.")
    return found


def handout_of(request: HttpRequest, setup: Setup, client: str, protocol: str) -> Handout:
    """The steps as text; 404 where the guide has none."""
    guide, config = _steps_or_404(request, setup, client, protocol)
    context = {**_steps_context(setup, guide, config, with_file=False), "paper": True}
    # It goes out in the portal's name, and people choose what they are called.
    context["display_name"] = ""
    lines = plain_text.steps_as_text(render(request, template_of(guide), context).content.decode())
    return Handout(setup, guide, config, lines, brand_of(request))


def _online(request: HttpRequest, link: SetupLink) -> Online:
    return Online(
        url=request.build_absolute_uri(reverse("mailsetup:link", kwargs={"token": token_of(link)})),
        place=request.build_absolute_uri(reverse("mailsetup:type_code")).partition("://")[2],
        code=display_code(code_of(link)),
        until=_until(link.expires_at),
    )


def _until(end: datetime) -> str:
    """The day, and the hour if the link doesn't live to the day's end: one behind another ends with that."""
    local = timezone.localtime(end)
    whole_day = (local + timedelta(minutes=1)).date() > local.date()
    return date_format(local, "DATE_FORMAT" if whole_day else "DATETIME_FORMAT")


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
    """The guide by each protocol that both the app and the server know; none behind a link to one guide."""
    if setup.only_one_guide:
        return {}
    usable = [protocol for protocol in setup.hosting.protocols if protocol in guide.protocols]
    return {protocol.value: setup.guide_url(guide.slug, protocol) for protocol in usable}


def _with_steps(setup: Setup, guide: Guide) -> dict[str, str]:
    """Of these, those for which the app knows the server's encryption."""
    able = {}
    for protocol, url in _switch(setup, guide).items():
        with suppress(NotExpressible, NotOffered):
            guide.settings(setup.config(Protocol(protocol)))
            able[protocol] = url
    return able


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
        "switch": _with_steps(setup, guide),
        "others": _apps_that_can(setup, guide, protocol) if reason["reason"] != "server" else [],
        **reason,
    }
    return render(request, "guides/not_possible.html", context)


def _apps_that_can(setup: Setup, guide: Guide, protocol: Protocol) -> list[dict[str, str]]:
    """Apps of the same devices for whom there are steps with `protocol`, the usual ones first."""
    if setup.only_one_guide:
        return []
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
