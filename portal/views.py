"""Pages for when something is wrong, and the sign of life."""

import logging
import secrets

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.brands import brand_of
from portal import health

logger = logging.getLogger(__name__)

# Without O, I and L, which people hear or read as something else.
REFERENCE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers. Says nothing about the database or the worker: that is /readyz."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Database, migrations, cache and worker: 200 when all are well, else 503 with a sentence for each."""
    found = health.problems()
    lines = [f"{name}: {problem or 'ok'}" for name, problem in found.items()]
    status = 503 if any(found.values()) else 200
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8", status=status)


@require_safe
@never_cache
def turn(request: HttpRequest) -> HttpResponse:
    """How many are before a form that was sent: nothing here, where no gate stands in front (portal.gate)."""
    return HttpResponse(status=204)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Without the request's context: what is broken may be the request itself, its host or its session."""
    return HttpResponse(render_to_string("400.html", {"brand": brand_of(request)}), status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token. Offers the page that the form was on, if it is one of ours."""
    referer = request.headers.get("referer", "")
    ours = url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure())
    return render(request, "403_csrf.html", {"return_url": referer if ours else ""}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke here. The page needs no database; its reference is in the log, before the traceback."""
    reference = "E-" + "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(4))
    # The path stays out: it may carry the token of a set-up link.
    view = request.resolver_match.view_name if request.resolver_match else "no view"
    logger.error("Answered %s (%s) with error page %s", request.method, view, reference)
    context = {"brand": brand_of(request), "reference": reference}
    try:
        return HttpResponseServerError(render_to_string("500.html", context))
    except Exception:
        logger.exception("The error page %s could not be rendered", reference)
        return HttpResponseServerError(
            f"Something broke on our side. Reference: {reference}\n", content_type="text/plain; charset=utf-8"
        )
