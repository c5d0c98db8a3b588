"""The start of a set-up: signed in, or by a link."""

from django.urls import path

from mailsetup.home import views

urlpatterns = [
    path("", views.home, name="home"),
    path("setup/", views.choose, name="choose"),
    path("test/", views.choose_for_test, name="choose_for_test"),
    path("s/<str:token>/", views.link, name="link"),
]
