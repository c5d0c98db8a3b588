"""Servers, domains and mailboxes, as support staff find and keep them."""

from typing import Any, TypeVar

from django.contrib import admin, messages
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from mailsetup.clientconfig import AddressError, parse_address, parse_domain
from mailsetup.hosting.models import Domain, DomainAlias, Mailbox, Server, Service

_Row = TypeVar("_Row", bound=Model)


class ReadOnlyAdmin(admin.ModelAdmin[_Row]):
    """What happened is a record: it is looked at, not changed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ServiceInline(admin.TabularInline[Service, Server]):
    model = Service
    extra = 0


@admin.register(Server)
class ServerAdmin(admin.ModelAdmin[Server]):
    list_display = ["name", "software", "webmail_url"]
    search_fields = ["name", "services__hostname"]
    inlines = [ServiceInline]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        server = self.get_object(request, object_id)
        if server is not None and server.answers_autodiscover and request.method == "GET":
            messages.warning(
                request,
                _(
                    "This server answers Autodiscover itself. Point “autodiscover.” of its domains to the "
                    "server and not here, or phones no longer find ActiveSync and Outlook no longer finds "
                    "MAPI."
                ),
            )
        return super().change_view(request, object_id, form_url, extra_context)


class DomainAliasInline(admin.TabularInline[DomainAlias, Domain]):
    model = DomainAlias
    extra = 0


class MailboxInline(admin.TabularInline[Mailbox, Domain]):
    model = Mailbox
    extra = 0


@admin.register(Domain)
class DomainAdmin(admin.ModelAdmin[Domain]):
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
class MailboxAdmin(admin.ModelAdmin[Mailbox]):
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
