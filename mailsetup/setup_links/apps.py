from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SetupLinksConfig(AppConfig):
    name = "mailsetup.setup_links"
    verbose_name = _("Set-up links")
    default_auto_field = "django.db.models.BigAutoField"
