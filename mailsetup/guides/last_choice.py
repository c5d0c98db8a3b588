"""Which guide this browser opened last: an app and a protocol, and nothing of whose address."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from mailsetup.guides.clients import GUIDES, Guide

_COOKIE = "last_app"


def remember_choice(response: HttpResponse, guide: Guide, protocol: str) -> None:
    """Have the browser keep it: the front page offers it first."""
    response.set_cookie(
        _COOKIE,
        f"{guide.slug}/{protocol}",
        max_age=timedelta(days=settings.GUIDES.last_app_days),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def last_choice(request: HttpRequest) -> tuple[Guide | None, str]:
    """The guide and the protocol; None and "" where there was none, whatever a forged cookie says."""
    slug, _slash, protocol = request.COOKIES.get(_COOKIE, "").partition("/")
    guide = GUIDES.get(slug)
    return guide, protocol if guide else ""
