"""For the views of one address: from a request to a `Setup` or a link."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts import browsers
from accounts.brands import brand_of
from mailsetup.clientconfig import AddressError
from mailsetup.hosting.selectors import UnknownDomain
from mailsetup.setup_links import selectors, services
from mailsetup.setup_links.models import SetupLink
from mailsetup.setup_links.selectors import LinkGone, UnknownLink

DEVICE_COOKIE = "setup_device"

# The pages that a link to one guide opens; where they say which guide, it has to be that one.
OF_ONE_GUIDE = {
    f"mailsetup:{name}"
    for name in (
        *("link", "guide", "steps_as_text", "print_steps", "download"),
        *("start_test", "test", "cancel_test", "written_test", "compare"),
    )
}

View = Callable[..., HttpResponse]


class LinkHttpRequest(HttpRequest):
    """A request behind a link; templates/base.html shows such a visitor no menu of an account."""

    link_home_url: str


def for_setup(view: View) -> View:
    """Give `view` the Setup of a page below /setup/ADDRESS/ or /s/TOKEN/.

    Strangers, forged links and unknown domains get 404, old links 410.
    """

    @wraps(view)
    def for_address_or_token(
        request: HttpRequest, *, address: str = "", token: str = "", **kwargs: Any
    ) -> HttpResponse:
        if token:
            return _behind_link(
                request,
                token,
                lambda link: view(
                    request,
                    selectors.setup_of_link(link, token, display_name=brand_of(request).name),
                    **kwargs,
                ),
            )
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        try:
            setup = selectors.setup_of_user(request.user, address, display_name=brand_of(request).name)
        except (AddressError, UnknownDomain):
            raise Http404("No such address here.") from None
        return view(request, setup, **kwargs)

    return for_address_or_token


def for_link(view: View) -> View:
    """Give `view` the link of a page below /s/TOKEN/, as `link`, and its `token`; the rest as for_setup()."""

    @wraps(view)
    def for_token(request: HttpRequest, *, token: str, **kwargs: Any) -> HttpResponse:
        return _behind_link(request, token, lambda link: view(request, link=link, token=token, **kwargs))

    return for_token


def _is_its_own(request: HttpRequest, link: SetupLink) -> bool:
    """Whether this page is about the one guide that `link` opens."""
    match = request.resolver_match
    if match is None or match.view_name not in OF_ONE_GUIDE:
        return False
    guide = {"client": link.client, "protocol": link.protocol}
    return all(match.kwargs.get(name, value) == value for name, value in guide.items())


def preview_of_link(request: HttpRequest, template: str) -> HttpResponse | None:
    """The page `template` for a program that opens a link before a person does; None where a person asks.

    It says what the link is for, and nothing that stands behind it. A browser keeps no page that it has
    loaded ahead if that is refused, and asks again when somebody wants it (WICG "Prefetch",
    https://wicg.github.io/nav-speculation/prefetch.html: "ok status").
    """
    if browsers.is_prefetch(request.headers):
        return render(request, template, status=403)
    return render(request, template) if browsers.is_robot(request.headers.get("User-Agent", "")) else None


def _behind_link(
    request: HttpRequest, token: str, answer: Callable[[SetupLink], HttpResponse]
) -> HttpResponse:
    home_url = reverse("mailsetup:link", kwargs={"token": token})
    by_link = cast("LinkHttpRequest", request)
    try:
        link = selectors.open_link(token, request.COOKIES.get(DEVICE_COOKIE, ""))
        if link.opens_one_guide and not _is_its_own(request, link):
            raise UnknownLink
        if preview := preview_of_link(request, "setup_links/link_preview.html"):
            return preview
        by_link.link_home_url = home_url
        # The page comes first: one that isn't there must not use up the link without leaving the key behind.
        response = answer(link)
        # Who asks by HEAD has not seen the page; the phone that scans the code asks for it.
        device_key = None if request.method == "HEAD" else services.claim_setup_link(link)
    except LinkGone as gone:
        by_link.link_home_url = ""  # a page that says so leads nowhere by a dead link
        return render(request, "setup_links/link_gone.html", {"reason": gone.reason}, status=410)
    except (AddressError, UnknownDomain, UnknownLink):
        raise Http404("No such link.") from None
    if device_key:
        response.set_cookie(
            DEVICE_COOKIE,
            device_key,
            max_age=link.expires_at - timezone.now(),
            path=home_url,
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
    return response
