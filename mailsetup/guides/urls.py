"""Below one address: mailsetup.urls."""

from django.urls import path

from mailsetup.guides import views

setup_urlpatterns = [path("<slug:client>/<slug:protocol>/", views.guide, name="guide")]
