"""An address or a domain: what is right for it and why, and what staff can do about it."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import DeskRights
from accounts.brands import brand_of, portal_url
from accounts.models import Membership, User
from mailsetup.clientconfig import Address, AddressError, NotOffered, Protocol, parse_address, parse_domain
from mailsetup.connection_tests import deadlines
from mailsetup.connection_tests import services as connection_tests
from mailsetup.connection_tests.limits import TooManyTests
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.connection_tests.tasks import BrokerUnavailable, enqueue_connection_test
from mailsetup.formats import FORMATS, NothingToOffer
from mailsetup.guides.views import handout_of
from mailsetup.hosting.models import Mailbox
from mailsetup.setup_links import services as setup_links
from mailsetup.setup_links.models import SetupLink
from mailsetup.setup_links.setups import Setup
from mailsetup.support import addresses, opened, results, selectors
from mailsetup.support.addresses import Subject
from mailsetup.support.decorators import for_desk
from mailsetup.support.forms import LinkForm, TestForm, VisitForm
from mailsetup.support.lanes import rows_of
from mailsetup.support.selectors import DeviceLinks, Listed
from mailsetup.support.views.visits import begin_visit, visit_form_for

# Where the session keeps a link that was made for an address until it is shown: (address, URL).
_MADE_LINK = "desk_made_link"


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
        "tests": rows_of(_tests_of(subject), settings.SUPPORT.desk_tests_limit) if rights.see_tests else None,
        "links": _links_of(subject) if rights.see_links else None,
        "device_links": _device_links_of(subject) if rights.see_links else None,
        "people": people,
        "visit_form": visit_form or visit_form_for(request, rights, people, of=subject),
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
    form = visit_form_for(request, rights, _people_of(subject, rights), of=subject, data=request.POST)
    return begin_visit(request, form) or _page(request, rights, subject, visit_form=form)
