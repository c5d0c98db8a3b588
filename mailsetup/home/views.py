"""The set-up page: which address, how mail is kept, which app."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import selectors as account_selectors
from accounts.brands import brand_of
from accounts.http import AuthenticatedHttpRequest
from accounts.models import User
from mailsetup.clientconfig import AddressError, Protocol, display_domain
from mailsetup.connection_tests.summaries import TestSummary, latest_summaries
from mailsetup.guides.clients import GUIDES, NO_LONGER_MADE, TERMINAL, Guide, Platform, guides_for
from mailsetup.guides.devices import DEVICES, guess_platform, may_be_an_ipad
from mailsetup.guides.last_choice import last_choice
from mailsetup.guides.search import find_guides
from mailsetup.home.cards import Cards
from mailsetup.hosting import selectors, sentences
from mailsetup.hosting.models import Domain
from mailsetup.hosting.selectors import UnknownDomain
from mailsetup.setup_links.decorators import for_setup
from mailsetup.setup_links.selectors import setup_of_user
from mailsetup.setup_links.setups import Setup

# What the first button of the form says, which Enter presses in any of its fields.
_ENTER = "enter"
# What the other questions of the page answer.
_ANSWERS = {"address", "other", "protocol"}


def home(request: HttpRequest) -> HttpResponse:
    """The start page of somebody who is signed in."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    return _page(request, request.user)


