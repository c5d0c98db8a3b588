"""What every page knows."""

from django.http import HttpRequest

from accounts.brands import Brand, brand_of


def brand(request: HttpRequest) -> dict[str, Brand]:
    return {"brand": brand_of(request)}
