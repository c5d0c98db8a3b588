from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WatchConfig(AppConfig):
    name = "mailsetup.watch"
    verbose_name = _("Watch")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models are there only now.
        from mailsetup.connection_tests import outages, pruning  # noqa: PLC0415
        from mailsetup.watch.outages import outage_of  # noqa: PLC0415
        from mailsetup.watch.pruning import prune  # noqa: PLC0415

        pruning.add(prune)
        outages.add(outage_of)
