"""Set-up links: who made one for which address, and the way to close it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from mailsetup.hosting.admin import ReadOnlyAdmin
from mailsetup.setup_links import services
from mailsetup.setup_links.models import SetupLink


class DeviceFilter(admin.SimpleListFilter):
    """By whom a link can be used."""

    title = _("device")
    parameter_name = "device"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("one", gettext("One device only")), ("any", gettext("Any device"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[SetupLink]) -> QuerySet[SetupLink]:
        if self.value() not in ("one", "any"):
            return queryset
        return queryset.filter(one_device=self.value() == "one")


@admin.register(SetupLink)
class SetupLinkAdmin(ReadOnlyAdmin[SetupLink]):
    list_display = [
        "address",
        "client",
        "created_by",
        "created_at",
        "expires_at",
        "opened_at",
        "revoked_at",
        "one_device",
    ]
    list_filter = [DeviceFilter, "revoked_at"]
    search_fields = ["address", "created_by__email"]
    list_select_related = ["created_by"]
    actions = ["revoke"]

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("setup_links.change_setuplink")

    @admin.action(description=_("Revoke the selected links at once"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[SetupLink]) -> None:
        count = services.revoke_setup_links(queryset)
        self.message_user(request, ngettext("%s link revoked.", "%s links revoked.", count) % count)
