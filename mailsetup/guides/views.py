"""The guide for one app with one address's own values."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from mailsetup.clientconfig import ClientConfig, NotOffered, Protocol, with_implicit_tls
from mailsetup.formats import FORMATS, NothingToOffer
from mailsetup.guides.clients import GUIDES, Guide
from mailsetup.guides.devices import guess_platform
from mailsetup.guides.outline import StepCounter, outline, page_context, template_of
from mailsetup.setup_links.decorators import for_setup
from mailsetup.setup_links.setups import Setup


@for_setup
def guide(request: HttpRequest, setup: Setup, *, client: str, protocol: str) -> HttpResponse:
    """The steps for one app; 404 for an app that isn't there, or a protocol that it or the server lacks."""
    found = GUIDES.get(client)
    if found is None or protocol not in found.protocols:
        raise Http404("There is no such guide.")
    try:
        config = setup.config(Protocol(protocol))
    except NotOffered:
        raise Http404("This protocol is not offered here.") from None
    if found.prefer_ssl:
        config = with_implicit_tls(config)
    profile_url = _profile_url(setup, found, config)
    usable = [other for other in setup.hosting.protocols if other in found.protocols]
    plan = outline(found, config.protocol, profile=bool(profile_url))
    context = {
        **page_context(found, config, profile_url=profile_url, steps=StepCounter(plan.numbers)),
        "setup": setup,
        "display_name": setup.user.name if setup.user else "",
        "switch": {other.value: setup.guide_url(client, other) for other in usable},
        "profile_signed": bool(settings.PROFILE_SIGNING_CERT),
        "open_profile": request.GET.get("profile") == "open",
        "on_device": guess_platform(request.headers) in found.platforms,
        "from_test": request.GET.get("from", ""),
        "test_url": f"{setup.test_url}?protocol={protocol}&app={client}",
    }
    return render(request, template_of(found), context)


def _profile_url(setup: Setup, guide: Guide, config: ClientConfig) -> str:
    """Where the file for this app is; empty when there is none, or nothing safe to put into it."""
    if not guide.profile:
        return ""
    try:
        FORMATS[guide.profile].render(config)
    except NothingToOffer:
        return ""
    return setup.url("download", slug=guide.profile, protocol=config.protocol.value)
