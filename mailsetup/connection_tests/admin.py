"""Connection tests, found by reference or address: what happened and what the customer read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from mailsetup.connection_tests.models import ConnectionTest, ConnectionTestStep
from mailsetup.connection_tests.report import report_of
from mailsetup.hosting.admin import ReadOnlyAdmin


class StepInline(admin.TabularInline[ConnectionTestStep, ConnectionTest]):
    model = ConnectionTestStep
    extra = 0
    can_delete = False
    readonly_fields = ["service", "step", "status", "code", "ms", "evidence"]

    def has_add_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
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
        found = [(step.service, step.as_finding()) for step in test.steps.all()]
        problems = report_of(test, found, guide_url="").problems
        words = ((problem.happened, problem.why, problem.todo) for problem in problems)
        return format_html_join("", "<p>{} {} {}</p>", words) or "–"
