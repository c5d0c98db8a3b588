from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.core.exceptions import ImproperlyConfigured


class PortalConfig(AppConfig):
    name = "portal"
    default = True

    def ready(self) -> None:
        # Both need the other apps to be there: models to be imported, checks to be registered.
        from mailsetup.discovery import signing  # noqa: PLC0415
        from portal import checks  # noqa: F401, PLC0415

        try:
            signing.signer()
        except ValueError as error:
            raise ImproperlyConfigured(f"PROFILE_SIGNING_CERT can't be used: {error}") from None


class AdminConfig(admin_apps.AdminConfig):
    """Django's admin, on a site of ours."""

    default = False
    default_site = "portal.admin_site.AdminSite"
