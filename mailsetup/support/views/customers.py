"""A customer: people, domains, invitations and visits."""

from allauth.decorators import rate_limit
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import services as accounts
from accounts.access import DeskRights
from accounts.brands import brand_of
from accounts.models import Customer, Invitation, User
from accounts.views.people import invitation_link
from mailsetup.support import addresses, opened, selectors
from mailsetup.support.decorators import for_desk
from mailsetup.support.forms import VisitForm
from mailsetup.support.selectors import Listed
from mailsetup.support.views.visits import begin_visit, visit_form_for


@for_desk("see_customers")
@require_safe
def customer(request: HttpRequest, rights: DeskRights, *, customer_id: int) -> HttpResponse:
    """Who belongs to a customer, its domains and invitations, and when staff looked in."""
    found = get_object_or_404(Customer, pk=customer_id)
    opened.remember(request, found.name)
    return _page_of_customer(request, rights, found)


def _page_of_customer(
    request: HttpRequest, rights: DeskRights, customer: Customer, *, visit_form: VisitForm | None = None
) -> HttpResponse:
    visits = selectors.visits_to(customer)[: settings.SUPPORT.desk_visits_limit]
    people = Listed.first_of(selectors.people_of(customer)) if rights.see_people else None
    domains = Listed.first_of(selectors.domains_of(customer)) if rights.see_domains else None
    mail = addresses.mail_of({domain.name: domain.server for domain in domains.rows}) if domains else []
    context = {
        "rights": rights,
        "page_url": reverse("mailsetup:desk_customer", kwargs={"customer_id": customer.pk}),
        "customer": customer,
        "counts": selectors.domain_counts(customer) if rights.see_domains else None,
        "people": people,
        "visit_form": visit_form or visit_form_for(request, rights, people),
        "marked": request.GET.get("person", ""),
        "domains": domains,
        "domain_rows": list(zip(domains.rows, mail, strict=True)) if domains else [],
        "elsewhere": any(goes.elsewhere for goes in mail),
        "invitations": Listed.first_of(selectors.invitations_of(customer))
        if rights.see_invitations
        else None,
        "visits": visits if rights.see_visits else None,
        "now": timezone.now(),
    }
    return render(request, "support/customer.html", context, status=422 if visit_form else 200)


@for_desk("view_as", "see_people", "see_customers")
@require_POST
def visit_from_customer(request: HttpRequest, rights: DeskRights, *, customer_id: int) -> HttpResponseBase:
    """The same from the page of a customer."""
    found = get_object_or_404(Customer, pk=customer_id)
    form = visit_form_for(request, rights, Listed.first_of(selectors.people_of(found)), data=request.POST)
    return begin_visit(request, form) or _page_of_customer(request, rights, found, visit_form=form)


@for_desk("send_invitations", "see_invitations", "see_customers")
@require_POST
@rate_limit(action="invite")  # type: ignore[untyped-decorator]  # allauth says no types here
def send_invitation(request: HttpRequest, _rights: DeskRights, *, invitation_id: int) -> HttpResponse:
    """Mail an invitation once more, with a new link."""
    rows = Invitation.objects.select_related("customer", "invited_by")
    invitation = get_object_or_404(rows, pk=invitation_id)
    back = redirect("mailsetup:desk_customer", customer_id=invitation.customer_id)
    email = {"email": invitation.email}
    if invitation.accepted_at or invitation.revoked_at:
        messages.info(request, _("That invitation to %(email)s is over. Here is what’s open now.") % email)
        return back
    assert isinstance(request.user, User)  # noqa: S101  # nobody else has rights at the desk
    try:
        accounts.invite_again(
            invitation,
            stand_in=request.user,
            brand=brand_of(request),
            link_for=lambda token: invitation_link(request, token),
        )
    except accounts.AlreadyMember:
        messages.info(request, _("%(email)s belongs to this customer already.") % email)
        return back
    messages.success(request, _("We’ve sent an invitation to %(email)s.") % email)
    return back
