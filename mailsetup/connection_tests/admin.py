"""Connection tests, found by reference or address: what happened and what the customer read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from mailsetup.connection_tests.explanations import explain
from mailsetup.connection_tests.models import ConnectionTest, ConnectionTestStep
from mailsetup.hosting.admin import ReadOnlyAdmin
from mailsetup.probes.findings import Code


class StepInline(admin.TabularInline):
    model = ConnectionTestStep
    extra = 0
    can_delete = False
    fields = readonly_fields = ["service", "step", "status", "code", "ms", "evidence"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ConnectionTest)
class ConnectionTestAdmin(ReadOnlyAdmin[ConnectionTest]):
    list_display = ["reference", "address", "protocol", "state", "verdict", "causes", "created_at"]
    list_filter = ["verdict", "protocol", "created_at"]
    search_fields = ["reference", "address"]
    date_hierarchy = "created_at"
    inlines = [StepInline]
    fields = [
        "reference",
        "address",
        "domain",
        "user",
        "protocol",
        "client",
        "round_trip",
        "state",
        "verdict",
        "what_the_customer_reads",
        "created_at",
        "started_at",
        "finished_at",
    ]

    @admin.display(description=_("what the customer reads"))
    def what_the_customer_reads(self, test: ConnectionTest) -> str:
        planned = test.planned()
        steps = {step.code: step for step in test.steps.all()}
        words = []
        for cause in test.causes:
            step = steps.get(cause)
            service = planned[step.service] if step else None
            words.append(explain(Code(cause), service, step.evidence if step else {}))
        return format_html_join("", "<p>{} {} {}</p>", ((w.happened, w.why, w.todo) for w in words)) or "–"
