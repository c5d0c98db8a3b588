"""The report of a test as support reads it: the customer's words, and what was seen."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from mailsetup.clientconfig import Protocol
from mailsetup.connection_tests import reaper
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.hosting.models import Domain
from mailsetup.probes.findings import Code, Finding, Status, Step
from mailsetup.support.report import staff_report
from tests.connection_tests.runs import findings, finished, queued, running
from tests.connection_tests.shown import Shown
from tests.html import Element, read
from tests.support.conftest import with_lines

pytestmark = pytest.mark.django_db

SEEN = {
    "version": "TLSv1.3",
    "cipher": "TLS_AES_256_GCM_SHA384",
    "names": ["mail.hoster.example", "webmail.hoster.example"],
    "issuer": "R11, Let's Encrypt",
    "not_before": "2026-01-01",
    "not_after": "2026-11-23",
    "chain_length": 2,
}


def report(desk: Client, test: ConnectionTest) -> Element:
    answer = desk.get(f"/desk/tests/{test.reference}/")
    assert answer.status_code == 200
    return read(answer)


def steps(page: Element, lane: str) -> dict[str, Element]:
    (found,) = [each for each in page.all("section", "lane") if each.one("h2").text == lane]
    return {item.one("h3").text.partition(": ")[2]: item for item in found.all("li")}


def certificates(page: Element) -> dict[str, dict[str, tuple[str, str]]]:
    """Under each title the state and the text of each line."""
    return {
        card.one("h2").text: {
            row.one("dt").text: (row["data-state"], row.one("dd").text)
            for row in card.one("dl", "found").all("div")
        }
        for card in page.all("section", "card")
        if card.all("dl", "found")
    }


def of(owner: User, *special: tuple[int, Finding]) -> ConnectionTest:
    return with_lines(finished(queued(owner), findings(Protocol.IMAP, *special)))


def test_it_says_the_cause_its_code_who_can_fix_it_and_what_the_customer_was_told(
    desk: Client, refused: ConnectionTest, owner: User, signed_in: Callable[[User], Client]
) -> None:
    page = report(desk, refused)
    told = Shown(signed_in(owner).get(f"/tests/{refused.reference}/")).problems[0]
    assert page.one("h1").text == told.title
    verdict = page.one("section", "verdict")
    assert verdict.one("span", "code").text == "auth_failed"
    assert verdict.one("span", "tag").text
    said = {row.one("dt").text.partition(" auth_")[0]: row.one("dd").text for row in _problem_rows(page)}
    assert [said[part] for part in told.parts] == [f"“{text}”" for text in told.parts.values()]
    assert said["For us: where to look"]


def _problem_rows(page: Element) -> list[Element]:
    return page.one("section", "problem").one("dl").all("div")


def test_what_is_offered_before_the_sign_in_is_not_taken_for_all(desk: Client, owner: User) -> None:
    """Many servers name IDLE only afterwards, and New-mail alerts says further down that push is on."""
    found = Finding(Step.CAPABILITIES, Status.PASSED, Code.OK, 7, {"idle": False})
    offers = steps(report(desk, of(owner, (0, found))), "Receiving")["What the server can do"]
    assert "push (IDLE), before the sign-in: no" in offers.text


def test_each_step_has_its_time_its_code_the_servers_words_and_what_it_saw(
    desk: Client, refused: ConnectionTest
) -> None:
    page = report(desk, refused)
    sign_in = steps(page, "Receiving")["Sign in"]
    assert sign_in.one("span", "time").text == "1.2 s"
    assert sign_in.one("p", "code").text == "auth_failed"
    assert sign_in.one("samp", "words").text == "AUTHENTICATIONFAILED Authentication failed"
    assert "user name: anna@example.com" in sign_in.text
    assert steps(page, "Receiving")["Open the mailbox"].one("p", "code").text == "not_reached"
    assert not steps(page, "Sending")["Connect"].all("p", "code")


def test_what_encryption_and_families_are_like_is_said_in_words(desk: Client, owner: User) -> None:
    connect = {"address": "192.0.2.1", "took_ms": {"192.0.2.1": 12}, "not_tested": ["IPv6"]}
    tls = {**SEEN, "old_tls": False, "revocation_list": True, "for_servers": True, "valid_days": 90}
    tls |= {"issued": "2026-01-01", "other_family": {"address": "2001:db8::1", "code": "ok"}}
    found = [
        (0, Finding(Step.CONNECT, Status.PASSED, Code.OK, 9, connect)),
        (0, Finding(Step.TLS, Status.PASSED, Code.OK, 9, tls)),
    ]
    shown = steps(report(desk, of(owner, *found)), "Receiving")
    said = shown["Connect"].text + shown["Encryption"].text
    assert "IPv6 not tested" in said
    assert "takes TLS 1.1 or older: no" in said
    assert [key for key in (*connect, *tls) if "_" in key and key in said] == []


def test_evidence_that_nobody_has_put_into_words_stands_as_it_is(desk: Client, owner: User) -> None:
    found = Finding(
        Step.ARRIVE, Status.PASSED, Code.OK, 900, {"queues": [{"by": "mx1", "seconds": 2}], "new": True}
    )
    arrive = steps(report(desk, of(owner, (1, found))), "Sending")["The message arrives"]
    assert "queues: by mx1, seconds 2" in arrive.text
    assert "new: yes" in arrive.text


def test_a_bad_certificate_is_read_line_by_line(desk: Client, owner: User) -> None:
    problems = [{"code": "cert_wrong_name", "name": "mail.example.com"}, {"code": "cert_expired"}]
    found = Finding(Step.TLS, Status.FAILED, Code.CERT_WRONG_NAME, 119, {**SEEN, "problems": problems})
    (shown,) = certificates(report(desk, of(owner, (0, found)))).values()
    assert {label: state for label, (state, _text) in shown.items()} == {
        "Made out to": "bad",
        "Valid": "bad",
        "Vouched for by": "ok",
        "Sent": "ok",
        "Strength": "ok",
    }
    assert shown["Made out to"][1].startswith("Trouble: mail.hoster.example, webmail.hoster.example. ")
    assert "From 1 January 2026 until 23 November 2026" in shown["Valid"][1]
    assert shown["Sent"][1] == "Fine: 2 certificates"
    assert shown["Strength"][1] == "Fine: TLSv1.3, TLS_AES_256_GCM_SHA384"


@pytest.mark.parametrize(
    ("code", "line"),
    [
        (Code.CERT_EXPIRES_SOON, "Valid"),
        (Code.CERT_UNKNOWN_CA, "Vouched for by"),
        (Code.CERT_MISSING_INTERMEDIATE, "Vouched for by"),
        (Code.CERT_WEAK_KEY, "Strength"),
        (Code.TLS_OLD_ONLY, "Strength"),
    ],
)
def test_each_fault_of_a_certificate_stands_at_its_line(
    desk: Client, owner: User, code: Code, line: str
) -> None:
    soon = code is Code.CERT_EXPIRES_SOON
    found = Finding(Step.TLS, Status.WARNING if soon else Status.FAILED, code, 9, SEEN)
    (shown,) = certificates(report(desk, of(owner, (0, found)))).values()
    assert [label for label, (state, _text) in shown.items() if state != "ok"] == [line]
    assert shown[line][0] == ("warn" if soon else "bad")


def test_a_certificate_that_both_services_showed_stands_once(desk: Client, owner: User) -> None:
    found = Finding(Step.TLS, Status.PASSED, Code.OK, 9, SEEN)
    other = replace(found, evidence={**SEEN, "names": ["smtp.hoster.example"]})
    assert list(certificates(report(desk, of(owner, (0, found), (1, found))))) == ["The certificate"]
    shown = certificates(report(desk, of(owner, (0, found), (1, other))))
    assert list(shown) == ["Receiving: the certificate", "Sending: the certificate"]
    assert shown["Sending: the certificate"]["Made out to"][1] == "Fine: smtp.hoster.example"


def test_what_was_tested_is_told_with_the_second_for_whoever_looks_into_a_log(
    desk: Client, owner: User
) -> None:
    test = of(owner)
    moment = datetime(2026, 3, 2, 9, 0, 7, tzinfo=UTC)
    ConnectionTest.objects.update(
        created_at=moment, started_at=moment, finished_at=moment + timedelta(seconds=3.3), server="mail1"
    )
    page = report(desk, test)
    (facts,) = [each for each in page.all("dl") if each["class"] == "facts card"]
    said = {row.one("dt").text: row.one("dd").text for row in facts.all("div")}
    del said["Tested from"]
    said["Tested"] = said["Tested"].replace(" ,", ",")  # where an element ends
    assert said == {
        "Mailbox": "anna@example.com",
        "Customer": "Lindqvist AB",
        "App": "Not said, IMAP, with a test message",
        "Tested": "2 March 2026, 09:00:07, took 3.3 s",
        "Server": "mail1",
    }


def test_where_the_test_came_from_and_what_went_over_the_wire(desk: Client, refused: ConnectionTest) -> None:
    page = report(desk, refused)
    assert "Receiving: 198.51.100.7" in page.text
    assert "Sending: 198.51.100.8" in page.text
    assert "a worker" in page.text
    lines = [block.text for block in page.all("pre")]
    assert any("1.250 S m2 NO AUTHENTICATIONFAILED" in block for block in lines)
    assert "No lines were kept" in page.text, "of sending"


def test_a_report_for_who_may_not_read_the_wire_does_not_even_hold_it(refused: ConnectionTest) -> None:
    found = [(step.service, step.as_finding()) for step in refused.steps.all()]
    held = staff_report(refused, found, wire=False).lanes[0]
    assert (held.transcript, held.local_address) == ("", "198.51.100.7")
    assert staff_report(refused, found, wire=True).lanes[0].transcript


def test_the_report_as_text_is_for_a_ticket(desk: Client, refused: ConnectionTest) -> None:
    (text,) = [
        block for block in report(desk, refused).all("pre") if block["aria-label"] == "The report as text"
    ]
    for part in (
        refused.reference,
        "anna@example.com",
        "(auth_failed)",
        "tested from 198.51.100.7",
        "FAILED Sign in 1.2 s auth_failed; AUTHENTICATIONFAILED Authentication failed",
        "skipped Open the mailbox",
    ):
        assert part in text.text
    assert "[password]" not in text.text, "no lines of the wire"


def test_a_test_that_passed(desk: Client, owner: User) -> None:
    page = report(desk, of(owner))
    assert page.one("h1").text == "Everything works"
    assert not page.all("section", "problem")


def test_one_that_was_lost_says_so_and_one_that_runs_is_looked_at_again(desk: Client, owner: User) -> None:
    test = running(queued(owner), findings()[:3])
    page = report(desk, test)
    assert [tag["content"] for tag in page.all("meta") if tag.attributes.get("http-equiv") == "refresh"] == [
        "2"
    ]
    reaper.mark_lost(test)
    page = report(desk, test)
    assert "lost_run" in page.text
    assert not [tag for tag in page.all("meta") if tag.attributes.get("http-equiv") == "refresh"]


def test_a_test_whose_domain_is_gone(desk: Client, refused: ConnectionTest) -> None:
    Domain.objects.get(name="example.com").delete()
    assert "The domain isn’t on the list any more." in report(desk, refused).text


def test_other_tests_of_the_address_stand_beside_it(
    desk: Client, refused: ConnectionTest, owner: User
) -> None:
    other, elsewhere = of(owner), finished(queued(owner, address="bert@example.com"), findings())
    page = report(desk, refused)
    links = page.links().values()
    assert f"/desk/tests/{other.reference}/" in links
    assert f"/desk/tests/{elsewhere.reference}/" not in links


def test_a_reference_is_good_in_small_letters_and_nothing_else_is(
    desk: Client, refused: ConnectionTest
) -> None:
    assert desk.get(f"/desk/tests/{refused.reference.lower()}/").status_code == 200
    for wrong in ("AAAA-AAAA", "AAAA", "%00AA-AAAA", "x' OR 1--"):
        assert desk.get(f"/desk/tests/{wrong}/").status_code == 404


def test_it_says_when_it_was_to_the_second_and_when_it_is_deleted(
    desk: Client, refused: ConnectionTest, settings: Settings
) -> None:
    settings.TIME_ZONE = "Europe/Stockholm"
    began = datetime(2026, 3, 2, 9, 0, 7, tzinfo=UTC)
    ConnectionTest.objects.filter(pk=refused.pk).update(
        created_at=began, started_at=began, finished_at=began + timedelta(seconds=4)
    )
    page = report(desk, refused)
    assert facts(page)["Tested"].startswith("2 March 2026, 10:00:07")
    assert facts(page)["Tested"].endswith("took 4.0 s")
    assert "2026-03-02 10:00:07+01:00" in as_text(page)
    assert "It’s deleted on 31 May 2026." in report(desk, refused).text


def facts(page: Element) -> dict[str, str]:
    return {row.one("dt").text: row.one("dd").text for row in page.one("dl", "facts").all("div")}


@pytest.mark.parametrize(
    ("code", "step", "who", "passes"),
    [
        (Code.TCP_TIMEOUT, Step.CONNECT, "Their network", True),
        (Code.NET_UNREACHABLE, Step.CONNECT, "Their network", False),
        (Code.DNS_TIMEOUT, Step.DNS, "Whoever runs their DNS", True),
        (Code.DNS_NXDOMAIN, Step.DNS, "Whoever runs their DNS", False),
        (Code.CERT_EXPIRED, Step.TLS, "Ours to fix", False),
    ],
)
def test_who_can_fix_it_and_whether_it_may_pass(
    desk: Client, owner: User, code: Code, step: Step, who: str, *, passes: bool
) -> None:
    verdict = report(desk, of(owner, (0, Finding(step, Status.FAILED, code, 7)))).one("section", "verdict")
    assert verdict.one("span", "tag").text == who
    assert ("It may pass by itself." in verdict.text) is passes


def test_it_says_by_which_app_and_protocol_and_leads_to_the_step_of_that_guide(
    desk: Client, owner: User
) -> None:
    found = findings(Protocol.POP3, (0, Finding(Step.SIGN_IN, Status.FAILED, Code.AUTH_FAILED, 7)))
    with_message = finished(queued(owner, protocol=Protocol.POP3, client="thunderbird"), found)
    page = report(desk, with_message)
    assert facts(page)["App"] == "Thunderbird, POP3, with a test message"
    (step,) = [url for text, url in page.links().items() if text.endswith("of the guide for Thunderbird")]
    assert step == "/desk/addresses/anna@example.com/guides/thunderbird/pop3/"
    assert desk.get(step).status_code == 200
    without = finished(queued(owner, password=""), findings())
    assert facts(report(desk, without))["App"] == "Not said, IMAP"


def test_what_is_switched_off_is_not_tested_again(desk: Client, refused: ConnectionTest) -> None:
    assert "Test again, up to the sign-in" in report(desk, refused).text
    Domain.objects.update(enabled=False)
    assert "Test again" not in report(desk, refused).text


def test_the_text_for_a_ticket_says_all_that_is_wrong_and_who_can_fix_it(desk: Client, owner: User) -> None:
    problems = [{"code": "cert_wrong_name", "name": "mail.example.com"}, {"code": "cert_expired"}]
    found = Finding(Step.TLS, Status.FAILED, Code.CERT_WRONG_NAME, 119, {**SEEN, "problems": problems})
    text = as_text(report(desk, of(owner, (0, found))))
    assert "(cert_wrong_name). Ours to fix." in text
    assert "Besides: The server’s certificate ran out (cert_expired)" in text
    assert "Made out to: mail.hoster.example" in text
    assert "Vouched for by" not in text, "nothing is wrong with that"
    assert "Everything works" in as_text(report(desk, of(owner)))


def as_text(page: Element) -> str:
    (text,) = [block.text for block in page.all("pre") if block["aria-label"] == "The report as text"]
    return text


def test_where_to_look_is_said_of_all_that_is_wrong_and_at_which_server(desk: Client, owner: User) -> None:
    problems = [{"code": "cert_wrong_name", "name": "mail.example.com"}, {"code": "cert_expired"}]
    found = Finding(Step.TLS, Status.FAILED, Code.CERT_WRONG_NAME, 119, {**SEEN, "problems": problems})
    page = report(desk, of(owner, (0, found)))
    assert facts(page)["Server"] == "smarter1"
    (row,) = [row for row in _problem_rows(page) if row.one("dt").text.startswith("For us: where to look")]
    assert row.one("dd").one("span", "code").text == "cert_expired"
    assert len(row.one("dd").all("p")) == 2
