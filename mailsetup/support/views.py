"""The desk: find who is on the telephone, and say what is so, from one page."""

from datetime import timedelta
from typing import Any

from allauth.decorators import rate_limit
from django.conf import settings
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import access
from accounts import services as accounts
from accounts.access import DeskRights
from accounts.brands import brand_of, portal_url
from accounts.models import Customer, Invitation, Membership, User
from accounts.views.people import invitation_link
from accounts.views.support import ViewAsCustomer
from mailsetup.clientconfig import Address, AddressError, NotOffered, Protocol, parse_address, parse_domain
from mailsetup.connection_tests import deadlines, shares
from mailsetup.connection_tests import services as connection_tests
from mailsetup.connection_tests.limits import TooManyTests
from mailsetup.connection_tests.models import ConnectionTest, ReportLink
from mailsetup.connection_tests.report import is_over
from mailsetup.connection_tests.tasks import BrokerUnavailable, enqueue_connection_test
from mailsetup.connection_tests.views.sharing import share, sharing_of
from mailsetup.formats import FORMATS, NothingToOffer
from mailsetup.guides.views import handout_of
from mailsetup.hosting.models import Mailbox
from mailsetup.setup_links import services as setup_links
from mailsetup.setup_links.models import SetupLink
from mailsetup.setup_links.setups import Setup
from mailsetup.support import addresses, opened, results, selectors
from mailsetup.support.addresses import Subject
from mailsetup.support.alike import failed_alike
from mailsetup.support.decorators import for_desk
from mailsetup.support.forms import LinkForm, TestForm, VisitForm
from mailsetup.support.history import before_and_since
from mailsetup.support.lanes import TestRow, rows_of
from mailsetup.support.report import staff_report
from mailsetup.support.selectors import DeviceLinks, Listed
from mailsetup.watch.report import servers_with_trouble

# Where the session keeps a link that was made for an address until it is shown: (address, URL).
_MADE_LINK = "desk_made_link"


@for_desk("desk")
@require_safe
def search(request: HttpRequest, rights: DeskRights) -> HttpResponse:
    """The one search box; what is meant in full opens at once."""
    found = results.find(request.GET.get("q", ""), rights)
    if found.only is not None:
        return HttpResponseRedirect(found.only.url)
    context: dict[str, Any] = {"rights": rights, "found": found}
    if not found.text:
        context["opened"] = list(opened.lately(request))
    if not found.text and rights.see_tests:
        context["failed"] = _rows(selectors.failed_tests())
        context["alike"] = failed_alike()
    if not found.text and access.may_see_the_watch(request.user):
        context |= {"may_see_the_watch": True, "troubled": servers_with_trouble()}
    return render(request, "support/search.html", context)


def _rows(tests: QuerySet[ConnectionTest]) -> list[TestRow]:
    return rows_of(tests, settings.SUPPORT.desk_tests_limit)


# --- A test ---------------------------------------------------------------------------------------------


@for_desk("see_tests")
@require_safe
def test(request: HttpRequest, rights: DeskRights, *, reference: str) -> HttpResponse:
    """The report of one test, whosever it is, while it runs and afterwards."""
    read = selectors.test_by_reference(reference)
    if read is None:
        raise Http404("No such test.")
    found, findings = read
    links = shares.open_links(found) if rights.see_report_links else []
    opened.remember(request, found.reference)
    of_address = selectors.tests_of_address(found.address)
    context = {
        "rights": rights,
        "test": found,
        "staff_report": staff_report(found, findings, wire=rights.see_transcripts),
        "sharing": sharing_of(request, found, links) if is_over(found) else None,
        "history": before_and_since(found, of_address, settings.SUPPORT.desk_tests_limit),
        "address_url": results.page_of_address(found.address) if rights.see_domains else "",
    }
    return render(request, "support/test.html", context)


@for_desk("make_report_links", "see_tests")
@require_POST
def share_test(request: HttpRequest, _rights: DeskRights, *, reference: str) -> HttpResponse:
    """A link to the report as the customer reads it, for somebody who helps."""
    read = selectors.test_by_reference(reference)
    if read is None or not isinstance(request.user, User):
        raise Http404("No such test.")
    share(request, read[0], request.user)
    return redirect(f"{_url_of_test(read[0])}#share")


