"""Connection tests, found by reference or address: what happened and what the customer read."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mailsetup.connection_tests.models import ConnectionTest, ConnectionTestStep
from mailsetup.connection_tests.report import ReportUrls, TestReport, report_of, way_of_message
from mailsetup.hosting.admin import ReadOnlyAdmin
from mailsetup.probes.findings import Finding, Status, Step, Verdict
from mailsetup.setup_links.codes import CODE_LENGTH, display_code, is_mistyped, normal_code


class StepInline(admin.TabularInline[ConnectionTestStep, ConnectionTest]):
    model = ConnectionTestStep
    extra = 0
    can_delete = False
    readonly_fields = ["service", "step", "status", "code", "ms", "evidence"]

    def has_add_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False


@admin.register(ConnectionTest)
class ConnectionTestAdmin(ReadOnlyAdmin[ConnectionTest]):
    list_display = ["reference", "address", "protocol", "state", "outcome", "causes", "created_at"]
    list_filter = ["verdict", "protocol", "created_at"]
    search_fields = ["reference", "address"]
    list_per_page = 25
    # Counting all of them beside those found, and their days, takes longer than the rest of the page.
    show_full_result_count = False
    inlines = [StepInline]
    fields = [
        "reference",
        "address",
        "domain",
        "user",
        "protocol",
        "client",
        "signs_in",
        "round_trip",
        "state",
        "outcome",
        "what_the_customer_reads",
        "where_to_look",
        "way_of_the_message",
        "created_at",
        "started_at",
        "finished_at",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConnectionTest]:
        sign_ins = ConnectionTestStep.objects.filter(test=OuterRef("pk"), step=Step.SIGN_IN)
        tried = sign_ins.exclude(status=Status.SKIPPED)
        return super().get_queryset(request).annotate(tried=Exists(tried))

    @admin.display(description=_("verdict"), ordering="verdict")
    def outcome(self, test: ConnectionTest) -> str:
        """A test that passed up to the sign-in has not shown that anybody can sign in."""
        label = test.get_verdict_display()
        works = test.verdict in (Verdict.PASSED, Verdict.WARNING)
        if works and not cast("Any", test).tried:
            return gettext("%(verdict)s, no password tried") % {"verdict": label}
        return label

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ConnectionTest], search_term: str
    ) -> tuple[QuerySet[ConnectionTest], bool]:
        """A reference is found in every spelling, and one that can't be right is called that."""
        code = normal_code(search_term)
        if len(code) == CODE_LENGTH and "@" not in search_term:
            search_term = display_code(code)
            if is_mistyped(code):
                messages.warning(
                    request, gettext("No reference reads %(code)s. Ask for it again.") % {"code": search_term}
                )
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description=_("what the customer reads"))
    def what_the_customer_reads(self, test: ConnectionTest) -> str:
        words = ((problem.happened, problem.why, problem.todo) for problem in _report(test).problems)
        return format_html_join("", "<p>{} {} {}</p>", words) or "–"

    @admin.display(description=_("where to look"))
    def where_to_look(self, test: ConnectionTest) -> str:
        report = _report(test)
        words = [(problem.code.value, problem.who, problem.staff) for problem in report.problems]
        words += [
            (code.value, problem.who, staff)
            for problem in report.problems
            for code, _title, staff in problem.besides
        ]
        words += [
            (refusal.trait.value, refusal.title, f"{refusal.reason} {refusal.evidence}")
            for refusal in (*report.own_app, *report.other_apps)
        ]
        return format_html_join("", "<p><code>{}</code> ({}): {}</p>", words) or "–"

    @admin.display(description=_("way of the message"))
    def way_of_the_message(self, test: ConnectionTest) -> str:
        hops = format_html_join("", "<li>{}</li>", ((line,) for line in way_of_message(_found(test))))
        return format_html("<ol>{}</ol>", hops) if hops else "–"


def _found(test: ConnectionTest) -> list[tuple[int, Finding]]:
    return [(step.service, step.as_finding()) for step in test.steps.all()]


def _report(test: ConnectionTest) -> TestReport:
    return report_of(test, _found(test), urls=ReportUrls())
