"""The steps as text: the same words and values in the same order, and nothing to press."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients import GUIDES
from mailsetup.guides.plain_text import steps_as_text
from tests.guides.page import Page
from tests.guides.shapes import config_for, page
from tests.provider import MakeLink


@pytest.mark.parametrize("slug", [guide.slug for guide in GUIDES.values() if guide.protocols])
def test_each_step_has_its_number_and_each_setting_its_line(slug: str) -> None:
    shown = page(slug, GUIDES[slug].protocols[-1], "ssl")
    text = steps_as_text(shown.html)
    config = config_for(slug, GUIDES[slug].protocols[-1], "ssl")
    numbers = [int(number) for number in re.findall(r"^(\d+)\. \S", text, re.MULTILINE)]
    assert numbers == [step.number for step in shown.steps]
    for value in (config.incoming.hostname, str(config.outgoing.port)):
        assert value in text or slug in ("apple-mail-iphone", "apple-mail-mac")
    assert "Copy" not in re.sub(r"Copy of|copy", "", text)
    assert not re.search(r"[<>{}]|\[\[|&\w+;", text) or GUIDES[slug].terminal


def test_settings_are_lines_of_their_own() -> None:
    text = steps_as_text(page("windows-live-mail", Protocol.POP3, "ssl").html)
    assert "\n- Server type: POP\n" in text
    assert "\n- Server address: mail.hoster.example\n" in text
    assert "\n- Requires authentication: Tick it\n" in text


def test_words_of_the_app_stand_in_quotation_marks_but_as_labels() -> None:
    text = steps_as_text(page("windows-live-mail", Protocol.POP3, "ssl").html)
    assert "choose “Tools › Accounts › Add”, and “E-mail Account” if it asks" in text
    assert "\n- Server type: POP\n" in text


@pytest.mark.parametrize("slug", [guide.slug for guide in GUIDES.values() if guide.protocols])
def test_quotation_marks_are_in_pairs(slug: str) -> None:
    for line in steps_as_text(page(slug, GUIDES[slug].protocols[-1], "ssl").html).splitlines():
        assert re.sub("[^“”]", "", line) == "“”" * line.count("“"), line


@pytest.mark.django_db
def test_it_is_a_link_away_for_whoever_may_see_the_guide(
    owner: User, signed_in: Any, stranger: User, setup_link: MakeLink
) -> None:
    browser = signed_in(owner)
    where = "/setup/anna@example.com/thunderbird/imap/steps.txt"
    send = "/setup/anna@example.com/thunderbird/imap/send/"
    assert send in Page(browser.get("/setup/anna@example.com/thunderbird/imap/").content.decode()).links
    assert where in Page(browser.get(send).content.decode()).links
    answer = browser.get(where)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert "- Email address: anna@example.com\n" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert signed_in(stranger).get(where).status_code == 404
    assert browser.get("/setup/anna@example.com/geary/pop3/steps.txt").status_code == 404
    _link, token = setup_link()
    assert "anna@example.com" in Client().get(f"/s/{token}/thunderbird/imap/steps.txt").content.decode()
    assert Client().get(where).status_code == 302
