"""What goes out over the wire for a format: profiles are signed when a certificate is set."""

from functools import cache

from django.conf import settings

from mailsetup.clientconfig import ClientConfig
from mailsetup.formats import Format
from mailsetup.formats.signing import ProfileSigner

_SIGNED = "mobileconfig"


def served_bytes(file_format: Format, config: ClientConfig) -> bytes:
    """Exactly what the download serves; raises NothingToOffer."""
    body = file_format.render(config)
    signing = signer() if file_format.slug == _SIGNED else None
    return signing.sign(body) if signing else body


@cache
def signer() -> ProfileSigner | None:
    """The signer from the settings; None when profiles go out unsigned."""
    if not settings.PROFILE_SIGNING_CERT:
        return None
    return ProfileSigner.from_files(
        settings.PROFILE_SIGNING_CERT, settings.PROFILE_SIGNING_KEY, settings.PROFILE_SIGNING_CHAIN or None
    )
