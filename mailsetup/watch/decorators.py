"""Who gets in: staff with the permission; for everybody else there is nothing here."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from accounts import access


def for_watching_staff(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """404 for strangers, customers, and staff without the permission."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not access.may_see_the_watch(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
