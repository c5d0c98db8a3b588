"""Who gets in: staff with the permission; for everybody else there is nothing here."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from accounts import access

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponseBase]


def for_desk(*needed: str) -> Callable[[View], View]:
    """Give the view the DeskRights of whoever asks; 404 without all that are called `needed`.

    What staff open is logged, with the number of their account and without the part before an @.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            rights = access.desk_rights(request.user)
            if not all(getattr(rights, right) for right in needed):
                raise Http404
            opened = [str(value).rpartition("@")[2] for value in kwargs.values()]
            name = request.resolver_match.url_name if request.resolver_match else ""
            logger.info("Account %s at the desk: %s", request.user.pk, " ".join([name or "", *opened]))
            return view(request, rights, **kwargs)

        return guarded

    return decorate
