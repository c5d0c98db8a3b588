"""Connection tests as a list, found by reference or address."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from mailsetup.connection_tests.models import ConnectionTest, ConnectionTestStep
from mailsetup.hosting.admin import ReadOnlyAdmin
from mailsetup.probes.findings import Status, Step, Verdict
from mailsetup.setup_links.codes import CODE_LENGTH, display_code, is_mistyped, normal_code

_OUTCOMES = {
    Verdict.PASSED: gettext_noop("passed"),
    Verdict.WARNING: gettext_noop("passed, with a limit"),
    Verdict.FAILED: gettext_noop("failed"),
    Verdict.NOT_RUN: gettext_noop("couldn’t run"),
}


@admin.register(ConnectionTest)
class ConnectionTestAdmin(ReadOnlyAdmin[ConnectionTest]):
    """The list; what is known of one test is said by the report at the desk."""

    list_display = ["reference", "address", "outcome", "codes", "created_at"]
    list_filter = ["verdict", "protocol", "created_at"]
    search_fields = ["reference", "address"]
    list_per_page = 25
    # Counting all of them beside those found, and their days, takes longer than the rest of the page.
    show_full_result_count = False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        test = self.get_object(request, object_id or "")
        if test is None:
            raise Http404
        return redirect("mailsetup:desk_test", reference=test.reference)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConnectionTest]:
        sign_ins = ConnectionTestStep.objects.filter(test=OuterRef("pk"), step=Step.SIGN_IN)
        tried = sign_ins.exclude(status=Status.SKIPPED)
        return super().get_queryset(request).annotate(tried=Exists(tried))

    @admin.display(description=_("causes"))
    def codes(self, test: ConnectionTest) -> str:
        return ", ".join(test.causes) or "–"

    @admin.display(description=_("result"), ordering="verdict")
    def outcome(self, test: ConnectionTest) -> str:
        """A test that passed up to the sign-in has not shown that anybody can sign in."""
        if test.state != ConnectionTest.State.DONE:
            return gettext("still runs")
        label = gettext(_OUTCOMES[Verdict(test.verdict)])
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
