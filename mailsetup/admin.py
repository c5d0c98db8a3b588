"""Where support staff work: find an address, a domain or a reference, and see what the customer saw."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from mailsetup import services
from mailsetup.clientconfig import AddressError, parse_address, parse_domain
from mailsetup.explanations import explain
from mailsetup.findings import Code
from mailsetup.models import (
    ConnectionTest,
    ConnectionTestStep,
    Domain,
    DomainAlias,
    Mailbox,
    Server,
    Service,
    SetupLink,
)


class ReadOnlyAdmin(admin.ModelAdmin):
    """What happened is a record: it is looked at, not changed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ServiceInline(admin.TabularInline):
    model = Service
    extra = 0


@admin.register(Server)
class ServerAdmin(admin.ModelAdmin):
    list_display = ["name", "software", "webmail_url"]
    search_fields = ["name", "services__hostname"]
    inlines = [ServiceInline]


class DomainAliasInline(admin.TabularInline):
    model = DomainAlias
    extra = 0


class MailboxInline(admin.TabularInline):
    model = Mailbox
    extra = 0


@admin.register(Domain)
class DomainAdmin(admin.ModelAdmin):
    list_display = ["display_name", "server", "customer", "enabled"]
    list_filter = ["enabled", "server"]
    list_select_related = ["server", "customer"]
    search_fields = ["name", "aliases__name", "customer__name", "customer__external_id"]
    autocomplete_fields = ["server", "customer"]
    inlines = [DomainAliasInline, MailboxInline]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Domain], search_term: str
    ) -> tuple[QuerySet[Domain], bool]:
        """Staff paste what the customer says: a whole address, or a domain in its own script."""
        return super().get_search_results(request, queryset, _domain_in(search_term))


def _domain_in(text: str) -> str:
    try:
        return parse_address(text).domain if "@" in text else parse_domain(text)
    except AddressError:
        return text


@admin.register(Mailbox)
class MailboxAdmin(admin.ModelAdmin):
    list_display = ["address", "domain"]
    list_select_related = ["domain"]
    search_fields = ["local_part", "domain__name"]
    autocomplete_fields = ["domain"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Mailbox], search_term: str
    ) -> tuple[QuerySet[Mailbox], bool]:
        try:
            address = parse_address(search_term)
        except AddressError:
            return super().get_search_results(request, queryset, search_term)
        exact = Q(local_part=address.local_part) | Q(local_part=address.mailbox_local_part)
        return queryset.filter(exact, domain__name=address.domain), False


class StepInline(admin.TabularInline):
    model = ConnectionTestStep
    extra = 0
    can_delete = False
    fields = readonly_fields = ["service", "step", "status", "code", "ms", "evidence"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ConnectionTest)
class ConnectionTestAdmin(ReadOnlyAdmin):
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


@admin.register(SetupLink)
class SetupLinkAdmin(ReadOnlyAdmin):
    list_display = [
        "address",
        "created_by",
        "created_at",
        "expires_at",
        "opened_at",
        "revoked_at",
        "one_device",
    ]
    list_filter = ["one_device", "revoked_at"]
    search_fields = ["address", "created_by__email"]
    list_select_related = ["created_by"]
    actions = ["revoke"]

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("mailsetup.change_setuplink")

    @admin.action(description=_("Revoke the selected links at once"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[SetupLink]) -> None:
        count = services.revoke_setup_links(queryset)
        self.message_user(request, ngettext("%s link revoked.", "%s links revoked.", count) % count)


admin.site.site_header = _("Mailway support")
admin.site.site_title = _("Mailway support")
