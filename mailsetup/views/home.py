"""The set-up page: which address, how mail is kept, which app."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from mailsetup import selectors
from mailsetup.clientconfig import AddressError, ServiceType
from mailsetup.clientconfig.address import display_domain
from mailsetup.guides import GUIDES, Guide, Platform, guides_for
from mailsetup.models import ConnectionTest
from mailsetup.selectors import UnknownDomain
from mailsetup.views.device import DEVICES, guess_platform
from mailsetup.views.test_page import lately
from mailsetup.views.visits import VisitPage, of_one_address

_LATELY = 3


def show(request: HttpRequest) -> HttpResponse:
    """The start page of somebody who is signed in."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    return _page(request, request.user)


@login_required
def choose(request: HttpRequest) -> HttpResponse:
    """The answer to the three questions: off to the guide."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101  # login_required
    typed = request.GET.get("other", "").strip() or request.GET.get("address", "")
    try:
        visit = VisitPage(selectors.visit_of_user(user, typed))
    except AddressError as error:
        return _page(request, user, error=str(error), typed=typed, status=422)
    except UnknownDomain:
        message = _("That address isn’t in one of your domains.")
        return _page(request, user, error=message, typed=typed, status=422)
    return _to_guide(request, visit) or _page(request, user, typed=typed)


@of_one_address
def show_link(request: HttpRequest, page: VisitPage) -> HttpResponse:
    """What a set-up link opens: the questions for its one address, or on an iPhone the profile at once."""
    answered = _to_guide(request, page)
    if answered:
        return answered
    offered = selectors.offered_protocols(page.visit.hosting)
    first_time = page.visit.link is not None and page.visit.link.one_device
    if first_time and guess_platform(request) is Platform.IOS and offered and "choose" not in request.GET:
        iphone = next(guide for guide in guides_for(Platform.IOS) if guide.profile)
        return HttpResponseRedirect(page.guide_url(iphone.slug, offered[0]) + "?profile=open")
    context = {"visit": page, "form_action": page.home_url, **_questions(request, offered)}
    return render(request, "mailsetup/home.html", context)


def _to_guide(request: HttpRequest, page: VisitPage) -> HttpResponse | None:
    guide = GUIDES.get(request.GET.get("app", ""))
    if guide is None:
        return None
    offered = selectors.offered_protocols(page.visit.hosting)
    wanted = [protocol for protocol in offered if protocol.value == request.GET.get("protocol")]
    usable = [protocol for protocol in wanted + offered if protocol in guide.protocols]
    return HttpResponseRedirect(page.guide_url(guide.slug, usable[0])) if usable else None


def _page(
    request: HttpRequest, user: User, *, error: str = "", typed: str = "", status: int = 200
) -> HttpResponse:
    domains = list(selectors.domains_of(user))
    if not domains and user.is_staff:
        return redirect("admin:index")
    if not domains:
        return render(request, "mailsetup/no_domain.html")
    tests = list(selectors.tests_of(user)[:_LATELY])
    context = {
        "domains": _address_choices(user, typed, tests),
        "domain_names": [domain.display_name for domain in domains],
        "other_address": typed if error else "",
        "address_error": error,
        "lately": [lately(test) for test in tests],
        "form_action": "/setup/",
        **_questions(request, [ServiceType.IMAP, ServiceType.POP3]),
    }
    return render(request, "mailsetup/home.html", context, status=status)


def _address_choices(user: User, typed: str, tests: list[ConnectionTest]) -> list[dict[str, Any]]:
    """The known mailboxes under their domains, the one wanted or the first one ticked."""
    notes = {test.address: _("Tested lately") for test in tests}
    groups: dict[str, list[dict[str, Any]]] = {}
    for mailbox in selectors.mailboxes_of(user):
        groups.setdefault(mailbox.domain.name, []).append(
            {
                "address": mailbox.address,
                "display": f"{mailbox.local_part}@{mailbox.domain.display_name}",
                "checked": mailbox.address == typed,
                "note": notes.get(mailbox.address, ""),
            }
        )
    choices = [address for group in groups.values() for address in group]
    if choices and not any(address["checked"] for address in choices):
        choices[0]["checked"] = True
    return [{"display_name": display_domain(name), "addresses": group} for name, group in groups.items()]


def _questions(request: HttpRequest, offered: list[ServiceType]) -> dict[str, Any]:
    platform = guess_platform(request)
    detected = _named_guides(platform) if platform else []
    label, _group, icon = DEVICES[platform] if platform else ("", "", "")
    return {
        "protocols": [protocol.value for protocol in offered],
        "protocol": request.GET.get("protocol") or (offered[0].value if offered else ""),
        "device": {"label": label, "icon": icon} if detected else None,
        "detected": [_card(guide) for guide in detected],
        "groups": [
            {"label": group, "icon": icon, "guides": [_card(guide) for guide in _named_guides(other)]}
            for other, (_device, group, icon) in DEVICES.items()
            if other is not platform and _named_guides(other)
        ],
    }


def _named_guides(platform: Platform) -> list[Guide]:
    """The apps for a platform; "another app" has its own button below them."""
    return [guide for guide in guides_for(platform) if guide.slug != "other"]


def _card(guide: Guide) -> dict[str, Any]:
    steps = max(guide.step_count(protocol) for protocol in guide.protocols)
    ways = {
        "one_tap": (_("One tap"), "bolt"),
        "type_address": (_("Just type your address"), "wand"),
        "steps": (ngettext("%(count)s step", "%(count)s steps", steps) % {"count": steps}, "list"),
    }
    label, icon = ways[guide.way]
    return {
        "slug": guide.slug,
        "name": guide.name,
        "tile": guide.tile,
        "hue": guide.hue,
        "way_label": label,
        "way_icon": icon,
    }
