"""Who waits for which servers, and who was told: a record for whoever asks about a mail of ours."""

from django.contrib import admin

from mailsetup.hosting.admin import ReadOnlyAdmin
from mailsetup.watch.models import RecoveryNotice


@admin.register(RecoveryNotice)
class RecoveryNoticeAdmin(ReadOnlyAdmin[RecoveryNotice]):
    list_display = ["user", "test", "recipient", "created_at", "due_at", "told_at"]
    search_fields = ["user__email", "recipient", "test__reference", "test__address"]
    list_select_related = ["user", "test"]
