"""What a program is told in place of settings. A page of ours can't be linked from a customer's host name."""

from django.http import HttpRequest, HttpResponse

from mailsetup.discovery import misses
from mailsetup.discovery.answers import NOT_KNOWN

_PLAIN = "text/plain; charset=utf-8"


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Every other address under a name that is not the portal's, and every unknown domain."""
    return HttpResponse(NOT_KNOWN, content_type=_PLAIN, status=404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return HttpResponse("This request can't be read.\n", content_type=_PLAIN, status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return HttpResponse("This is not allowed.\n", content_type=_PLAIN, status=403)


def too_large(request: HttpRequest) -> HttpResponse:
    return HttpResponse("This is more than any program asks.\n", content_type=_PLAIN, status=413)


def too_many(request: HttpRequest) -> HttpResponse:
    """For whoever asks for one unknown name after the other."""
    return HttpResponse(
        "Too many names that nobody has here. Ask again in a minute.\n",
        content_type=_PLAIN,
        status=429,
        headers={"Retry-After": str(misses.SECONDS)},
    )


def server_error(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Something broke on our side. Ask again later.\n", content_type=_PLAIN, status=500)
