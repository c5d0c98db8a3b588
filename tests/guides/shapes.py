"""The servers a provider may have, and the page of a guide for an address on each of them."""

from collections.abc import Callable
from functools import cache
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory

from accounts.models import User
from mailsetup.clientconfig import (
    ClientConfig,
    Hosting,
    NotExpressible,
    Protocol,
    ServerSettings,
    ServiceType,
    SocketType,
    Source,
    parse_address,
)
from mailsetup.guides import views
from mailsetup.guides.clients import GUIDES
from mailsetup.guides.lookup import Lookup
from mailsetup.setup_links.setups import Setup
from tests.guides.page import Page

IMAP, POP3, SMTP = ServiceType
SSL, STARTTLS, PLAIN = SocketType
ADDRESS = "anna@kiosk.example"


def _hosting(*services: ServerSettings) -> Hosting:
    return Hosting(
        domain="kiosk.example",
        primary_domain="kiosk.example",
        source=Source.DOMAIN,
        display_name="Kiosk Mail",
        services=services,
        webmail_url="https://webmail.hoster.example/",
    )


SHAPES = {
    "ssl": _hosting(
        ServerSettings(IMAP, "mail.hoster.example", 993, SSL),
        ServerSettings(POP3, "mail.hoster.example", 995, SSL),
        ServerSettings(SMTP, "mail.hoster.example", 465, SSL),
    ),
    "starttls": _hosting(
        ServerSettings(IMAP, "mail.hoster.example", 143, STARTTLS),
        ServerSettings(POP3, "mail.hoster.example", 110, STARTTLS),
        ServerSettings(SMTP, "mail.hoster.example", 587, STARTTLS),
    ),
    # Nothing is encrypted, so there is no profile either.
    "plain": _hosting(
        ServerSettings(IMAP, "mail.hoster.example", 143, PLAIN),
        ServerSettings(POP3, "mail.hoster.example", 110, PLAIN),
        ServerSettings(SMTP, "mail.hoster.example", 587, PLAIN),
    ),
    # Receiving is encrypted, sending isn't.
    "half": _hosting(
        ServerSettings(IMAP, "mail.hoster.example", 993, SSL),
        ServerSettings(POP3, "mail.hoster.example", 995, SSL),
        ServerSettings(SMTP, "mail.hoster.example", 587, PLAIN),
    ),
    # What no template could have typed in itself, and nothing alike: hosts, ports and user names.
    "odd": _hosting(
        ServerSettings(IMAP, "in7.hoster.example", 9931, SSL, username="%EMAILLOCALPART%7"),
        ServerSettings(POP3, "pop8.hoster.example", 9951, SSL, username="%EMAILLOCALPART%8"),
        ServerSettings(SMTP, "out9.hoster.example", 5871, STARTTLS, username="%EMAILLOCALPART%9"),
    ),
    # Everything twice, first in the way that an app with a tick named SSL can't use.
    "both": _hosting(
        ServerSettings(IMAP, "start.hoster.example", 1431, STARTTLS),
        ServerSettings(IMAP, "ssl.hoster.example", 9931, SSL),
        ServerSettings(POP3, "start.hoster.example", 1101, STARTTLS),
        ServerSettings(POP3, "ssl.hoster.example", 9951, SSL),
        ServerSettings(SMTP, "start.hoster.example", 5871, STARTTLS),
        ServerSettings(SMTP, "ssl.hoster.example", 4651, SSL),
    ),
    "imap-only": _hosting(
        ServerSettings(IMAP, "mail.hoster.example", 993, SSL),
        ServerSettings(SMTP, "mail.hoster.example", 587, STARTTLS),
    ),
    "pop3-only": _hosting(
        ServerSettings(POP3, "mail.hoster.example", 995, SSL),
        ServerSettings(SMTP, "mail.hoster.example", 587, STARTTLS),
    ),
}


def every_page(test: Callable[[str, Protocol, str], None]) -> Any:
    """A test of one page, made of every page there is: a case for each app, on every kind of server."""

    @pytest.mark.parametrize("slug", dict.fromkeys(slug for slug, _protocol, _shape in EVERY_PAGE))
    def on_every_page(slug: str) -> None:
        for where in EVERY_PAGE:
            if where[0] == slug:
                test(*where)

    on_every_page.__doc__ = test.__doc__
    return on_every_page


def setup_on(shape: str, *, name: str = "Anna Lindqvist") -> Setup:
    """A signed-in person sets up an address on such a server."""
    user = User(email=ADDRESS, name=name)
    return Setup(address=parse_address(ADDRESS), hosting=SHAPES[shape], domain=None, user=user)


def config_for(slug: str, protocol: Protocol, shape: str) -> ClientConfig:
    """The settings that the app of the guide should get."""
    config = setup_on(shape).config(protocol)
    return GUIDES[slug].settings(config)


def _can(slug: str, protocol: Protocol, shape: str) -> bool:
    try:
        config_for(slug, protocol, shape)
    except NotExpressible:
        return False
    return True


# Slug, protocol and shape of every page with steps.
EVERY_PAGE = [
    (guide.slug, protocol, shape)
    for guide in GUIDES.values()
    for shape, hosting in SHAPES.items()
    for protocol in hosting.protocols
    if protocol in guide.protocols and _can(guide.slug, protocol, shape)
]


def render(
    slug: str,
    protocol: Protocol = Protocol.IMAP,
    shape: str = "odd",
    *,
    query: str = "",
    agent: str = "",
    name: str = "Anna Lindqvist",
    staff: bool = False,
    lookup: Lookup = Lookup.UNSURE,
) -> Page:
    """The guide as its view answers, behind the door that finds out who is asking.

    `lookup` is what is known of the DNS of the domain, for an app that asks us.
    """
    request = RequestFactory().get(f"/{query}", headers={"user-agent": agent})
    request.user = User(is_staff=True) if staff else AnonymousUser()
    known = lookup if protocol in GUIDES[slug].asks else Lookup.UNSURE
    with patch.object(views, "lookup", return_value=known):
        return _page_of(request, setup_on(shape, name=name), slug, protocol)


def render_for(address: str, hosting: Hosting, slug: str, protocol: Protocol) -> Page:
    """The guide for somebody's own address on a server that is there."""
    user = User(email=address, name="Anna Lindqvist")
    setup = Setup(address=parse_address(address), hosting=hosting, domain=None, user=user)
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    return _page_of(request, setup, slug, protocol)


def _page_of(request: HttpRequest, setup: Setup, slug: str, protocol: Protocol) -> Page:
    view = views.guide.__wrapped__
    answer = view(request, setup, client=slug, protocol=protocol.value)
    return Page(answer.content.decode())


# For tests that look at many pages and change nothing.
page = cache(render)
