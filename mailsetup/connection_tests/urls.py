"""Tests of a signed-in person, and of whoever holds a set-up link."""

from django.urls import path

from mailsetup.connection_tests import views

urlpatterns = [
    path("tests/", views.history, name="history"),
    path("tests/<str:reference>/", views.test, name="test"),
    path("tests/<str:reference>/progress/", views.test_progress, name="test_progress"),
    path("s/<str:token>/tests/<str:reference>/", views.link_test, name="link_test"),
    path(
        "s/<str:token>/tests/<str:reference>/progress/", views.link_test_progress, name="link_test_progress"
    ),
]

# Below one address: mailsetup.urls.
setup_urlpatterns = [path("test/", views.start_test, name="start_test")]
