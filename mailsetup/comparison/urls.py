"""Below one address: mailsetup.urls."""

from django.urls import path

from mailsetup.comparison import views

setup_urlpatterns = [path("compare/", views.compare, name="compare")]
