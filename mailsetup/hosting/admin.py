"""Servers, domains and mailboxes, as support staff find and keep them."""

import hashlib
from itertools import chain
from typing import Any, TypeVar

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts import access
from mailsetup.clientconfig import AddressError, parse_address
from mailsetup.hosting.forms import SOFTWARE, DomainForm, ServerPage
from mailsetup.hosting.models import Domain, Mailbox, Server
from mailsetup.hosting.provisioning import SheetError, differences, provision_sheet, write_sheet
from mailsetup.hosting.provisioning.sheet import COLUMNS
from mailsetup.hosting.selectors import named
from mailsetup.hosting.services import replace_names, replace_services

_Row = TypeVar("_Row", bound=Model)
# An import adds and changes domains, and the names below them come and go with it.
IMPORT_RIGHTS = [
    "hosting.add_domain",
    "hosting.change_domain",
    "hosting.add_domainalias",
    "hosting.delete_domainalias",
    "hosting.add_mailbox",
    "hosting.delete_mailbox",
]
# The names below a domain are rows of their own, with rights of their own.
_NAMES = {"other_names": "hosting.{}_domainalias", "known_mailboxes": "hosting.{}_mailbox"}
DIFFERENCES_SHOWN = 50
EXPORT_BATCH = 1000


def _may_replace(request: HttpRequest, names: str) -> bool:
    """Whether these names of a domain may come and go: a list that is stored anew adds and deletes."""
    return request.user.has_perms([_NAMES[names].format(verb) for verb in ("add", "delete")])


def _may_read(request: HttpRequest, names: str) -> bool:
    """Whether these names may be seen: as the admin has it, by who may change them, too."""
    seen = any(request.user.has_perm(_NAMES[names].format(verb)) for verb in ("view", "change"))
    return seen or _may_replace(request, names)


class ReadOnlyAdmin(admin.ModelAdmin[_Row]):
    """What happened is a record: it is looked at, not changed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Server)
class ServerAdmin(admin.ModelAdmin[Server]):
    """Servers have a page in the product's look, which shows what apps are told while it is typed."""

    list_display = ["name", "software", "webmail_url"]
    search_fields = ["name", "services__hostname"]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        server = self._server(request, object_id)
        may_save = self.has_change_permission(request, server) if server else self.has_add_permission(request)
        domain = server.domains.values_list("name", flat=True).first() if server else None
        posted = request.POST if request.method == "POST" and may_save else None
        page = ServerPage(server, posted, domain=domain or "example.com")
        if page.can_be_saved():
            return self._save(request, page, added=server is None)
        context = {
            "page": page,
            "server": server,
            "domains_count": server.domains.count() if server else 0,
            "may_save": may_save,
            "may_delete": server is not None and self.has_delete_permission(request, server),
            "softwares": SOFTWARE,
        }
        return TemplateResponse(request, "hosting/server_form.html", context)

    def _server(self, request: HttpRequest, object_id: str | None) -> Server | None:
        """The one of this address; None for a new one. Raises PermissionDenied and Http404."""
        if object_id is None:
            if not self.has_add_permission(request):
                raise PermissionDenied
            return None
        server = self.get_object(request, object_id)
        if not self.has_view_or_change_permission(request, server):
            raise PermissionDenied
        if server is None:
            raise Http404
        return server

    def _save(self, request: HttpRequest, page: ServerPage, *, added: bool) -> HttpResponse:
        with transaction.atomic():
            server = page.form.save()
            different = replace_services(server, page.services)
            if added:
                self.log_addition(request, server, [{"added": {}}])
            else:
                fields = [*page.form.changed_data, *(["services"] if different else [])]
                self.log_change(request, server, [{"changed": {"fields": fields}}])
        messages.success(request, self._saved(request, server))
        return redirect("admin:hosting_server_changelist")

    def _saved(self, request: HttpRequest, server: Server) -> SafeString:
        """What is so now, and where to try it. The name isn't first: the admin begins with a capital."""
        links = [
            (reverse("admin:hosting_server_change", args=[server.pk]) + "#needed", _("Try all rows now"))
        ]
        if access.may_see_the_watch(request.user):
            links.append((reverse("mailsetup:servers"), _("How the servers are doing")))
        return format_html(
            "{} {}",
            _("Saved: %(name)s. Apps are told of it from now on.") % {"name": server},
            format_html_join(" · ", '<a href="{}">{}</a>', links),
        )


