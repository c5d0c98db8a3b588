"""Staff's page of servers."""

from django.urls import path

from mailsetup.watch import views

urlpatterns = [
    path("servers/", views.servers, name="servers"),
    path("servers/check/", views.check_now, name="check_servers"),
]
