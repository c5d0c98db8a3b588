"""Staff's page of servers, and the button of whoever wants to hear of one."""

from django.urls import path

from mailsetup.watch import views

urlpatterns = [
    path("servers/", views.servers, name="servers"),
    path("servers/check/", views.check_now, name="check_servers"),
    path("tests/<reference:reference>/notice/", views.recovery_notice, name="recovery_notice"),
    path("servers/try/", views.try_server, name="try_server"),
]
