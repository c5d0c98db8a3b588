"""Who is visiting: a signed-in user or the holder of a set-up link. Every page of one address starts here."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from mailsetup import selectors, services
from mailsetup.clientconfig import AddressError, ClientConfig, ProtocolNotOffered, ServiceType, resolve
from mailsetup.clientconfig.address import display_domain
from mailsetup.models import ConnectionTest
from mailsetup.selectors import LinkGone, UnknownDomain, Visit

_COOKIE = "setup_device"


@dataclass(frozen=True, slots=True)
class VisitPage:
    """A visit as templates see it: the address, and where its pages are."""

    visit: Visit
    token: str = ""

    @property
    def via_link(self) -> bool:
        return self.visit.link is not None

    @property
    def address(self) -> str:
        return str(self.visit.address)

    @property
    def display_address(self) -> str:
        return self.visit.address.display

    @property
    def display_domain(self) -> str:
        return display_domain(self.visit.address.domain)

    @property
    def home_url(self) -> str:
        return (
            reverse("mailsetup:link", kwargs={"token": self.token})
            if self.via_link
            else reverse("mailsetup:home")
        )

    @property
    def test_url(self) -> str:
        return self.url("start")

    @property
    def phone_url(self) -> str:
        return self.url("phone")

    def url(self, name: str, **kwargs: str) -> str:
        key = {"token": self.token} if self.via_link else {"address": self.address}
        return reverse(f"mailsetup:{name}", kwargs={**key, **kwargs})

    def guide_url(self, client: str, protocol: ServiceType) -> str:
        return self.url("guide", client=client, protocol=protocol.value)

    def result_url(self, test: ConnectionTest, page: str = "test_of_visit") -> str:
        return self.url(page, reference=test.reference)

    def config(self, protocol: str) -> ClientConfig:
        """The settings for `protocol`; a protocol that isn't offered here is a page that isn't there."""
        try:
            return resolve(self.visit.address, self.visit.hosting, ServiceType(protocol))
        except (ValueError, ProtocolNotOffered):
            raise Http404("This protocol is not offered here.") from None


View = Callable[..., HttpResponse]


def of_one_address(view: View) -> View:
    """Give `view` the page's visit; strangers, forged links and unknown domains get 404, old links 410."""

    @wraps(view)
    def door(request: HttpRequest, *, address: str = "", token: str = "", **kwargs: Any) -> HttpResponse:
        if token:
            return _by_link(request, token, view, kwargs)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        try:
            visit = selectors.visit_of_user(request.user, address)
        except (AddressError, UnknownDomain):
            raise Http404("No such address here.") from None
        return view(request, VisitPage(visit), **kwargs)

    return door


def _by_link(request: HttpRequest, token: str, view: View, kwargs: dict[str, Any]) -> HttpResponse:
    try:
        visit = selectors.visit_of_link(token, request.COOKIES.get(_COOKIE, ""))
    except LinkGone as gone:
        return _gone(request, gone)
    except (AddressError, UnknownDomain):
        raise Http404("No such link.") from None
    assert visit.link is not None  # noqa: S101  # visit_of_link always brings one
    # The page comes first: one that isn't there must not use up the link without leaving the key behind.
    response = view(request, VisitPage(visit, token), **kwargs)
    try:
        device_key = services.claim_setup_link(visit.link)
    except LinkGone as gone:
        return _gone(request, gone)
    if device_key:
        response.set_cookie(
            _COOKIE,
            device_key,
            max_age=int(services.ONE_DEVICE_LIFETIME.total_seconds()),
            path=reverse("mailsetup:link", kwargs={"token": token}),
            httponly=True,
            secure=request.is_secure(),
            samesite="Lax",
        )
    # What a link shows is for its holder alone.
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response


def _gone(request: HttpRequest, gone: LinkGone) -> HttpResponse:
    return render(request, "mailsetup/link_gone.html", {"reason": gone.reason}, status=410)
