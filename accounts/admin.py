"""Plain Django admin: people, customers, invitations, and who looked in from support."""

from importlib import import_module
from typing import Any

from allauth.account.decorators import secure_admin_login
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts import selectors, services
from accounts.brands import brand_of
from accounts.fields import validate_sendable
from accounts.models import Customer, Invitation, Membership, SupportVisit, User

# With these somebody who may change accounts could give themselves another one's: add an address to a
# superuser and sign in by a code that is mailed there, or read the secret of a second factor.
for _app in ("account", "mfa", "socialaccount", "usersessions"):
    # What it registers has to be there before it can be taken out.
    import_module(f"allauth.{_app}.admin")
for _model in list(admin.site._registry):  # the only list of what packages have registered
    if _model._meta.app_label in ("account", "mfa", "socialaccount", "usersessions"):
        admin.site.unregister(_model)

# The admin's own form knows neither rate limits nor second factors, so allauth's takes its place.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # allauth documents this


class MembershipInline(admin.StackedInline[Membership, User | Customer]):
    """One below the other, because in a row Django's fields have no labels."""

    model = Membership
    extra = 0
    autocomplete_fields = ["user", "customer"]


class UserForm(forms.ModelForm[User]):
    """Support's form of a person; an address is one person's alone."""

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip().lower()
        owner = selectors.owner_of(email)
        if owner is not None and owner != self.instance:
            raise forms.ValidationError(_("Somebody else signs in with this address already."))
        return email


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    """People. There is no password field: people set their own by a reset mail or sign in by code."""

    form = UserForm
    list_display = ["email", "name", "is_staff", "is_active", "last_login", "view_as"]
    list_filter = ["is_staff", "is_active"]
    search_fields = ["email", "name", "customers__name", "customers__external_id"]
    fields = [
        "email", "name", "is_active", "is_staff", "is_superuser", "groups", "user_permissions",
        "last_login", "date_joined", "view_as",
    ]  # fmt: skip
    readonly_fields = ["last_login", "date_joined", "view_as"]
    filter_horizontal = ["groups", "user_permissions"]
    inlines = [MembershipInline]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Only a superuser changes other staff: with somebody's address one could sign in as them."""
        return super().has_change_permission(request, obj) and self._may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and self._may_touch(request, obj)

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm[User]]:
        form = super().get_form(request, obj, change, **kwargs)
        if "is_staff" in form.base_fields:
            form.base_fields["is_staff"].help_text = _(
                "Sees the admin once a second step is set up for the sign-in: an app that shows codes, or a "
                "key. The first sign-in leads there."
            )
        return form

    @staticmethod
    def _may_touch(request: HttpRequest, user: User | None) -> bool:
        if user is None or request.user.is_superuser:
            return True
        return not user.is_superuser and (not user.is_staff or user == request.user)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Only a superuser hands out rights: anybody else could give themselves more than they have."""
        rights = ["is_staff", "is_superuser", "groups", "user_permissions"]
        return [*self.readonly_fields, *([] if request.user.is_superuser else rights)]

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm[User], change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            services.replace_addresses(obj, obj.email, brand=brand_of(request))
            services.end_other_sessions(obj, request.session.session_key)

    @admin.display(description=_("view as"))
    def view_as(self, user: User) -> str:
        if not user.pk or not user.is_active or user.is_staff:
            return "–"
        return format_html(
            '<a href="{}">{}</a>', reverse("accounts:view_as", args=[user.pk]), _("View as this customer")
        )


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin[Customer]):
    list_display = ["name", "external_id", "created_at"]
    search_fields = ["name", "external_id", "users__email"]
    readonly_fields = ["created_at"]
    inlines = [MembershipInline]
    actions = ["invite"]

    def has_invite_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.add_invitation")

    @admin.action(description=_("Invite somebody to the chosen customer"), permissions=["invite"])
    def invite(self, request: HttpRequest, queryset: QuerySet[Customer]) -> HttpResponse | None:
        """Go to the form of a new invitation, with the customer filled in."""
        if len(queryset) != 1:
            self.message_user(request, _("Choose one customer to invite somebody to."), messages.WARNING)
            return None
        return redirect(f"{reverse('admin:accounts_invitation_add')}?customer={queryset[0].pk}")


class SuperusersGroupAdmin(GroupAdmin):
    """Groups hand out rights, so whoever changes one could give themselves more than they have."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_view_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return request.user.is_superuser

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return request.user.is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return request.user.is_superuser


admin.site.unregister(Group)
admin.site.register(Group, SuperusersGroupAdmin)


class InvitationForm(forms.ModelForm[Invitation]):
    """A new invitation goes out by mail when it is saved."""

    email = forms.EmailField(label=_("Email address"), max_length=254, validators=[validate_sendable])

    class Meta:
        model = Invitation
        fields = ["customer", "email", "role"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        customer, email = data.get("customer"), data.get("email", "")
        if customer and selectors.belongs(customer, email.lower()):
            self.add_error("email", _("This person belongs to the customer already."))
        return data


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin[Invitation]):
    """Invitations are sent and cancelled, never edited."""

    form = InvitationForm
    list_display = ["email", "customer", "role", "invited_by", "expires_at", "accepted_at", "revoked_at"]
    list_filter = ["role"]
    search_fields = ["email", "customer__name", "customer__external_id"]
    autocomplete_fields = ["customer"]
    actions = ["cancel"]

    def has_change_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: Invitation, form: forms.ModelForm[Invitation], change: bool
    ) -> None:
        """Send the invitation; the row that the service stored is the one that the admin goes on with."""
        assert isinstance(request.user, User)  # noqa: S101  # nobody else gets into the admin
        sent = services.invite(
            obj.customer,
            obj.email,
            obj.role,
            invited_by=request.user,
            brand=brand_of(request),
            link_for=lambda token: request.build_absolute_uri(reverse("accounts:invitation", args=[token])),
        )
        obj.pk = sent.pk
        obj.refresh_from_db()

    @admin.action(description=_("Cancel the chosen invitations"), permissions=["delete"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        for invitation in queryset:
            services.revoke_invitation(invitation)
        self.message_user(request, _("The links in those mails no longer work."), messages.SUCCESS)


@admin.register(SupportVisit)
class SupportVisitAdmin(admin.ModelAdmin[SupportVisit]):
    """A record; nobody changes it."""

    list_display = ["staff", "user", "reason", "started_at", "ended_at"]
    list_filter = ["started_at"]
    search_fields = ["staff__email", "user__email", "reason"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: SupportVisit | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SupportVisit | None = None) -> bool:
        return False