@admin.register(Domain)
class DomainAdmin(admin.ModelAdmin[Domain]):
    list_display = ["domain", "server", "customer", "enabled"]
    list_filter = ["enabled", "server"]
    list_select_related = ["server", "customer"]
    list_per_page = 25
    # Counting all of them beside those found takes as long as the rest of the page.
    show_full_result_count = False
    # What is looked through is said by `named`; without a field Django shows no search.
    search_fields = ["name"]
    search_help_text = _lazy("A domain or an alias, or a part of it; an address; a customer")
    autocomplete_fields = ["customer"]
    form = DomainForm
    fields = ["name", "server", "customer", "enabled", "other_names", "known_mailboxes"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Domain], search_term: str
    ) -> tuple[QuerySet[Domain], bool]:
        """Staff paste what the customer says: a whole address, or a domain in its own script."""
        return (named(queryset, search_term), False) if search_term.strip() else (queryset, False)

    def get_urls(self) -> list[URLPattern]:
        doors = [
            path("import/", self.admin_site.admin_view(self.import_view), name="hosting_domain_import"),
            path("export/", self.admin_site.admin_view(self.export_view), name="hosting_domain_export"),
        ]
        return [*doors, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"may_import": request.user.has_perms(IMPORT_RIGHTS)}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """The domains of the list, with its search and filters, as a table of what one may see."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            domains = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            return redirect("admin:hosting_domain_changelist")
        may_read = {
            "aliases": _may_read(request, "other_names"),
            "mailboxes": _may_read(request, "known_mailboxes"),
            "customer": request.user.has_perm("accounts.view_customer"),
        }
        columns = [column for column in COLUMNS if may_read.get(column, True)]
        lists = [column for column in ("aliases", "mailboxes") if column in columns]
        lines = write_sheet(domains.prefetch_related(*lists).iterator(EXPORT_BATCH), columns)
        headers = {"Content-Disposition": 'attachment; filename="domains.csv"'}
        # With a mark, or spreadsheets take it for another encoding than UTF-8.
        return StreamingHttpResponse(
            chain(["\ufeff"], lines), content_type="text/csv; charset=utf-8", headers=headers
        )

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Show what a table would change, and store it when that was seen."""
        if not request.user.has_perms(IMPORT_RIGHTS):
            raise PermissionDenied
        context: dict[str, Any] = {"columns": COLUMNS, "size": settings.DATA_UPLOAD_MAX_MEMORY_SIZE}
        if request.method == "POST":
            context["sheet"] = sheet = request.POST.get("sheet", "")
            context["shown"] = shown = hashlib.sha256(sheet.encode()).hexdigest()
            try:
                # What was typed since then is shown first.
                if "store" in request.POST and request.POST.get("shown") == shown:
                    return self._import(request, sheet)
                context["changes"] = changes = provision_sheet(sheet, dry_run=True)
                context["differences"] = differences(sheet, changes, limit=DIFFERENCES_SHOWN)
            except SheetError as error:
                context["error"] = str(error)
        return TemplateResponse(request, "hosting/import.html", context)

    def _import(self, request: HttpRequest, sheet: str) -> HttpResponse:
        with transaction.atomic():
            changes = provision_sheet(sheet)
            for labels, action in ((changes.added, ADDITION), (changes.changed, CHANGE)):
                names = [label.removeprefix("domain ") for label in labels]
                domains = Domain.objects.in_bulk(names, field_name="name").values()
                LogEntry.objects.log_actions(request.user.pk or 0, domains, action, _("By an import."))
        counts = {name: len(labels) for name, labels in changes.as_dict().items()}
        words = _("The table is stored: %(added)d added, %(changed)d changed, %(unchanged)d as they were.")
        messages.success(request, words % counts)
        return redirect("admin:hosting_domain_changelist")

    def get_fields(self, request: HttpRequest, obj: Domain | None = None) -> list[Any]:
        """Without the names that may not be seen; a new domain has none that could only be read."""
        may = _may_read if obj else _may_replace
        return [field for field in self.fields if field not in _NAMES or may(request, field)]

    def get_readonly_fields(self, request: HttpRequest, obj: Domain | None = None) -> list[str]:
        return [field for field in _NAMES if not _may_replace(request, field)]

    def get_form(
        self, request: HttpRequest, obj: Domain | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm[Domain]]:
        """Without the buttons that open the page of a server in a small window: that page closes none."""
        form = super().get_form(request, obj, change, **kwargs)
        widget: Any = form.base_fields["server"].widget if "server" in form.base_fields else None
        for right in ("add", "change", "delete", "view") if widget else ():
            setattr(widget, f"can_{right}_related", False)
        return form

    def save_model(
        self, request: HttpRequest, obj: Domain, form: forms.ModelForm[Domain], change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        data = form.cleaned_data
        replace_names(obj, aliases=data.get("other_names"), mailboxes=data.get("known_mailboxes"))

    @admin.display(description=_lazy("domain"), ordering="name")
    def domain(self, domain: Domain) -> str:
        return domain.display_name

    # For those who may look and change nothing.
    @admin.display(description=_lazy("aliases"))
    def other_names(self, domain: Domain) -> str:
        return ", ".join(map(str, domain.aliases.all())) or "–"

    @admin.display(description=_lazy("mailboxes"))
    def known_mailboxes(self, domain: Domain) -> str:
        return ", ".join(domain.mailboxes.values_list("local_part", flat=True)) or "–"


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
