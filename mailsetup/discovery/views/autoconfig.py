"""Mozilla autoconfig."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.brands import brand_of
from mailsetup.discovery import answers, misses
from mailsetup.discovery.views.errors import not_found, too_many
from mailsetup.hosting.selectors import UnknownDomain


@csrf_exempt
@require_http_methods(["GET", "HEAD", "OPTIONS"])
def autoconfig(request: HttpRequest) -> HttpResponse:
    """By `emailaddress`, or by the host name when there is none.

    There is no session and one answer for every mailbox of a domain.
    """
    if request.method == "OPTIONS":
        return _allowed()
    try:
        question = answers.Question.of(request.get_host(), request.META["QUERY_STRING"])
        answer = answers.known(question)
        if answer is None and misses.too_many(request):
            return too_many(request)
        answer = answer or answers.answer(question, display_name=brand_of(request).name)
    except UnknownDomain:
        misses.count(request)
        return not_found(request)
    except ValueError:
        return not_found(request)
    status, headers, body = answer.reply(request.headers.get("If-None-Match", ""))
    return HttpResponse(body, status=status, headers=headers)


def _allowed() -> HttpResponse:
    """What a script of another site may do here (the Fetch standard's preflight)."""
    methods = "GET, HEAD, OPTIONS"
    return HttpResponse(
        status=204,
        headers={
            "Allow": methods,
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Methods": methods,
            "Cache-Control": "no-store",
        },
    )
