"""PACC's document, which is asked for by HTTPS alone."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.brands import brand_of
from mailsetup.clientconfig import AddressError
from mailsetup.discovery import answers, misses
from mailsetup.discovery.views.errors import not_found, too_many
from mailsetup.formats import FORMATS, NothingToOffer
from mailsetup.hosting.selectors import UnknownDomain


@require_safe
def pacc(request: HttpRequest) -> HttpResponse:
    """For the domain of the host name; 404 for strangers, and where PACC can't say what the server does."""
    if settings.HTTPS_ONLY and not request.is_secure():
        return not_found(request)
    if misses.too_many(request):
        return too_many(request)
    try:
        domain = answers.Question.of(request.get_host(), "").domain
        answer = answers.domain_answer(FORMATS["pacc"], domain, display_name=brand_of(request).name)
    except UnknownDomain:
        misses.count(request)
        return not_found(request)
    except (AddressError, NothingToOffer):
        return not_found(request)
    status, headers, body = answer.reply(request.headers.get("If-None-Match", ""))
    return HttpResponse(body, status=status, headers=headers)
