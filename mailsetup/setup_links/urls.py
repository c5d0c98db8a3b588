"""Where a code is typed; and below one address (mailsetup.urls), where one is made."""

from django.urls import path

from mailsetup.setup_links import views

urlpatterns = [path("go/", views.type_code, name="type_code")]

setup_urlpatterns = [path("phone/", views.phone, name="phone")]
