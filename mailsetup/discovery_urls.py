"""Doors for mail programs, which ask without signing in and under every customer's domain name."""

from django.urls import path

from mailsetup.views import discovery

urlpatterns = [
    path("mail/config-v1.1.xml", discovery.autoconfig, name="autoconfig"),
    path(".well-known/autoconfig/mail/config-v1.1.xml", discovery.autoconfig),
    # Nine for Android asks here (facts: wdes issue 4), and mail-v1.xml is Stalwart's and PACC's elder.
    path("v1.1/mail/config-v1.1.xml", discovery.autoconfig),
    path(".well-known/mail-v1.xml", discovery.autoconfig),
]

# A program gets a plain answer: our pages can't be linked from a customer's host name.
handler400 = "mailsetup.views.discovery.bad_request"
handler403 = "mailsetup.views.discovery.forbidden"
handler404 = "mailsetup.views.discovery.not_found"
handler500 = "mailsetup.views.discovery.server_error"
