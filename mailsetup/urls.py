"""The pages for people. Those of one address hang below a signed-in set-up and below a set-up link alike."""

from django.urls import include, path

from mailsetup.comparison import urls as comparison
from mailsetup.connection_tests import urls as connection_tests
from mailsetup.discovery import urls as discovery
from mailsetup.guides import urls as guides
from mailsetup.home import urls as home
from mailsetup.setup_links import urls as setup_links
from mailsetup.support import urls as support
from mailsetup.watch import urls as watch

app_name = "mailsetup"

setup_urlpatterns = [
    *comparison.setup_urlpatterns,
    *connection_tests.setup_urlpatterns,
    *discovery.setup_urlpatterns,
    *setup_links.setup_urlpatterns,
    # The last one: it takes any two words.
    *guides.setup_urlpatterns,
]

urlpatterns = [
    *home.urlpatterns,
    *connection_tests.urlpatterns,
    *discovery.people_urlpatterns,
    *guides.urlpatterns,
    *setup_links.urlpatterns,
    *support.urlpatterns,
    *watch.urlpatterns,
    path("setup/<str:address>/", include(setup_urlpatterns)),
    path("s/<str:token>/", include(setup_urlpatterns)),
]
