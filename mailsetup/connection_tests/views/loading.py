"""From a request to a test: whose it is, what was found so far, and where its pages are."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse

from accounts import access
from accounts.models import User
from mailsetup.connection_tests import reaper, selectors
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.guides.clients import GUIDES
from mailsetup.probes.findings import Finding


def page_url(test: ConnectionTest, token: str = "") -> str:
    """Where the page of a test is: below the set-up link with that `token`, without one below /tests/."""
    link = {"token": token} if token else {}
    return reverse("mailsetup:test", kwargs={**link, "reference": test.reference})


@dataclass(frozen=True, slots=True)
class TestUrls:
    """Where the page of a test is, another test like it, its guide, and the comparison with the app."""

    page: str
    cancel: str
    again: str
    compare: str
    guide: str
    text: str
    document: str

    @classmethod
    def of(cls, test: ConnectionTest, token: str = "") -> "TestUrls":
        """Below the set-up link with that `token`; without one below /tests/ and /setup/ADDRESS/."""
        link = {"token": token} if token else {}
        setup = link or {"address": test.address}
        start_url = reverse("mailsetup:start_test", kwargs=setup)
        if test.client in GUIDES:
            guide = {**setup, "client": test.client, "protocol": test.protocol}
            guide_url = reverse("mailsetup:guide", kwargs=guide)
        else:
            guide_url = reverse("mailsetup:link" if token else "mailsetup:home", kwargs=link)
        named = {**link, "reference": test.reference}
        account = f"protocol={test.protocol}&app={test.client}"
        return cls(
            page=page_url(test, token),
            cancel=reverse("mailsetup:cancel_test", kwargs=named),
            text=reverse("mailsetup:written_test", kwargs={**named, "form": "txt"}),
            document=reverse("mailsetup:written_test", kwargs={**named, "form": "json"}),
            again=f"{start_url}?{account}",
            compare=f"{reverse('mailsetup:compare', kwargs=setup)}?{account}",
            guide=guide_url,
        )


def reader_of(request: HttpRequest) -> User | None:
    """Who reads for themselves: nobody in a visit of support."""
    user = request.user
    return user if isinstance(user, User) and not access.is_support_visit(request) else None


def tests_of_visitor(request: HttpRequest) -> QuerySet[ConnectionTest]:
    """Those of whoever is signed in."""
    user = request.user
    return selectors.tests_of(user) if user.is_authenticated else ConnectionTest.objects.none()


def find_or_404(
    tests: QuerySet[ConnectionTest], reference: str
) -> tuple[ConnectionTest, list[tuple[int, Finding]]]:
    """The test and what was found so far. One that has lost its worker ends here: its page is who notices."""
    read = selectors.find_test(tests, reference)
    if read is not None and read[2]:
        reaper.mark_lost(read[0])
        read = selectors.find_test(tests, reference)
    if read is None:
        raise Http404("No such test.")
    return read[:2]
