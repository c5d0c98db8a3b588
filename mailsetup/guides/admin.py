"""Which steps went where: a record for whoever complains about a mail of ours."""

from django.contrib import admin

from mailsetup.guides.models import StepsMail
from mailsetup.hosting.admin import ReadOnlyAdmin


@admin.register(StepsMail)
class StepsMailAdmin(ReadOnlyAdmin[StepsMail]):
    list_display = [
        "recipient",
        "address",
        "client",
        "protocol",
        "sender_address",
        "by_support",
        "created_at",
    ]
    list_filter = ["by_support"]
    search_fields = ["recipient", "address", "sender_address"]
