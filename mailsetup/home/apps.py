from django.apps import AppConfig
from django.contrib import admin
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "mailsetup.home"

    def ready(self) -> None:
        admin.site.site_header = admin.site.site_title = _("Mailway support")
