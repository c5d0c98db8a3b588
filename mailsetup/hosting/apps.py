from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HostingConfig(AppConfig):
    name = "mailsetup.hosting"
    verbose_name = _("Servers and domains")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models are there only now.
        from mailsetup.hosting.services import watch  # noqa: PLC0415

        watch()
