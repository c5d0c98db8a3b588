"""What somebody opened at the desk lately: kept in their session, which ends when they sign out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

_KEY = "desk_opened"


@dataclass(frozen=True, slots=True)
class Opened:
    """A page of the desk under the name that it has there."""

    title: str
    url: str
    at: datetime


def remember(request: HttpRequest, title: str) -> None:
    """Note the page that is asked for as the last one; the oldest is forgotten."""
    others = [each for each in request.session.get(_KEY, []) if each[1] != request.path]
    latest = [[title, request.path, timezone.now().isoformat()], *others]
    request.session[_KEY] = latest[: settings.SUPPORT.desk_opened_limit]


def lately(request: HttpRequest) -> Iterator[Opened]:
    """The pages, the last one first."""
    for title, url, at in request.session.get(_KEY, []):
        yield Opened(title, url, datetime.fromisoformat(at))
