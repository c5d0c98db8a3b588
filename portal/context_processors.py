"""What every page knows."""

from django.conf import settings
from django.http import HttpRequest


def brand(request: HttpRequest) -> dict[str, object]:
    """The provider's name and how to reach its support; each value may be empty."""
    return {"brand": settings.BRAND}
