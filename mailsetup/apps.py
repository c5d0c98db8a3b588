from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailsetupConfig(AppConfig):
    name = "mailsetup"
    verbose_name = _("Mail set-up")
    default_auto_field = "django.db.models.BigAutoField"
