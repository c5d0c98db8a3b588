"""Files that a mail app takes."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from mailsetup import profiles
from mailsetup.formats import FORMATS, NothingToOffer
from mailsetup.views.visits import VisitPage, of_one_address


@require_safe
@of_one_address
def download(request: HttpRequest, page: VisitPage, *, slug: str, protocol: str) -> HttpResponse:
    file_format = FORMATS.get(slug)
    if file_format is None:
        raise Http404("There is no such file.")
    config = page.config(protocol)
    try:
        body = profiles.served_bytes(file_format, config)
    except NothingToOffer:
        raise Http404("There is nothing safe to offer for this address.") from None
    return HttpResponse(
        body,
        content_type=file_format.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{file_format.filename(config)}"',
            "Cache-Control": "private, no-store",
        },
    )
