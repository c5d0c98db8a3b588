"""Lay what somebody's app says and has next to what is right."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from mailsetup.clientconfig import ClientConfig, NotExpressible, NotOffered, Protocol
from mailsetup.comparison.forms import ComparisonForm
from mailsetup.comparison.judgement import protocol_by_port
from mailsetup.comparison.recognition import recognise
from mailsetup.comparison.report import LastTest, often_said, report_of
from mailsetup.connection_tests import selectors
from mailsetup.connection_tests.report import ReportUrls, readable_time
from mailsetup.connection_tests.report import report_of as report_of_test
from mailsetup.connection_tests.summaries import said_when
from mailsetup.guides.clients import GUIDES, Guide
from mailsetup.guides.last_choice import last_choice
from mailsetup.guides.outline import outline
from mailsetup.setup_links.decorators import for_setup
from mailsetup.setup_links.setups import Setup

# So many of an app's messages are offered to choose from.
_OFTEN = 4


@dataclass(frozen=True, slots=True)
class _Account:
    """Which app it is about, and how that may receive; `protocol` is None while nobody has said."""

    guide: Guide
    possible: tuple[Protocol, ...]
    protocol: Protocol | None


# Every field, and whatever the code makes of it further down: somebody may type a password into any of them.
@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
@for_setup
def compare(request: HttpRequest, setup: Setup) -> HttpResponse:
    """Ask for the message or the settings of an app, and say what differs. Nothing of it is kept."""
    if not _has_whole_settings(setup):
        raise Http404("There is nothing to compare with.")
    said = request.POST.dict() if request.method == "POST" else request.GET.dict()
    last_guide, _protocol = last_choice(request)
    slug = said.get("app") or (last_guide.slug if last_guide else "")
    account = _account(setup, slug, said.get("protocol", ""))
    said |= {"app": account.guide.slug, "protocol": account.protocol.value if account.protocol else ""}
    if request.method != "POST" or "again" in said:
        return _ask(request, setup, account, _form(account, initial=said))
    # A message can be chosen from the list in place of pasting it.
    said["message"] = said.get("picked") or said.get("message", "")
    form = _form(account, said)
    if not form.is_valid():
        return _ask(request, setup, account, form, status=422)
    return _answer(request, setup, account, form)


def _has_whole_settings(setup: Setup) -> bool:
    """Whether the server receives and sends. What it lacks for one protocol it lacks for the other."""
    try:
        return bool(setup.hosting.protocols) and bool(setup.config(setup.hosting.protocols[0]))
    except NotOffered:
        return False


def _account(setup: Setup, slug: str, protocol: str) -> _Account:
    """A link to one guide compares with that guide, whatever is asked."""
    if setup.link and setup.only_one_guide:
        slug, protocol = setup.link.client, setup.link.protocol
    guide = GUIDES.get(slug)
    if guide is None or guide.status == "retired":
        guide = GUIDES["other"]
    offered = setup.hosting.protocols
    possible = tuple(each for each in offered if each in guide.protocols) or offered
    chosen = [each for each in possible if each.value == protocol] or list(possible)
    return _Account(guide, possible, chosen[0] if len(chosen) == 1 else None)


def _form(account: _Account, data: Any = None, *, initial: Any = None) -> ComparisonForm:
    guide = account.guide
    first = account.protocol or guide.protocols[0]
    return ComparisonForm(
        data,
        initial=initial,
        guide=guide,
        protocols=account.possible,
        app_labels=outline(guide, first, profile=False).labels if first in guide.protocols else {},
    )


def _ask(
    request: HttpRequest, setup: Setup, account: _Account, form: ComparisonForm, *, status: int = 200
) -> HttpResponse:
    protocol = account.protocol or account.possible[0]
    context = {
        "setup": setup,
        "form": form,
        "guide": account.guide,
        "known_app": account.guide is not GUIDES["other"],
        "often": often_said(account.guide, _OFTEN),
        "guide_url": setup.guide_url(account.guide.slug, protocol),
        "test_url": _test_url(setup, account.guide, account.protocol),
    }
    return render(request, "comparison/ask.html", context, status=status)


def _answer(request: HttpRequest, setup: Setup, account: _Account, form: ComparisonForm) -> HttpResponse:
    guide, values, text = account.guide, form.values(), form.cleaned_data["message"]
    by_port = protocol_by_port(values, setup.config(account.possible[0]))
    protocol = account.protocol or (by_port if by_port in account.possible else account.possible[0])
    config, has_steps = _right(setup, guide, protocol)
    guide_url = setup.guide_url(guide.slug, protocol)
    report = report_of(
        values,
        text,
        recognise(text, guide),
        guide=guide,
        config=config,
        guide_url=guide_url if has_steps else "",
        last_test=_last_test(setup),
    )
    context = {
        "setup": setup,
        "report": report,
        "guide": guide,
        "config": config,
        "guide_url": guide_url,
        "has_steps": has_steps,
        "test_url": _test_url(setup, guide, protocol),
        "filled": {name: form.data.get(name, "") for name in form.fields if name != "protocol"},
        "protocol": protocol.value,
        "other_protocol": _other_protocol(setup, by_port, protocol),
    }
    return render(request, "comparison/result.html", context)


def _right(setup: Setup, guide: Guide, protocol: Protocol) -> tuple[ClientConfig, bool]:
    """What is right for this app, and whether its guide has steps for it."""
    config = setup.config(protocol)
    try:
        return guide.settings(config), protocol in guide.protocols
    except NotExpressible:
        return config, False


def _other_protocol(setup: Setup, by_port: Protocol | None, compared: Protocol) -> str:
    """The one that the port belongs to, if it is offered: the account may well be right as that."""
    if setup.only_one_guide or by_port in (None, compared) or by_port not in setup.hosting.protocols:
        return ""
    return by_port.value


def _test_url(setup: Setup, guide: Guide, protocol: Protocol | None) -> str:
    named = f"&protocol={protocol.value}" if protocol else ""
    return f"{setup.test_url}?app={guide.slug}{named}"


def _last_test(setup: Setup) -> LastTest | None:
    """The newest test of this address that is over and that whoever asks may see."""
    if setup.link:
        tests = selectors.tests_of_link(setup.link)
    elif setup.user:
        tests = selectors.tests_of(setup.user)
    else:
        return None
    now, limits = timezone.now(), settings.COMPARISON
    since = now - timedelta(hours=limits.compare_test_hours)
    reference = selectors.latest_finished(tests, str(setup.address), since)
    read = selectors.find_test(tests, reference) if reference else None
    if read is None:
        return None
    test, found, _lost = read
    link = {"token": setup.token} if setup.via_link else {}
    return LastTest(
        report=report_of_test(test, found, urls=ReportUrls()),
        when=said_when(timezone.localtime(test.created_at)),
        time=readable_time(test.created_at),
        current=now - test.created_at <= timedelta(minutes=limits.compare_current_minutes),
        url=reverse("mailsetup:test", kwargs={**link, "reference": test.reference}),
    )
