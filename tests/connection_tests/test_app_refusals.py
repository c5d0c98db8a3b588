"""Apps that won't have a server's encryption although the test has it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from mailsetup.clientconfig import Protocol
from mailsetup.connection_tests.explanations import refusals
from mailsetup.connection_tests.shares import share_report
from mailsetup.guides.clients import GUIDES, ServerTrait
from mailsetup.probes.findings import Code, Finding, Status, Step
from tests.architecture.rooms import ROOT
from tests.connection_tests.runs import findings, finished, queued, running
from tests.connection_tests.shown import Shown
from tests.html import read

pytestmark = pytest.mark.django_db
FINE = {
    "revocation_list": True,
    "for_servers": True,
    "issued": "2026-01-02",
    "valid_days": 90,
    "old_tls": True,
}
NO_LIST = {**FINE, "revocation_list": False}
SEEN = {
    ServerTrait.NO_REVOCATION_LIST: "the certificate has no CRL address",
    ServerTrait.OLD_TLS_ONLY: "`tls_old_only`",
    ServerTrait.NEW_TLS_ONLY: "a handshake of TLS 1.1 or older, once a day, is refused",
    ServerTrait.LONG_LIVED: "more than 825 days, issued from July 2019 on",
    ServerTrait.NOT_FOR_SERVERS: "the certificate’s extended key usage lacks serverAuth",
}


def encryption(evidence: dict[str, Any], status: Status = Status.PASSED, code: Code = Code.OK) -> Finding:
    return Finding(Step.TLS, status, code, 7, evidence)


def page_of(browser: Client, owner: User, client: str, found: Finding) -> Shown:
    test = finished(queued(owner, client=client), findings(Protocol.IMAP, (0, found)))
    return Shown(browser.get(f"/tests/{test.reference}/"))


@pytest.mark.parametrize(
    ("evidence", "apps"),
    [
        (FINE, set()),
        ({}, set()),
        (NO_LIST, {("windows-live-mail", "no_revocation_list")}),
        (
            {**FINE, "old_tls": False},
            {("windows-live-mail", "new_tls_only"), ("outlook-classic", "new_tls_only")},
        ),
        ({**FINE, "valid_days": 825}, set()),
        (
            {**FINE, "valid_days": 826},
            {("apple-mail-iphone", "long_lived"), ("apple-mail-mac", "long_lived")},
        ),
        ({**FINE, "valid_days": 3650, "issued": "2019-06-30"}, set()),
        (
            {**FINE, "for_servers": False},
            {("apple-mail-iphone", "not_for_servers"), ("apple-mail-mac", "not_for_servers")},
        ),
    ],
    ids=[
        *("all-well", "nothing-seen", "no-list", "new-tls-only", "825-days", "826-days"),
        *("long-but-old", "not-for-servers"),
    ],
)
def test_which_apps_refuse_what(evidence: dict[str, Any], apps: set[tuple[str, str]]) -> None:
    found = refusals([encryption(evidence), encryption(evidence)])
    assert {(refusal.slug, refusal.trait.value) for refusal in found} == apps
    assert len(found) == len(apps), "once each, though both services are so"


def test_apps_that_refuse_old_encryption_are_named_where_there_is_nothing_else() -> None:
    found = refusals([encryption({}, Status.FAILED, Code.TLS_OLD_ONLY)])
    assert {refusal.slug for refusal in found} == {"thunderbird", "claws-mail", "fetchmail"}
    assert all(refusal.sure for refusal in found)


def test_whoever_came_with_the_app_reads_it_first(owner: User, browser: Client) -> None:
    page = page_of(browser, owner, "windows-live-mail", encryption(NO_LIST))
    assert (page.state, page.headline) == ("warn", "Windows Live Mail may refuse this server")
    assert page.lede == "The test passed, and your settings are right."
    (card,) = [
        section for section in page.test.all("section", "card") if "problem" in section["class"].split()
    ]
    assert "a list of withdrawn ones" in card.text
    assert "don’t switch the check off: use Thunderbird." in card.text
    assert "Apps that may not take this server" not in page.text


@pytest.mark.parametrize("client", ["thunderbird", ""])
def test_others_find_it_folded_below_what_they_came_for(owner: User, browser: Client, client: str) -> None:
    test = finished(queued(owner, client=client), findings(Protocol.IMAP, (0, encryption(NO_LIST))))
    answer = browser.get(f"/tests/{test.reference}/")
    page = Shown(answer)
    for read_by_somebody in (page, Shown(browser.get(f"/report/{share_report(test, owner)}/"))):
        assert (read_by_somebody.state, read_by_somebody.headline) == ("ok", "Everything works")
        parts = list(read_by_somebody.test.inside())
        (note,) = [part for part in parts if part.tag == "details" and "may not take" in part.text]
        assert "Windows Live Mail may refuse this server." in note.text
        assert "open" not in note.attributes
        last_lane = read_by_somebody.test.all("section", "lane")[-1]
        assert [part for part in parts if part is note or part is last_lane] == [last_lane, note]


def test_what_is_so_on_an_old_system_alone_does_not_change_the_answer(owner: User, browser: Client) -> None:
    page = page_of(browser, owner, "outlook-classic", encryption({**FINE, "old_tls": False}))
    assert (page.state, page.headline) == ("ok", "Everything works")
    assert "Outlook (classic) on Windows 7 may refuse this server" in page.text
    assert "update Windows" in page.text


def test_it_is_told_in_text_in_json_and_to_support_with_its_evidence(
    owner: User, browser: Client, support: Client
) -> None:
    test = finished(queued(owner), findings(Protocol.IMAP, (0, encryption(NO_LIST))))
    text = browser.get(f"/tests/{test.reference}/report.txt").content.decode()
    assert "Windows Live Mail may refuse this server. The server’s certificate doesn’t say" in text
    assert text.index("refuse this server") > text.index("Sending:"), "no app was chosen"
    document = browser.get(f"/tests/{test.reference}/report.json").json()
    wanted = {"app": "windows-live-mail", "reason": "no_revocation_list", "sure": False}
    assert document["refused_by"] == [wanted]
    assert document["verdict"] == "passed"
    page = read(support.get(f"/desk/tests/{test.reference}/"))
    (words,) = [card for card in page.all("section", "card") if "may not take" in card.one("h2").text]
    assert "Windows Live Mail may refuse this server." in words.text
    assert "no_revocation_list" in words.text
    assert "Let’s Encrypt, “Certificate Compatibility”" in words.text
    assert "Windows Live Mail may refuse this server (no_revocation_list)." in page.one("pre").text


def test_the_app_that_was_chosen_comes_first_also_for_support(
    owner: User, browser: Client, support: Client
) -> None:
    """Fewer people use it than Outlook, which stands before it where neither was chosen."""
    found = (0, encryption({**NO_LIST, "old_tls": False}))
    test = finished(queued(owner, client="windows-live-mail"), findings(Protocol.IMAP, found))
    text = browser.get(f"/tests/{test.reference}/report.txt").content.decode()
    assert text.index("Windows Live Mail may") < text.index("Receiving:") < text.index("Outlook (classic) on")
    page = read(support.get(f"/desk/tests/{test.reference}/"))
    (words,) = [card for card in page.all("section", "card") if "may not take" in card.one("h2").text]
    apps = [item.one("b").text for item in words.all("li")]
    assert apps == [
        "Windows Live Mail may refuse this server.",
        "Windows Live Mail on Windows 7 may refuse this server.",
        "Outlook (classic) on Windows 7 may refuse this server.",
    ]


def test_nothing_is_said_while_the_test_runs(owner: User, browser: Client) -> None:
    test = running(queued(owner, client="windows-live-mail"), [(0, encryption(NO_LIST))])
    assert "refuse this server" not in Shown(browser.get(f"/tests/{test.reference}/")).text


def test_every_claim_has_its_evidence_and_stands_in_the_documentation() -> None:
    claims = [(guide, refusal) for guide in GUIDES.values() for refusal in guide.refuses]
    assert {refusal.trait for _guide, refusal in claims} == set(ServerTrait)
    assert all(refusal.evidence.endswith(".") for _guide, refusal in claims)
    page = (ROOT / "docs/causes.md").read_text(encoding="utf-8")
    table = page.partition("## Apps that refuse")[2].partition("## What is not told")[0]
    assert re.findall(r"^\| `[a-z_]+` \|.*$", table, re.MULTILINE) == rows()


def rows() -> list[str]:
    """The table of docs/causes.md."""
    return [f"| `{trait}` | {SEEN[trait]} | {'; '.join(claims(trait))} |" for trait in ServerTrait]


def claims(trait: ServerTrait) -> Iterator[str]:
    for guide in GUIDES.values():
        for refusal in guide.refuses:
            if refusal.trait is trait:
                where = f" on {refusal.on}" if refusal.on else ""
                verb = "refuses" if refusal.sure else "may refuse"
                yield f"{guide.name}{where} {verb} ({refusal.evidence.rstrip('.')})"
