"""From what a test found to the step of the customer's own app where it is put right, and there it is."""

import re
from typing import Any

import pytest

from accounts.models import User
from mailsetup.clientconfig import SocketType
from mailsetup.connection_tests import services
from mailsetup.guides.clients import GUIDES
from mailsetup.hosting.models import Server
from mailsetup.probes.findings import Code, Finding, Status, Step
from tests.guides.page import Page
from tests.provider import setup_of

pytestmark = pytest.mark.django_db
RECEIVING, SENDING = 0, 1
# What one test finds, by service, and the step that each is put right in.
FOUND = (
    {RECEIVING: (Code.AUTH_FAILED, "password"), SENDING: (Code.WRONG_SERVICE, "outgoing")},
    {RECEIVING: (Code.WRONG_SERVICE, "incoming")},
)


def links_from_result(
    browser: Any, user: User, slug: str, found: dict[int, tuple[Code, str]]
) -> dict[str, tuple[int, str]]:
    """The number and the address on "Show me step N", by topic, when a test of this app has found that."""
    setup = setup_of(user)
    protocol = GUIDES[slug].protocols[0]
    test = services.start_connection_test(
        setup, setup.config(protocol), password="", key="", round_trip=False, client=slug
    )
    services.begin_connection_test(test.pk, "a worker")
    services.record_findings(
        test,
        [(lane, Finding(Step.SIGN_IN, Status.FAILED, code, ms=5)) for lane, (code, _topic) in found.items()],
    )
    services.finish_connection_test(test)
    page = Page(browser.get(f"/tests/{test.reference}/").content.decode())
    links = [part for part in page.root.parts("a") if "Show me step" in part.text]
    return {
        link.attributes["href"].partition("#")[2]: (
            int(re.search(r"\d+", link.text)[0]),
            link.attributes["href"].partition("#")[0],
        )
        for link in links
    }


@pytest.mark.parametrize("encrypted", [True, False], ids=["encrypted", "plain"])
@pytest.mark.parametrize("slug", [guide.slug for guide in GUIDES.values() if guide.protocols])
def test_the_link_names_the_step_that_it_leads_to(
    owner: User, signed_in: Any, slug: str, encrypted: bool
) -> None:
    if not encrypted:
        Server.objects.get().services.update(socket_type=SocketType.PLAIN.value)
    browser = signed_in(owner)
    links: dict[str, tuple[int, str]] = {}
    for found in FOUND:
        of_this = links_from_result(browser, owner, slug, found)
        assert set(of_this) == {topic for _code, topic in found.values()}
        links |= of_this
    _number, guide_url = links["incoming"]
    guide = Page(browser.get(guide_url).content.decode())
    for topic, (number, _url) in links.items():
        step = guide.step_of(topic)
        assert step.number == number
        assert "Your test sent you here" in step.part.text