@for_desk("revoke_report_links", "see_report_links", "see_tests")
@require_POST
def revoke_share(request: HttpRequest, _rights: DeskRights, *, link_id: int) -> HttpResponse:
    """Close a link to a report at once, whoever made it."""
    link = get_object_or_404(ReportLink.objects.select_related("test"), pk=link_id)
    shares.revoke(link)
    messages.success(request, _("The link no longer opens anything."))
    return redirect(_url_of_test(link.test))


def _url_of_test(test: ConnectionTest) -> str:
    return reverse("mailsetup:desk_test", kwargs={"reference": test.reference})


# --- An address or a domain -----------------------------------------------------------------------------


@for_desk("see_domains")
@require_safe
def address(request: HttpRequest, rights: DeskRights, *, address: str) -> HttpResponse:
    """Everything about one address; a link that was made a moment ago is shown this once."""
    subject = _subject_of(request, address)
    opened.remember(request, subject.title)
    made_for, url = request.session.get(_MADE_LINK, ("", ""))
    if request.method != "GET" or made_for != str(subject.address):
        return _page(request, rights, subject)
    del request.session[_MADE_LINK]
    return _page(request, rights, subject, made=url)


@for_desk("see_domains")
@require_safe
def domain(request: HttpRequest, rights: DeskRights, *, name: str) -> HttpResponse:
    """The same about a domain, whoever is in front of the @."""
    subject = _whole_domain(request, name)
    opened.remember(request, subject.title)
    return _page(request, rights, subject)


def _whole_domain(request: HttpRequest, name: str) -> Subject:
    try:
        parsed = Address("", parse_domain(name))
    except AddressError:
        raise Http404("That is no domain name.") from None
    return addresses.subject_of(parsed, display_name=brand_of(request).name)


def _subject_of(request: HttpRequest, text: str) -> Subject:
    try:
        parsed = parse_address(text)
    except AddressError:
        raise Http404("That is no address.") from None
    return addresses.subject_of(parsed, display_name=brand_of(request).name)


def _page(
    request: HttpRequest,
    rights: DeskRights,
    subject: Subject,
    *,
    link_form: LinkForm | None = None,
    visit_form: VisitForm | None = None,
    made: str = "",
) -> HttpResponse:
    """The page; a form is one that was refused, `made` the address of a link that can't be shown again."""
    offered = subject.hosting.protocols if subject.hosting else ()
    wanted = request.GET.get("protocol", "")
    protocol = next((each for each in offered if each.value == wanted), next(iter(offered), None))
    people = _people_of(subject, rights)
    context = {
        "rights": rights,
        "subject": subject,
        "page_url": _url_of(subject),
        "customer": subject.domain.customer if subject.domain else None,
        "unknown": addresses.unknown(
            subject,
            near_limit=settings.SUPPORT.desk_matches_limit,
            near_max_characters=settings.SUPPORT.desk_near_max_characters,
        ),
        "reasons": list(addresses.reasons(subject)),
        "ways": addresses.ways(subject),
        "offered": [each.value for each in offered],
        "protocol": protocol.value if protocol else "",
        "mailboxes": _mailboxes_of(subject),
        "documents": addresses.documents_of(subject, protocol) if protocol else [],
        "guides": addresses.guides_of(protocol) if protocol and not subject.whole_domain else [],
        "tests": _rows(_tests_of(subject)) if rights.see_tests else None,
        "links": _links_of(subject) if rights.see_links else None,
        "device_links": _device_links_of(subject) if rights.see_links else None,
        "people": people,
        "visit_form": visit_form or _visit_form(request, rights, people, of=subject),
        "link_form": link_form or LinkForm(),
        "made": made,
    }
    return render(request, "support/address.html", context, status=422 if link_form or visit_form else 200)


def _people_of(subject: Subject, rights: DeskRights) -> Listed[Membership] | None:
    if not rights.see_people or subject.domain is None or subject.domain.customer is None:
        return None
    return Listed.first_of(selectors.people_of(subject.domain.customer))


def _url_of(subject: Subject) -> str:
    if subject.whole_domain:
        return reverse("mailsetup:desk_domain", kwargs={"name": subject.address.domain})
    return results.page_of_address(str(subject.address))


