from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConnectionTestsConfig(AppConfig):
    name = "mailsetup.connection_tests"
    verbose_name = _("Connection tests")
    default_auto_field = "django.db.models.BigAutoField"
