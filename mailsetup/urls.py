"""Doors for people. The pages of one address hang below a signed-in set-up and below a set-up link alike."""

from django.urls import include, path

from mailsetup.connection_tests import urls as connection_tests
from mailsetup.discovery import urls as discovery
from mailsetup.guides import urls as guides
from mailsetup.home import urls as home
from mailsetup.setup_links import urls as setup_links

app_name = "mailsetup"

of_one_address = [
    *connection_tests.setup_urlpatterns,
    *discovery.setup_urlpatterns,
    *setup_links.setup_urlpatterns,
    # The last one: it takes any two words.
    *guides.setup_urlpatterns,
]

urlpatterns = [
    *home.urlpatterns,
    *connection_tests.urlpatterns,
    path("setup/<str:address>/", include(of_one_address)),
    path("s/<str:token>/", include(of_one_address)),
]
