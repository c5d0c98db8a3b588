from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and customers")

    def ready(self) -> None:
        from accounts import receivers  # noqa: F401, PLC0415  # signals connect once the models are there
