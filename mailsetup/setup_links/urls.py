"""Below one address: mailsetup.urls."""

from django.urls import path

from mailsetup.setup_links import views

setup_urlpatterns = [path("phone/", views.phone, name="phone")]