def _mailboxes_of(subject: Subject) -> list[Mailbox]:
    """Of a domain the addresses that are known, as far as they have room."""
    if not subject.whole_domain or subject.domain is None:
        return []
    return list(subject.domain.mailboxes.select_related("domain")[: settings.SUPPORT.desk_mailboxes_limit])


def _tests_of(subject: Subject) -> QuerySet[ConnectionTest]:
    if subject.whole_domain:
        return selectors.tests_of_domain(subject.address.domain, subject.domain)
    return selectors.tests_of_address(str(subject.address))


def _links_of(subject: Subject) -> list[SetupLink]:
    """The links that still open, or could; the newest first."""
    if subject.whole_domain:
        those = Q(domain=subject.domain) if subject.domain else Q(pk=None)
    else:
        those = Q(address=str(subject.address))
    open_now = Q(revoked_at=None, expires_at__gt=timezone.now())
    return list(selectors.open_links(those & open_now)[: settings.SUPPORT.desk_tests_limit])


def _device_links_of(subject: Subject) -> DeviceLinks | None:
    if subject.whole_domain:
        return None
    return selectors.opened_on_devices(str(subject.address), subject.domain)


def _setup_of(request: HttpRequest, text: str) -> Setup:
    """Staff set up an address for somebody; 404 where there is nothing to set up."""
    subject = _subject_of(request, text)
    if subject.hosting is None or not isinstance(request.user, User):
        raise Http404("There is nothing to set up here.")
    return Setup(address=subject.address, hosting=subject.hosting, domain=subject.domain, user=request.user)


@for_desk("make_links", "see_domains")
@require_POST
def make_link(request: HttpRequest, rights: DeskRights, *, address: str) -> HttpResponse:
    """A set-up link; only its hash is kept, and the session has it until the page has shown it once."""
    setup = _setup_of(request, address)
    form = LinkForm(request.POST)
    subject = Subject(setup.address, setup.domain, setup.hosting)
    if not form.is_valid():
        return _page(request, rights, subject, link_form=form)
    _link, token = setup_links.create_setup_link(
        setup,
        lifetime=timedelta(hours=form.cleaned_data["hours"]),
        one_device=form.cleaned_data["one_device"],
    )
    url = portal_url() + reverse("mailsetup:link", kwargs={"token": token})
    request.session[_MADE_LINK] = (str(setup.address), url)
    return redirect(results.page_of_address(str(setup.address)))


@for_desk("revoke_links", "see_links", "see_domains")
@require_POST
def revoke_link(request: HttpRequest, _rights: DeskRights, *, link_id: int) -> HttpResponse:
    """Close a set-up link at once."""
    link = get_object_or_404(SetupLink, pk=link_id)
    setup_links.revoke_setup_links([link])
    messages.success(request, _("The link no longer opens anything."))
    return redirect(results.page_of_address(link.address))


@for_desk("start_tests", "see_domains", "see_tests")
@require_POST
def start_test(request: HttpRequest, _rights: DeskRights, *, address: str) -> HttpResponse:
    """A test up to the sign-in: staff have nobody's password."""
    setup = _setup_of(request, address)
    form = TestForm(request.POST)
    back = redirect(results.page_of_address(str(setup.address)))
    if not form.is_valid():
        raise Http404("There is no such protocol.")
    try:
        config = setup.config(Protocol(form.cleaned_data["protocol"]))
        test = connection_tests.start_connection_test(setup, config, password="", key="", round_trip=False)
        enqueue_connection_test(test, "")
    except NotOffered:
        raise Http404("This protocol is not offered here.") from None
    except TooManyTests as refusal:
        messages.warning(request, _refusal(refusal))
        return back
    except BrokerUnavailable:
        messages.error(request, _("The test service isn’t answering, so the test could not start."))
        return back
    return redirect("mailsetup:desk_test", reference=test.reference)


def _refusal(refusal: TooManyTests) -> str:
    """What there is too much of, as staff need to know it, and how long to wait: never too short."""
    match refusal.reason:
        case "busy":
            text = _("As many tests of yours run as may. The first is over in %(time)s at most.")
        case "mailbox":
            text = _("This mailbox is being tested. That’s over in %(time)s at most.")
        case "crowded":
            text = _("Others of this customer are testing. The first is over in %(time)s at most.")
        case "often":
            text = _("There were very many tests of yours, this mailbox or this customer. Wait %(time)s.")
        case _:  # the server's own; a test from here signs in nowhere and is refused for no password
            text = _("The mail server is turning us away. So that it doesn’t block us, wait %(time)s.")
    seconds = deadlines.seconds_until(timezone.now() + timedelta(seconds=refusal.seconds))
    return text % {"time": deadlines.in_words(seconds)}


