"""Every app, every differing value: the row leads to a step that is there, and that has the right value."""

import pytest

from mailsetup.clientconfig import Protocol, SocketType
from mailsetup.comparison.explanations import encryption_word
from mailsetup.comparison.judgement import AppValues, Encryption, ServerValues, Setting
from mailsetup.comparison.report import SETTING_NAMES, ComparisonReport, report_of
from mailsetup.guides.clients import GUIDES
from tests.guides.page import Page, Step
from tests.guides.shapes import config_for, every_page, page

GUIDE = "/guide/"
# Nothing of it is right anywhere.
ALL_WRONG = AppValues(
    incoming=ServerValues(server="wrong.example", port=7, encryption=Encryption.AUTOMATIC),
    outgoing=ServerValues(server="wrong.example", port=7, encryption=Encryption.AUTOMATIC),
    user_name="somebody@wrong.example",
    signs_in_to_send=False,
)


def compared(slug: str, protocol: Protocol, shape: str) -> ComparisonReport:
    config = config_for(slug, protocol, shape)
    return report_of(ALL_WRONG, "", None, guide=GUIDES[slug], config=config, guide_url=GUIDE)


def step_at(shown: Page, url: str) -> Step:
    before, _hash, topic = url.partition("#")
    assert before == f"{GUIDE}?from=comparison"
    return shown.step_of(topic)


@every_page
def test_every_row_leads_to_a_step_that_is_there(slug: str, protocol: Protocol, shape: str) -> None:
    report = compared(slug, protocol, shape)
    shown = page(slug, protocol, shape)
    assert {row.name for row in report.rows if row.state == "bad"} == set(map(str, SETTING_NAMES.values()))
    for row in report.rows:
        assert step_at(shown, row.step_url).number == row.step_number


@every_page
def test_the_step_has_the_right_value(slug: str, protocol: Protocol, shape: str) -> None:
    """Ports are in another step than the servers in some apps, and the row leads to that one."""
    report = compared(slug, protocol, shape)
    shown = page(slug, protocol, shape)
    for row in report.rows:
        if row.code:
            step = step_at(shown, row.step_url).part
            # What can be copied; some say it in a sentence.
            assert row.right in step.text or row.right in step.values, (shape, row.name)


# They write their words for it into a file, or have two ticks.
BY_OTHER_MEANS = {"claws-mail", "mbsync", "fetchmail", "getmail", "offlineimap", "aerc", "neomutt"}


@pytest.mark.parametrize(
    "slug", [guide.slug for guide in GUIDES.values() if guide.protocols and guide.slug not in BY_OTHER_MEANS]
)
def test_the_encryption_is_called_what_the_step_calls_it(slug: str) -> None:
    guide = GUIDES[slug]
    for protocol in guide.protocols:
        shown = page(slug, protocol, "ssl")
        # The older window of Outlook has a tick, the newer one a list.
        if (slug, protocol) == ("outlook-classic", Protocol.POP3):
            continue
        words = encryption_word(SocketType.SSL, guide)
        for row in compared(slug, protocol, "ssl").rows:
            if row.name.endswith("encryption"):
                assert row.right == words
                step = step_at(shown, row.step_url).part.text
                assert (guide.tick or words) in step, protocol


@pytest.mark.parametrize(
    "slug", ["apple-mail-iphone", "apple-mail-mac", "windows-live-mail", "spark", "outlook-mac"]
)
def test_an_app_with_one_tick_is_spoken_to_of_it(slug: str) -> None:
    report = compared(slug, GUIDES[slug].protocols[0], "ssl")
    (row,) = (row for row in report.rows if row.name == SETTING_NAMES[Setting.INCOMING_ENCRYPTION])
    assert row.right == "Ticked"
    assert encryption_word(Encryption.NONE, GUIDES[slug]) == "Not ticked"
