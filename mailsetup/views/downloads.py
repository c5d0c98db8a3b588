"""Files that a mail app takes."""

from functools import cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from mailsetup.formats import FORMATS, NothingToOffer
from mailsetup.formats.signing import ProfileSigner
from mailsetup.views.visits import VisitPage, of_one_address


@require_safe
@of_one_address
def download(request: HttpRequest, page: VisitPage, *, slug: str, protocol: str) -> HttpResponse:
    file_format = FORMATS.get(slug)
    if file_format is None:
        raise Http404("There is no such file.")
    config = page.config(protocol)
    try:
        body = file_format.render(config)
    except NothingToOffer:
        raise Http404("There is nothing safe to offer for this address.") from None
    signer = profile_signer()
    if slug == "mobileconfig" and signer:
        body = signer.sign(body)
    return HttpResponse(
        body,
        content_type=file_format.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{file_format.filename(config)}"',
            "Cache-Control": "private, no-store",
        },
    )


@cache
def profile_signer() -> ProfileSigner | None:
    """The signer from the settings; None when profiles go out unsigned."""
    if not settings.PROFILE_SIGNING_CERT:
        return None
    return ProfileSigner.from_files(
        settings.PROFILE_SIGNING_CERT, settings.PROFILE_SIGNING_KEY, settings.PROFILE_SIGNING_CHAIN or None
    )
