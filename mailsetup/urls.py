"""Doors for people. The pages of one address hang below a signed-in visit and below a set-up link alike."""

from django.urls import include, path

from mailsetup.views import connection_tests, downloads, guides, home

app_name = "mailsetup"

of_one_address = [
    path("test/", connection_tests.start, name="start"),
    path("phone/", guides.phone, name="phone"),
    path("tests/<str:reference>/", connection_tests.show, name="test_of_visit"),
    path("tests/<str:reference>/progress/", connection_tests.progress, name="progress_of_visit"),
    path("files/<slug:slug>/<slug:protocol>/", downloads.download, name="download"),
    path("<slug:client>/<slug:protocol>/", guides.show, name="guide"),
]

urlpatterns = [
    path("", home.show, name="home"),
    path("setup/", home.choose, name="choose"),
    path("setup/<str:address>/", include(of_one_address)),
    path("s/<str:token>/", home.show_link, name="link"),
    path("s/<str:token>/", include(of_one_address)),
    path("test/", connection_tests.start_any, name="test"),
    path("tests/", connection_tests.history, name="history"),
    path("tests/<str:reference>/", connection_tests.show, name="show_test"),
    path("tests/<str:reference>/progress/", connection_tests.progress, name="progress"),
]
