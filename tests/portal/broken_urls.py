"""An address for each thing that can go wrong, under the portal's own error pages."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.urls import path

from portal import views
from portal.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500"]


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("planted")


def forbidden(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def suspicious(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("planted")


urlpatterns = [
    path("healthz", views.healthz),
    path("broken/<str:secret>/", broken),
    path("forbidden/", forbidden),
    path("suspicious/", suspicious),
]