@for_desk("see_domains")
@require_safe
def document(
    request: HttpRequest, _rights: DeskRights, *, address: str, slug: str, protocol: str
) -> HttpResponse:
    """The very file that a program gets."""
    subject = _subject_of(request, address)
    file_format = FORMATS.get(slug)
    if file_format is None or protocol not in set(Protocol):
        raise Http404("There is no such file.")
    config = subject.config(Protocol(protocol))
    try:
        body = addresses.document(file_format, subject, Protocol(protocol))
    except NothingToOffer:
        config = None
    if config is None:
        raise Http404("There is nothing to offer for this address.")
    name = content_disposition_header(as_attachment=True, filename=file_format.filename(config))
    return HttpResponse(body, content_type=file_format.media_type, headers={"Content-Disposition": name})


@for_desk("see_domains")
@require_safe
def guide(
    request: HttpRequest, _rights: DeskRights, *, address: str, client: str, protocol: str
) -> HttpResponse:
    """The steps of a guide with this address filled in, to read out or to paste."""
    text = handout_of(request, _setup_of(request, address), client, protocol).text()
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


# --- A customer -----------------------------------------------------------------------------------------


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
        "visit_form": visit_form or _visit_form(request, rights, people),
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


# --- A visit --------------------------------------------------------------------------------------------


def _visit_form(
    request: HttpRequest,
    rights: DeskRights,
    people: Listed[Membership] | None,
    *,
    of: Subject | None = None,
    data: QueryDict | None = None,
) -> VisitForm | None:
    """To look at the portal as one of `people`, if there is anybody; `of` an address as the one who has it.

    `?person=` says who it is to be.
    """
    if not rights.view_as or people is None:
        return None
    asked = (data or request.GET).get("person", "")
    address = str(of.address) if of is not None else ""
    wanted = selectors.people_wanted(people, number=asked, address=address)
    there = [each for each in wanted if access.may_be_viewed(each)]
    if not there:
        return None
    person = next((each for each in there if str(each.pk) == asked), None)
    if of is not None and data is None and person is None:
        having = [each for each in there if each.email == address]
        person = next(iter(having), there[0] if len(there) == 1 and not people.more else None)
    initial = {"person": person.pk} if person else {}
    return VisitForm(data, people=there, fixed=person if of is not None else None, initial=initial)


@for_desk("view_as", "see_people", "see_domains")
@require_POST
def visit_from_address(request: HttpRequest, rights: DeskRights, *, address: str) -> HttpResponseBase:
    """Begin a visit from the page of an address."""
    return _visit_from(request, rights, _subject_of(request, address))


@for_desk("view_as", "see_people", "see_domains")
@require_POST
def visit_from_domain(request: HttpRequest, rights: DeskRights, *, name: str) -> HttpResponseBase:
    """The same from the page of a domain."""
    return _visit_from(request, rights, _whole_domain(request, name))


def _visit_from(request: HttpRequest, rights: DeskRights, subject: Subject) -> HttpResponseBase:
    form = _visit_form(request, rights, _people_of(subject, rights), of=subject, data=request.POST)
    return _begin(request, form) or _page(request, rights, subject, visit_form=form)


@for_desk("view_as", "see_people", "see_customers")
@require_POST
def visit_from_customer(request: HttpRequest, rights: DeskRights, *, customer_id: int) -> HttpResponseBase:
    """The same from the page of a customer."""
    found = get_object_or_404(Customer, pk=customer_id)
    form = _visit_form(request, rights, Listed.first_of(selectors.people_of(found)), data=request.POST)
    return _begin(request, form) or _page_of_customer(request, rights, found, visit_form=form)


def _begin(request: HttpRequest, form: VisitForm | None) -> HttpResponseBase | None:
    """Through the door that any visit goes through; None where the form has to be asked again."""
    if form is None:
        raise Http404("There is nobody to look as.")
    if not form.is_valid():
        return None
    return ViewAsCustomer.as_view()(request, user_id=form.cleaned_data["person"])


# --- An invitation --------------------------------------------------------------------------------------


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
