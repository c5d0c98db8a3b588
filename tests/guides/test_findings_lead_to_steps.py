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
FOUND = (
    (Code.AUTH_FAILED, RECEIVING, "password"),
    (Code.WRONG_SERVICE, RECEIVING, "incoming"),
    (Code.WRONG_SERVICE, SENDING, "outgoing"),
)


def link_from_result(browser: Any, user: User, slug: str, code: Code, lane: int) -> Any:
    """The number and the address on "Show me step N" when a test of this app has found `code`."""
    setup = setup_of(user)
    protocol = GUIDES[slug].protocols[0]
    test = services.start_connection_test(
        setup, setup.config(protocol), password="", key="", round_trip=False, client=slug
    )
    services.begin_connection_test(test.pk, "a worker")
    services.record_findings(test, [(lane, Finding(Step.SIGN_IN, Status.FAILED, code, ms=5))])
    services.finish_connection_test(test)
    page = Page(browser.get(f"/tests/{test.reference}/").content.decode())
    links = [part for part in page.root.parts("a") if "Show me step" in part.text]
    (link,) = links
    return int(re.search(r"\d+", link.text)[0]), link.attributes["href"]


@pytest.mark.parametrize("encrypted", [True, False], ids=["encrypted", "plain"])
@pytest.mark.parametrize("slug", [guide.slug for guide in GUIDES.values() if guide.protocols])
def test_the_link_names_the_step_that_it_leads_to(
    owner: User, signed_in: Any, slug: str, encrypted: bool
) -> None:
    if not encrypted:
        Server.objects.get().services.update(socket_type=SocketType.PLAIN.value)
    browser = signed_in(owner)
    for code, lane, topic in FOUND:
        number, url = link_from_result(browser, owner, slug, code, lane)
        guide_url, _hash, name = url.partition("#")
        assert name == topic
        step = Page(browser.get(guide_url).content.decode()).step_of(name)
        assert step.number == number
        assert "Your test sent you here" in step.part.text
