"""The addresses for mail programs, which ask without signing in and under every customer's domain name.

Under a name that is not the portal's own this is the whole site (portal.middleware.HostMiddleware).
"""

import re

from django.urls import path, re_path

from mailsetup.discovery import answers
from mailsetup.discovery.views.autoconfig import autoconfig
from mailsetup.discovery.views.autodiscover import json, xml
from mailsetup.discovery.views.downloads import download
from mailsetup.discovery.views.pacc import pacc
from mailsetup.discovery.views.several import several


def _any_case(text: str) -> str:
    """A pattern for `text` in capitals or not, which Django can turn round where it can't turn (?i) round."""
    return "".join(f"[{each}{each.upper()}]" if each.isalpha() else re.escape(each) for each in text)


urlpatterns = [
    *(path(each, autoconfig, name="autoconfig") for each in answers.AUTOCONFIG_PATHS),
    path(".well-known/user-agent-configuration.json", pacc, name="pacc"),
    # Programs write these in every case.
    re_path(rf"^{_any_case('autodiscover/autodiscover.xml')}$", xml, name="autodiscover"),
    re_path(rf"^{_any_case('autodiscover/autodiscover.json')}$", json),
    re_path(rf"^{_any_case('autodiscover/autodiscover.json/v1.0/')}(?P<address>[^/]+)$", json),
]

# For people who are signed in: mailsetup.urls.
people_urlpatterns = [
    path("setup/several/", several, name="several"),
]

# Below one address: mailsetup.urls.
setup_urlpatterns = [
    path("files/<slug:slug>/<slug:protocol>/", download, name="download"),
]

handler400 = "mailsetup.discovery.views.errors.bad_request"
handler403 = "mailsetup.discovery.views.errors.forbidden"
handler404 = "mailsetup.discovery.views.errors.not_found"
handler500 = "mailsetup.discovery.views.errors.server_error"
