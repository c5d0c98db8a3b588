"""The addresses for mail programs, which ask without signing in and under every customer's domain name.

Under a name that is not the portal's own this is the whole site (portal.middleware.HostMiddleware).
"""

from django.urls import path

from mailsetup.discovery import views

urlpatterns = [
    path("mail/config-v1.1.xml", views.autoconfig, name="autoconfig"),
    path(".well-known/autoconfig/mail/config-v1.1.xml", views.autoconfig),
    # Nine for Android asks here (facts: wdes issue 4), and mail-v1.xml is Stalwart's and PACC's elder.
    path("v1.1/mail/config-v1.1.xml", views.autoconfig),
    path(".well-known/mail-v1.xml", views.autoconfig),
]

# Below one address: mailsetup.urls.
setup_urlpatterns = [
    path("files/<slug:slug>/<slug:protocol>/", views.download, name="download"),
]

# A program gets a plain answer: our pages can't be linked from a customer's host name.
handler400 = "mailsetup.discovery.views.bad_request"
handler403 = "mailsetup.discovery.views.forbidden"
handler404 = "mailsetup.discovery.views.not_found"
handler500 = "mailsetup.discovery.views.server_error"
