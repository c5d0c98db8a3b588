"""Who gets in: staff with the permission; for everybody else there is nothing here."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse

from accounts import access
from accounts.models import User

View = Callable[..., HttpResponse]


def _for(allowed: Callable[[User | AnonymousUser], bool]) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not allowed(request.user):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate


# 404 for strangers, customers, and staff without the permission.
for_watching_staff = _for(access.may_see_the_watch)
for_trying_staff = _for(access.may_try_servers)
