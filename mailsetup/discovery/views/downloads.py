"""Files that a person downloads for a program."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from mailsetup.clientconfig import NotOffered, Protocol
from mailsetup.discovery import documents
from mailsetup.formats import FORMATS, NothingToOffer
from mailsetup.setup_links.decorators import for_setup
from mailsetup.setup_links.setups import Setup


@require_safe
@for_setup
def download(request: HttpRequest, setup: Setup, *, slug: str, protocol: str) -> HttpResponse:
    """The file of one format for one address."""
    file_format = FORMATS.get(slug)
    if file_format is None:
        raise Http404("There is no such file.")
    try:
        config = setup.config(Protocol(protocol))
        body = documents.for_config(file_format, config)
    except (ValueError, NotOffered, NothingToOffer):
        raise Http404("There is nothing to offer for this address.") from None
    return HttpResponse(
        body,
        content_type=file_format.media_type,
        headers={
            "Content-Disposition": content_disposition_header(
                as_attachment=True, filename=file_format.filename(config)
            )
        },
    )
