"""The people of a customer, looked after by its owners."""

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.decorators import rate_limit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import access, selectors, services
from accounts.brands import brand_of
from accounts.forms import InviteForm, RoleForm
from accounts.http import AuthenticatedHttpRequest
from accounts.models import Customer, Invitation, Membership, Removal

LAST_OWNER = gettext_lazy("Somebody has to look after the people here. Make another person an owner first.")


@login_required
@require_safe
def people(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Everybody who belongs to my customers; owners also get the forms to change that."""
    return _page(request, InviteForm())


def _page(
    request: AuthenticatedHttpRequest, form: InviteForm, invited_to: Customer | None = None
) -> HttpResponse:
    owned = set(access.customers_owned_by(request.user).values_list("pk", flat=True))
    # Support sees what an owner sees, and changes nothing of it.
    may_change = not access.is_support_visit(request)
    customers = [
        {
            "customer": customer,
            "owned": customer.pk in owned,
            "may_change": may_change and customer.pk in owned,
            "owner_count": sum(one.role == Membership.Role.OWNER for one in customer.memberships.all()),
            "form": form if customer == invited_to else InviteForm(auto_id=f"c{customer.pk}_%s"),
        }
        for customer in selectors.people_of(request.user)
    ]
    status = 422 if form.errors else 200
    return render(request, "accounts/people.html", {"customers": customers}, status=status)


@login_required
@require_POST
@rate_limit(action="invite")  # type: ignore[untyped-decorator]  # allauth says no types here
def invite(request: AuthenticatedHttpRequest, customer_id: int) -> HttpResponse:
    """Mail somebody an invitation to one of my customers."""
    customer = get_object_or_404(access.customers_owned_by(request.user), pk=customer_id)
    _confirm_who_it_is(request)
    form = InviteForm(request.POST, auto_id=f"c{customer.pk}_%s")
    if not form.is_valid():
        return _page(request, form, customer)
    email, role = form.cleaned_data["email"], form.cleaned_data["role"]
    try:
        services.invite(
            customer,
            email,
            role,
            invited_by=request.user,
            brand=brand_of(request),
            link_for=lambda token: invitation_link(request, token),
        )
    except services.AlreadyMember:
        form.add_error("email", _("This person belongs here already."))
        return _page(request, form, customer)
    messages.success(request, _("We’ve sent an invitation to %(email)s.") % {"email": email})
    return redirect("accounts:people")


def invitation_link(request: HttpRequest, token: str) -> str:
    """The address in the mail, under the name by which this visitor reaches the portal."""
    return request.build_absolute_uri(reverse("accounts:invitation", args=[token]))


@login_required
@require_POST
def change_role(request: AuthenticatedHttpRequest, membership_id: int) -> HttpResponse:
    """Make somebody an owner or a member."""
    membership = _membership_of_mine(request, membership_id)
    _confirm_who_it_is(request)
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        services.change_role(membership, form.cleaned_data["role"])
    except Membership.DoesNotExist:
        raise Http404 from None
    except services.LastOwner:
        messages.error(request, LAST_OWNER)
    else:
        messages.success(
            request,
            _("%(person)s is now: %(role)s.")
            % {"person": membership.user, "role": Membership.Role(form.cleaned_data["role"]).label},
        )
    return redirect("accounts:people")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove_member(request: AuthenticatedHttpRequest, membership_id: int) -> HttpResponse:
    """Ask, then end somebody's membership; their account stays."""
    membership = _membership_of_mine(request, membership_id)
    if request.method != "POST":
        return render(request, "accounts/remove_member.html", {"membership": membership})
    _confirm_who_it_is(request)
    try:
        services.remove_member(membership)
    except Membership.DoesNotExist:
        raise Http404 from None
    except services.LastOwner:
        messages.error(request, LAST_OWNER)
    else:
        messages.success(request, _("%(person)s no longer has access.") % {"person": membership.user})
    return redirect("accounts:people")


@login_required
@require_POST
def undo_removal(request: AuthenticatedHttpRequest, removal_id: int) -> HttpResponse:
    """Let somebody back in who was removed a moment ago."""
    owned = access.customers_owned_by(request.user)
    removal = Removal.objects.select_related("user").filter(pk=removal_id).first()
    if removal is None:
        # A page from before: old removals are forgotten, and so is the first of two.
        messages.error(request, _("There’s nothing left to undo. Here is who belongs here now."))
        return redirect("accounts:people")
    get_object_or_404(owned, pk=removal.customer_id)
    _confirm_who_it_is(request)
    try:
        services.undo_removal(removal)
    except services.RemovalUndone:
        messages.info(request, _("%(person)s is back already.") % {"person": removal.user})
    except services.RemovalIsFinal:
        messages.error(
            request, _("It’s too late to undo that. Invite %(person)s.") % {"person": removal.user}
        )
    else:
        messages.success(request, _("%(person)s belongs here again.") % {"person": removal.user})
    return redirect("accounts:people")


@login_required
@require_POST
def revoke_invitation(request: AuthenticatedHttpRequest, invitation_id: int) -> HttpResponse:
    """End an invitation before it is used."""
    owned = access.customers_owned_by(request.user)
    invitation = get_object_or_404(Invitation, pk=invitation_id, customer__in=owned)
    services.revoke_invitation(invitation)
    messages.success(request, _("The invitation to %(email)s is cancelled.") % {"email": invitation.email})
    return redirect("accounts:people")


def _membership_of_mine(request: AuthenticatedHttpRequest, membership_id: int) -> Membership:
    owned = access.customers_owned_by(request.user)
    people = Membership.objects.select_related("user", "customer")
    return get_object_or_404(people, pk=membership_id, customer__in=owned)


def _confirm_who_it_is(request: AuthenticatedHttpRequest) -> None:
    """Whoever finds a browser signed in must not let somebody in for good.

    allauth keeps the form, asks for the password, and then goes on with it.
    """
    raise_if_reauthentication_required(request, app="allauth.account")