@login_required
def choose(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The answer to the three questions: off to the guide."""
    user = request.user
    typed = request.GET.get("other", "").strip() or request.GET.get("address", "")
    try:
        setup = setup_of_user(user, typed, display_name=brand_of(request).name)
    except (AddressError, UnknownDomain) as error:
        return _page(request, user, error=_refusal(error, typed), typed=typed, status=422)
    return _to_guide(request, setup) or _page(request, user, typed=typed)


@login_required
def choose_for_test(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The test, or comparing with an app, without an address yet: choose one first."""
    user = request.user
    mailboxes = list(selectors.mailboxes_of(user).order_by("domain__name", "local_part"))
    typed = request.GET.get("other", "").strip() or request.GET.get("address", "")
    if not typed and len(mailboxes) == 1:
        typed = mailboxes[0].address
    domains = list(selectors.domains_of(user))
    if not domains:
        return _no_domain(request, user)
    error = ""
    if "other" in request.GET or typed:  # the form sends its field even if it is empty
        try:
            setup = setup_of_user(user, typed, display_name=brand_of(request).name)
        except (AddressError, UnknownDomain) as refused:
            error = _refusal(refused, typed)
        else:
            wanted_url = setup.compare_url if "compare" in request.GET else setup.test_url
            return HttpResponseRedirect(_with_protocol(wanted_url, setup, request.GET.get("protocol", "")))
    context = {
        "mailboxes": mailboxes,
        "domain_names": [domain.display_name for domain in domains],
        "other_address": typed,
        "address_error": error,
        "compare": "compare" in request.GET,
    }
    return render(request, "home/choose_for_test.html", context, status=422 if error else 200)


def _with_protocol(url: str, setup: Setup, protocol: str) -> str:
    """A page of the address, with the protocol that was chosen beside it."""
    offered = [each.value for each in setup.hosting.protocols]
    return f"{url}?{urlencode({'protocol': protocol})}" if protocol in offered else url


def _refusal(error: AddressError | UnknownDomain, typed: str) -> str:
    if not typed:
        return _("No address is chosen yet. Choose one, or type one here.")
    if isinstance(error, AddressError):
        return sentences.address_fault(error)
    return _("That address isn’t in one of your domains.")


@for_setup
def link(request: HttpRequest, setup: Setup) -> HttpResponse:
    """What a set-up link opens: the guide that it was made for, or the questions for its one address."""
    if setup.link is not None and setup.only_one_guide:
        return HttpResponseRedirect(setup.guide_url(setup.link.client, Protocol(setup.link.protocol)))
    answered = _to_guide(request, setup)
    if answered:
        return answered
    offered = setup.hosting.protocols
    chosen = _guide_of_link(request, setup) if "choose" not in request.GET else None
    if chosen:
        return HttpResponseRedirect(chosen)
    cards = Cards([(setup.domain, setup.address.domain)])
    context = {"setup": setup, "form_action": setup.home_url, **_questions(request, offered, cards)}
    return render(request, "home/home.html", context)


def _guide_of_link(request: HttpRequest, setup: Setup) -> str | None:
    """The guide that a code was made on, if the phone that scanned it can use it.

    On an iPhone it is the one for its own mail app otherwise, with the profile one tap away.
    """
    link, offered = setup.link, setup.hosting.protocols
    if link is None or not link.one_device or not offered:
        return None
    protocol = next((each for each in offered if each.value == link.protocol), offered[0])
    platform = guess_platform(request.headers)
    made_on = GUIDES.get(link.client)
    if made_on is not None and (platform is None or platform in made_on.platforms):
        return setup.guide_url(made_on.slug, protocol)
    if platform is Platform.IOS:
        iphone = next(guide for guide in guides_for(Platform.IOS) if guide.profile)
        return setup.guide_url(iphone.slug, protocol)
    return None


def _to_guide(request: HttpRequest, setup: Setup) -> HttpResponse | None:
    slug = request.GET.get("app", "")
    if slug == _ENTER:
        # Enter in the search field searches; in another one it asks for the plain settings.
        slug = "" if request.GET.get("q", "").strip() else "other"
    guide = GUIDES.get(slug)
    if guide is None:
        return None
    offered = setup.hosting.protocols
    # A protocol that the app lacks is said by its page; without a choice it is one that works.
    wanted = [protocol for protocol in offered if protocol.value == request.GET.get("protocol")]
    usable = [protocol for protocol in offered if protocol in guide.protocols]
    return HttpResponseRedirect(setup.guide_url(guide.slug, [*wanted, *usable, *Protocol][0]))


def _page(
    request: HttpRequest, user: User, *, error: str = "", typed: str = "", status: int = 200
) -> HttpResponse:
    domains = list(selectors.domains_of(user).select_related("server").prefetch_related("server__services"))
    if not domains and user.is_staff:
        return redirect("admin:index")
    if not domains:
        return _no_domain(request, user)
    latest = latest_summaries(user, settings.CONNECTION_TESTS.recent_tests_limit)
    choices = _address_choices(user, typed, latest)
    context = {
        "domains": choices,
        "domain_names": [domain.display_name for domain in domains],
        "other_address": typed if error else _own_address(user, choices, domains),
        "address_error": error,
        "lately": latest,
        "form_action": reverse("mailsetup:choose"),
        **_questions(request, tuple(Protocol), Cards([(domain, domain.name) for domain in domains])),
    }
    return render(request, "home/home.html", context, status=status)


def _no_domain(request: HttpRequest, user: User) -> HttpResponse:
    """Somebody new, or somebody whose customer has let them go."""
    return render(request, "home/no_domain.html", {"left": account_selectors.left_by(user)})


def _address_choices(user: User, typed: str, latest: list[TestSummary]) -> list[dict[str, Any]]:
    """The known mailboxes under their domains, the one to begin with ticked."""
    tested = {test.address for test in latest}
    groups: dict[str, list[dict[str, Any]]] = {}
    for mailbox in selectors.mailboxes_of(user):
        display = f"{mailbox.local_part}@{mailbox.domain.display_name}"
        groups.setdefault(mailbox.domain.name, []).append(
            {
                "address": mailbox.address,
                "display": display,
                "note": _("Tested lately") if display in tested else "",
            }
        )
    choices = {choice["address"]: choice for group in groups.values() for choice in group}
    # The one wanted, one's own, one tested lately, the only one: nobody begins with somebody else's.
    lately = [address for address, choice in choices.items() if choice["note"]]
    begin_with = [typed, user.email, *lately, *(choices if len(choices) == 1 else ())]
    chosen = next((address for address in begin_with if address in choices), "")
    if chosen:
        choices[chosen]["checked"] = True
    return [{"display_name": display_domain(name), "addresses": group} for name, group in groups.items()]


def _own_address(user: User, choices: list[dict[str, Any]], domains: Sequence[Domain]) -> str:
    """The address that somebody signs in with, to be typed for them: it is in a domain, yet not on record.

    "" where something is ticked, which what is typed would outdo.
    """
    ticked = any(choice.get("checked") for group in choices for choice in group["addresses"])
    own = user.email.rpartition("@")[2] in {domain.name for domain in domains}
    return user.email if own and not ticked else ""


def _questions(request: HttpRequest, offered: Sequence[Protocol], cards: Cards) -> dict[str, Any]:
    query = request.GET.get("q", "").strip()[: settings.GUIDES.app_search_characters]
    last, last_protocol = last_choice(request)
    if last_protocol not in offered:
        last_protocol = ""
    return {
        "protocols": [protocol.value for protocol in offered],
        "protocol": request.GET.get("protocol") or last_protocol or (offered[0].value if offered else ""),
        "leave_copies": [guide.name for guide in GUIDES.values() if guide.leaves_copies],
        "take_copies": [guide.name for guide in GUIDES.values() if guide.leaves_copies is False],
        "query": query,
        "found": [cards.found(guide, query) for guide in find_guides(query)],
        "total": len(GUIDES) - 1,  # "Another app" is none.
        "all_url": "?" + urlencode([(key, value) for key, value in request.GET.items() if key in _ANSWERS]),
        "last": cards.card(last) if last else None,
        "last_protocol": last_protocol,
        **_catalogue(guess_platform(request.headers), cards, or_ipad=may_be_an_ipad(request.headers)),
    }


def _catalogue(platform: Platform | None, cards: Cards, *, or_ipad: bool) -> dict[str, Any]:
    """The apps of the visitor's device first, then by device, then what few look for."""
    detected = guides_for(platform) if platform else []
    label, _group, icon = DEVICES[platform] if platform else ("", "", "")
    if or_ipad:
        label, detected = _("a Mac or an iPad"), [guides_for(Platform.IOS)[0], *detected]
    shown = settings.GUIDES.detected_apps_count
    groups: list[tuple[str, str, list[Guide], bool]] = []
    for other, (_device, name, picture) in DEVICES.items():
        here = other is platform
        groups.append((str(name), picture, guides_for(other)[shown if here else 0 :], here))
    groups.append((_("In a terminal"), "terminal", TERMINAL, False))
    groups.append((_("No longer made"), "archive", NO_LONGER_MADE, False))
    return {
        "device": {"label": label, "icon": icon} if detected else None,
        "detected": [cards.card(guide) for guide in detected[:shown]],
        "groups": [
            {"label": name, "icon": picture, "guides": [cards.card(guide) for guide in guides], "more": more}
            for name, picture, guides, more in groups
            if guides
        ],
    }
