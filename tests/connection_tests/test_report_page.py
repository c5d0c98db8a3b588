"""What the page of a test says, for every verdict and every finding."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from mailsetup.clientconfig import Protocol, ServiceType
from mailsetup.connection_tests import reaper, services
from mailsetup.connection_tests.explanations import EXPLANATIONS, STEP_NAMES, STEP_TITLES
from mailsetup.connection_tests.explanations.base import SERVER, Place, Text
from mailsetup.connection_tests.models import ConnectionTest
from mailsetup.connection_tests.report import readable_time
from mailsetup.guides.clients import GUIDES
from mailsetup.guides.outline import outline
from mailsetup.hosting.models import Server, Service
from mailsetup.probes.findings import CAUSES, PLANNED_STEPS, Code, Finding, Fixer, Status, Step
from tests.connection_tests.conftest import Later
from tests.connection_tests.runs import START, findings, finished, queued, running, skipped, without_sign_in
from tests.connection_tests.shown import Shown
from tests.html import read

pytestmark = pytest.mark.django_db

PLACES = [
    pytest.param(code, severity, kind, step, id=f"{code}-{severity}-{kind}-{step}")
    for code, cause in CAUSES.items()
    for severity in cause.severities
    for kind in ServiceType
    for step in cause.steps
    if step in PLANNED_STEPS[kind]
    # Who isn't let in is stopped there.
    if (severity, step) != (Status.WARNING, Step.SIGN_IN)
]
EVIDENCE = {
    "names": ["other.example", "more.example"],
    "not_before": "2026-01-02",
    "not_after": "2027-03-04",
    "folder": "Lists",
}
VALUES = {
    "{folder}": "the folder “Lists”",
    "{hostname}": "mail.example.com",
    "{username}": "anna@example.com",
    "{certificate_names}": "other.example, more.example",
    "{not_before}": "2 January 2026",
    "{not_after}": "4 March 2027",
    "{arrive_seconds}": "60",
}
PORTS = {ServiceType.IMAP: "993", ServiceType.POP3: "995", ServiceType.SMTP: "587"}
FIXERS = {
    Fixer.CUSTOMER: "You can fix this",
    Fixer.PROVIDER: "We have to fix this",
    Fixer.DNS: "Whoever keeps the domain’s DNS can fix this",
    Fixer.NETWORK: "Whoever runs the network can fix this",
    Fixer.US: "The fault is in our test",
}
HEADLINES = {
    Fixer.CUSTOMER: "One thing to fix",
    Fixer.PROVIDER: "It’s on the mail server’s side",
    Fixer.DNS: "It’s on the side of the domain’s DNS",
    Fixer.NETWORK: "It’s on the network’s side",
    Fixer.US: "It’s on our side: the test, not your mail",
}
PASSES = "It usually passes by itself"
AN_APP = "windows-live-mail"


def shown(browser: Client, test: ConnectionTest) -> Shown:
    return Shown(browser.get(f"/tests/{test.reference}/"))


def filled(text: Text, kind: ServiceType) -> str:
    """The text with its values, put in by hand."""
    words = str(text)
    for name, value in {**VALUES, "{port}": PORTS[kind]}.items():
        words = words.replace(name, value)
    return words


def found_at(kind: ServiceType, finding: Finding) -> tuple[Protocol, tuple[int, Finding]]:
    """A protocol that uses this service, and the finding at its place."""
    if kind is ServiceType.SMTP:
        return Protocol.IMAP, (1, finding)
    return Protocol(kind.value), (0, finding)


# --- Every cause --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "status", "kind", "step"), PLACES)
def test_a_cause_is_said_with_what_to_do_and_who_can_do_it(
    owner: User, browser: Client, code: Code, status: Status, kind: ServiceType, step: Step
) -> None:
    protocol, special = found_at(kind, Finding(step, status, code, 7, EVIDENCE))
    test = finished(queued(owner, protocol=protocol, client=AN_APP), findings(protocol, special))

    page = shown(browser, test)

    words = EXPLANATIONS[code]
    (problem,) = page.problems
    title = filled(words.title, kind)
    assert problem.title == title
    assert problem.parts == {
        "What happened": filled(words.happened, kind),
        "What it means": filled(words.why, kind),
        "What to do": filled(words.todo, kind),
    }
    assert problem.fixer == FIXERS[CAUSES[code].fixer]
    assert problem.passes == (PASSES if CAUSES[code].passing else "")
    assert not [sign for sign in ("{", "}", "%(") if sign in page.text], "something is not filled in"

    here, there = ("Sending", "Receiving") if kind is ServiceType.SMTP else ("Receiving", "Sending")
    if status is Status.WARNING:
        assert (page.state, page.headline, page.lede) == ("warn", "Your mail works, with a limit", title)
        assert (problem.state, page.lanes[here].result) == ("warn", "Works, with a limit")
    else:
        stopped = f"{here} stopped at “{STEP_NAMES[step]}”."
        sentences = [stopped, f"{there} works."] if here == "Receiving" else [f"{there} works.", stopped]
        sentences += [f"{PASSES}."] if CAUSES[code].passing else []
        headline = HEADLINES[CAUSES[code].fixer]
        assert (page.state, page.headline, page.lede) == ("bad", headline, " ".join(sentences))
        ours = CAUSES[code].fixer in (Fixer.PROVIDER, Fixer.US)
        assert (problem.state, page.lanes[here].result) == ("bad", "Our side" if ours else "Problem")
    assert page.lanes[there].result == "Works"

    marked = [item for lane in page.lanes.values() for item in lane.steps.values() if item.fix]
    assert marked == [page.lanes[here].steps[str(STEP_TITLES[step])]]
    assert (marked[0].fix, marked[0].text, marked[0].time) == ("#fix", title, "7 ms")
    assert marked[0].state == problem.state

    again = f"/setup/anna@example.com/test/?protocol={protocol}&app={AN_APP}"
    assert problem.links["Test again"] == again
    topic = ("outgoing" if kind is ServiceType.SMTP else "incoming") if words.topic == SERVER else words.topic
    number = outline(GUIDES[AN_APP], protocol, profile=False).number_of(topic)
    if number is None:
        # The provider of these tests has webmail, and no page for a new password.
        webmail = ["Open webmail"] if Place.WEBMAIL in words.places else []
        assert list(problem.links) == [*webmail, "Test again"]
    else:
        guide = f"/setup/anna@example.com/{AN_APP}/{protocol}/?from={test.reference}#{topic}"
        assert problem.links[f"Show me step {number}"] == guide
    # What there is to do first; tests/watch/test_notices.py is about the last one.
    first = "Test again" if number is None else f"Show me step {number}"
    others_mend_it = CAUSES[code].fixer not in (Fixer.CUSTOMER, Fixer.US) and status is Status.FAILED
    if others_mend_it and step in (Step.DNS, Step.CONNECT, Step.TLS, Step.GREETING, Step.CAPABILITIES):
        first = "Tell me when it works"
    assert problem.primary == [first]


@pytest.mark.parametrize(
    ("client", "protocol"),
    [(guide.slug, protocol) for guide in GUIDES.values() for protocol in guide.protocols],
)
@pytest.mark.parametrize("code", [Code.AUTH_FAILED, Code.SEND_REJECTED])
def test_a_problem_leads_to_a_step_that_is_there(
    owner: User, browser: Client, code: Code, client: str, protocol: Protocol
) -> None:
    special = (int(code is Code.SEND_REJECTED), Finding(CAUSES[code].steps[0], Status.FAILED, code, 7))
    test = finished(queued(owner, protocol=protocol, client=client), findings(protocol, special))
    (problem,) = shown(browser, test).problems
    page, _, anchor = problem.links[problem.primary[0]].partition("#")
    ids = [part.attributes.get("id") for part in read(browser.get(page)).inside()]
    assert anchor in ids


def test_an_app_that_can_not_express_the_server_has_no_step_to_show(owner: User, browser: Client) -> None:
    """Its guide says so, and there are no steps."""
    Service.objects.filter(type="imap").update(port=143, socket_type="STARTTLS")
    special = (0, Finding(Step.SIGN_IN, Status.FAILED, Code.AUTH_FAILED, 7))
    test = queued(owner, client="windows-live-mail")
    page = shown(browser, finished(test, findings(Protocol.IMAP, special)))
    assert page.problems[0].primary == ["Test again"]
    guide = browser.get("/setup/anna@example.com/windows-live-mail/imap/").content.decode()
    assert "can’t connect to this server safely" in guide


# Geary has no POP3, and Mail for Windows has no steps at all any more.
@pytest.mark.parametrize("client", ["", "an-app-of-later", "geary", "windows-mail"])
def test_without_a_guide_one_tests_again(owner: User, browser: Client, client: str) -> None:
    special = (0, Finding(Step.SIGN_IN, Status.FAILED, Code.AUTH_FAILED, 7))
    test = queued(owner, protocol=Protocol.POP3, client=client)
    page = shown(browser, finished(test, findings(Protocol.POP3, special)))
    assert page.problems[0].primary == ["Test again"]
    back = page.test.links()["Back to my guide"]
    assert back == ("/" if client not in GUIDES else f"/setup/anna@example.com/{client}/pop3/")


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (Code.CERT_EXPIRED, "The certificate of mail.example.com was good until 4 March 2027."),
        (Code.CERT_EXPIRES_SOON, "The certificate of mail.example.com is good until 4 March 2027."),
        (Code.CERT_NOT_YET, "The certificate of mail.example.com is only good from 2 January 2026."),
        (
            Code.CERT_WRONG_NAME,
            "Your app asks for mail.example.com. The server that answered proved it is other.example, "
            "more.example. The names don’t match, so the connection was stopped.",
        ),
        (
            Code.AUTH_FAILED,
            "The server mail.example.com refused the user name anna@example.com with this password.",
        ),
        (Code.TCP_REFUSED, "The server mail.example.com is there, but nothing answers on port 993."),
        (Code.RT_LOST, "The server took our test message, and it wasn’t in your inbox 60 seconds later."),
    ],
)
def test_names_numbers_and_dates_stand_where_they_belong(
    owner: User, browser: Client, code: Code, sentence: str
) -> None:
    step, status = CAUSES[code].steps[0], CAUSES[code].severities[0]
    special = (int(step is Step.ARRIVE), Finding(step, status, code, 7, EVIDENCE))
    page = shown(browser, finished(queued(owner), findings(Protocol.IMAP, special)))
    assert page.problems[0].parts["What happened"] == sentence


def test_everything_that_is_wrong_with_a_certificate_is_said(
    owner: User, browser: Client, support: Client
) -> None:
    problems = [{"code": code} for code in ("cert_expired", "cert_wrong_name", "cert_weak_key", "gone")]
    expired = Finding(Step.TLS, Status.FAILED, Code.CERT_EXPIRED, 7, {**EVIDENCE, "problems": problems})
    test = finished(queued(owner), findings(Protocol.IMAP, (0, expired)))
    others = "The server’s certificate is for a different name; The server’s certificate is too weak"
    page = shown(browser, test)
    assert len(page.problems) == 1
    assert f"Besides: {others}" in page.text
    assert f"Besides: {others}\n" in browser.get(f"/tests/{test.reference}/report.txt").content.decode()
    (problem,) = read(support.get(f"/desk/tests/{test.reference}/")).all("section", "problem")
    assert f"Besides: {others}" in problem.text
    codes = [code.text for code in problem.all("span", "code")]
    assert codes == ["cert_expired", "cert_wrong_name", "cert_weak_key"]


# --- Several causes ------------------------------------------------------------------------------------


def test_the_worst_cause_comes_first_and_has_the_one_primary_button(owner: User, browser: Client) -> None:
    found = findings(
        Protocol.IMAP,
        (0, Finding(Step.SIGN_IN, Status.FAILED, Code.AUTH_FAILED, 7)),
        (1, Finding(Step.TLS, Status.FAILED, Code.CERT_EXPIRED, 7, EVIDENCE)),
    )
    page = shown(browser, finished(queued(owner, client=AN_APP), found))

    assert page.headline == "2 things to fix"
    assert page.lede == "Receiving stopped at “sign in”. Sending stopped at “encryption”."
    certificate, password = page.problems
    assert certificate.title == "The server’s certificate ran out"
    assert password.title == "The server didn’t accept the password"
    assert (certificate.primary, password.primary) == (["Test again"], [])
    assert "Test again" not in password.links
    assert [lane.result for lane in page.lanes.values()] == ["Problem", "Our side"]
    assert page.lanes["Sending"].steps["Encryption"].fix == "#fix"
    assert page.lanes["Receiving"].steps["Sign in"].fix == "#fix-2"
    assert [part for part in page.test.inside() if part.attributes.get("id") == "fix-2"]


def test_a_limit_beside_a_fault_is_shown_and_not_counted(owner: User, browser: Client) -> None:
    found = findings(
        Protocol.IMAP,
        (0, Finding(Step.PUSH, Status.WARNING, Code.IDLE_MISSING, 7)),
        (1, Finding(Step.SEND, Status.FAILED, Code.SEND_REJECTED, 7)),
    )
    page = shown(browser, finished(queued(owner), found))
    assert page.headline == "It’s on the mail server’s side"
    assert [problem.state for problem in page.problems] == ["bad", "warn"]
    assert [lane.result for lane in page.lanes.values()] == ["Works, with a limit", "Our side"]


def test_a_limit_that_was_found_without_a_password_promises_no_more(owner: User, browser: Client) -> None:
    soon = Finding(Step.TLS, Status.WARNING, Code.CERT_EXPIRES_SOON, 7, EVIDENCE)
    found = [
        (index, soon if (index, finding.step) == (0, Step.TLS) else finding)
        for index, finding in without_sign_in(Protocol.IMAP, Code.NO_PASSWORD, 0, 1)
    ]
    page = shown(browser, finished(queued(owner), found))
    assert page.headline == "It works up to the sign-in, with a limit"
    assert "Works up to the sign-in, with a limit" in browser.get("/tests/").content.decode()


def test_one_cause_at_both_services_is_said_once(owner: User, browser: Client) -> None:
    """As the receiving service met it."""
    timeout = Finding(Step.CONNECT, Status.FAILED, Code.TCP_TIMEOUT, 6000)
    page = shown(browser, finished(queued(owner), findings(Protocol.IMAP, (0, timeout), (1, timeout))))
    assert page.headline == "It’s on the network’s side"
    (problem,) = page.problems
    assert problem.parts["What happened"] == (
        "The server mail.example.com didn’t answer on port 993. It’s the same at mail.example.com, port 587."
    )
    assert problem.icons == ["incoming", "outgoing"]
    assert [lane.steps["Connect"].fix for lane in page.lanes.values()] == ["#fix", "#fix"]


def test_a_refused_password_says_nothing_of_the_service_that_nobody_signed_in_to(
    owner: User, browser: Client
) -> None:
    refused = Finding(Step.SIGN_IN, Status.FAILED, Code.AUTH_FAILED, 7)
    elsewhere = skipped(Step.SIGN_IN, Code.PASSWORD_REJECTED_ELSEWHERE)
    page = shown(browser, finished(queued(owner), findings(Protocol.IMAP, (0, refused), (1, elsewhere))))
    assert page.lede == "Receiving stopped at “sign in”. Sending works up to the sign-in."
    assert page.lanes["Sending"].result == "Works so far"
    said = "Not checked: the same password was refused already"
    assert page.lanes["Sending"].steps["Sign in"].text == said


@pytest.mark.parametrize(
    ("codes", "headline"),
    [
        ((Code.CERT_EXPIRED, Code.STARTTLS_MISSING), "It’s on the mail server’s side"),
        ((Code.CERT_EXPIRED, Code.AUTH_FAILED), "2 things to fix"),
        ((Code.TCP_TIMEOUT, Code.TCP_RESET), "It’s on the network’s side"),
        ((Code.TCP_TIMEOUT, Code.STARTTLS_MISSING), "It’s not on your side"),
        ((Code.DNS_NXDOMAIN, Code.DNS_SERVFAIL), "It’s on the side of the domain’s DNS"),
        ((Code.NOT_TESTABLE_HERE, Code.NOT_TESTABLE_HERE), "It’s on our side: the test, not your mail"),
    ],
)
def test_the_headline_says_whose_side_it_is(
    owner: User, browser: Client, codes: tuple[Code, Code], headline: str
) -> None:
    special = [
        (index, Finding(CAUSES[code].steps[0], Status.FAILED, code, 7, EVIDENCE))
        for index, code in enumerate(codes)
    ]
    page = shown(browser, finished(queued(owner), findings(Protocol.IMAP, *special)))
    assert page.headline == headline
    assert page.lede.endswith(f" {PASSES}.") is all(CAUSES[code].passing for code in codes)


@pytest.mark.parametrize(
    ("step", "status", "code", "sides"),
    [
        (
            *(Step.CONNECT, Status.FAILED, Code.TCP_REFUSED),
            [("ok", "Your app"), ("ok", "The internet"), ("bad", "Mail server")],
        ),
        (
            *(Step.CONNECT, Status.FAILED, Code.TCP_TIMEOUT),
            [("ok", "Your app"), ("bad", "The network"), ("wait", "Mail server")],
        ),
        (
            *(Step.DNS, Status.FAILED, Code.DNS_NXDOMAIN),
            [("ok", "Your app"), ("bad", "The domain’s DNS"), ("wait", "Mail server")],
        ),
        (Step.SIGN_IN, Status.FAILED, Code.AUTH_FAILED, []),
        (Step.CONNECT, Status.FAILED, Code.NOT_TESTABLE_HERE, []),
        (Step.TLS, Status.WARNING, Code.CERT_EXPIRES_SOON, []),
    ],
)
def test_whose_side_it_is_is_drawn_and_said_where_it_is_not_the_readers(
    owner: User, browser: Client, step: Step, status: Status, code: Code, sides: list[tuple[str, str]]
) -> None:
    found = findings(Protocol.IMAP, (0, Finding(step, status, code, 7, EVIDENCE)))
    page = shown(browser, finished(queued(owner), found))
    pictures = page.test.all("div", "sides")
    assert [
        [(part["data-state"], part.text) for part in picture.one("p").all("span")] for picture in pictures
    ] == [sides][: len(sides)]
    for picture in pictures:
        assert picture["aria-label"].startswith("It isn’t your app")
        assert [part["data-state"] for part in picture.all("i")] == [state for state, _name in sides]


def test_with_starttls_the_greeting_stands_before_encryption(owner: User, browser: Client) -> None:
    """So the line breaks where the server went silent."""
    silent = Finding(Step.GREETING, Status.FAILED, Code.SILENT, 12_000)
    page = shown(browser, finished(queued(owner), findings(Protocol.IMAP, (1, silent))))
    steps = page.lanes["Sending"].steps
    assert list(steps)[:4] == ["Find the server", "Connect", "Greeting", "Encryption"]
    assert [step.state for step in steps.values()][:4] == ["ok", "ok", "bad", "skip"]
    assert list(page.lanes["Receiving"].steps)[2:4] == ["Encryption", "Greeting"]


@pytest.mark.parametrize(
    ("server", "links"),
    [
        ({}, []),
        ({"webmail_url": "https://mail.%EMAILDOMAIN%/"}, ["https://mail.example.com/"]),
        (
            {"webmail_url": "https://w.test/", "password_url": "https://my.test/?a=%EMAILADDRESS%"},
            ["https://w.test/", "https://my.test/?a=anna@example.com"],
        ),
    ],
    ids=["neither", "webmail", "both"],
)
def test_a_refused_password_can_be_tried_in_webmail_or_set_anew(
    owner: User, browser: Client, server: dict[str, str], links: list[str]
) -> None:
    Server.objects.update(**{"webmail_url": "", "password_url": "", **server})
    refused = Finding(Step.SIGN_IN, Status.FAILED, Code.AUTH_FAILED, 7)
    page = shown(browser, finished(queued(owner), findings(Protocol.IMAP, (0, refused))))
    names = [name for name in page.problems[0].links if name in ("Open webmail", "Set a new password")]
    assert [page.problems[0].links[name] for name in names] == links
    expired = Finding(Step.TLS, Status.FAILED, Code.CERT_EXPIRED, 7, EVIDENCE)
    page = shown(browser, finished(queued(owner), findings(Protocol.IMAP, (0, expired))))
    assert list(page.problems[0].links) == ["Test again"]


def test_a_server_without_the_protocol_any_more_has_no_pages_to_show(owner: User, browser: Client) -> None:
    refused = Finding(Step.SIGN_IN, Status.FAILED, Code.AUTH_FAILED, 7)
    test = finished(queued(owner), findings(Protocol.IMAP, (0, refused)))
    Service.objects.filter(type="imap").delete()
    assert "Open webmail" not in shown(browser, test).problems[0].links


# --- Nothing wrong -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("protocol", "took", "lede"),
    [
        (Protocol.IMAP, 3.26, "All 16 checks passed in 3.3 seconds."),
        (Protocol.POP3, 12, "All 15 checks passed in 12.0 seconds."),
    ],
)
def test_all_passed(
    owner: User,
    browser: Client,
    later: Later,
    protocol: Protocol,
    took: float,
    lede: str,
) -> None:
    later(0)
    test = running(queued(owner, protocol=protocol), findings(protocol))
    later(took)
    services.finish_connection_test(test)

    page = shown(browser, test)

    assert (page.state, page.headline) == ("ok", "Everything works")
    assert page.lede == f"{lede} You can close this page and use your mail."
    assert page.problems == []
    assert [lane.result for lane in page.lanes.values()] == ["Works", "Works"]
    (row,) = page.test.all("div", "row", "mt-6")
    assert row.links() == {"Set up another device": "/", "See earlier tests": "/tests/"}


@pytest.mark.parametrize(
    ("protocol", "lede"),
    [
        (Protocol.IMAP, "14 checks passed in 0.1 seconds, 2 weren’t made."),
        (Protocol.POP3, "13 checks passed in 0.1 seconds, 2 weren’t made."),
    ],
)
def test_what_was_not_checked_is_not_among_all(
    owner: User, browser: Client, later: Later, protocol: Protocol, lede: str
) -> None:
    later(0)
    not_asked = [(1, skipped(step, Code.NOT_ASKED)) for step in (Step.SEND, Step.ARRIVE)]
    page = shown(browser, finished(queued(owner, protocol=protocol), findings(protocol, *not_asked)))
    assert page.headline == "Everything works"
    assert page.lede == f"{lede} You can close this page and use your mail."


@pytest.mark.parametrize("missing", [(0, 1), (0,), (1,)], ids=str)
def test_not_everything_works_when_no_password_was_tried(
    owner: User, browser: Client, missing: tuple[int, ...]
) -> None:
    found = without_sign_in(Protocol.IMAP, Code.NO_PASSWORD, *missing)
    page = shown(browser, finished(queued(owner, password=""), found))
    assert (page.state, page.headline) == ("ok", "Everything works up to the sign-in")
    # It says so, and there is the button.
    assert {"Test again", "Back to my guide"} <= set(page.test.links())
    assert page.lede == "Test again with the password to check the rest."


@pytest.mark.parametrize("missing", [(0, 1), (0,), (1,)], ids=str)
def test_not_everything_works_when_the_password_was_not_sent(
    owner: User, browser: Client, missing: tuple[int, ...]
) -> None:
    found = without_sign_in(Protocol.IMAP, Code.UNVERIFIED, *missing)
    page = shown(browser, finished(queued(owner), found))
    assert page.headline == "Everything works up to the sign-in"
    assert page.lede == "We send no password over a connection we can’t verify."


# --- Not run -------------------------------------------------------------------------------------------


def test_an_interrupted_run_says_whose_fault_it_is(owner: User, browser: Client) -> None:
    test = running(queued(owner), findings()[:3])
    reaper.mark_lost(test)

    page = shown(browser, test)

    assert (page.state, page.headline) == ("bad", "The test couldn’t run")
    assert page.lede == "The problem is on our side. This says nothing about your mail."
    (problem,) = page.problems
    assert problem.title == "The test was interrupted"
    assert problem.fixer == "The fault is in our test"
    assert problem.primary == ["Test again"]
    states = [step.state for step in page.lanes["Receiving"].steps.values()]
    assert states == ["ok"] * 3 + ["skip"] * 5
    assert page.lanes["Sending"].result == "Not checked"


def test_a_test_that_nobody_could_be_asked_to_run(owner: User, browser: Client) -> None:
    test = queued(owner, client=AN_APP)
    services.give_up_connection_test(test)
    page = shown(browser, test)
    assert page.headline == "The test couldn’t run"
    assert page.problems == []
    assert page.test.one("a", "primary").text == "Test again"


@pytest.mark.parametrize("failed", [[], [(0, Finding(Step.DNS, Status.FAILED, Code.DNS_NXDOMAIN, 7))]])
@pytest.mark.parametrize(
    ("client", "about"),
    [(AN_APP, "anna@example.com , the way Windows Live Mail connects"), ("", "anna@example.com")],
)
def test_a_result_says_what_was_tested(
    owner: User, browser: Client, client: str, about: str, failed: list[tuple[int, Finding]]
) -> None:
    page = shown(browser, finished(queued(owner, client=client), findings(Protocol.IMAP, *failed)))
    assert page.test.one("section", "verdict").one("p", "soft").text == about


# --- While it runs -------------------------------------------------------------------------------------


def test_a_test_that_waits(owner: User, browser: Client) -> None:
    page = shown(browser, queued(owner, client=AN_APP))
    assert (page.state, page.headline) == ("run", "Checking your mail…")
    assert page.lede == "anna@example.com , the way Windows Live Mail connects"
    assert "Starting…" in page.text
    assert "0 of 16 checks" in page.text
    steps = page.lanes["Receiving"].steps
    assert [step.state for step in steps.values()] == ["wait"] * 8
    assert steps["New-mail alerts"].text == "Push (IMAP IDLE)"
    assert steps["Connect"].text == ""
    assert page.lanes["Receiving"].result == ""
    assert page.page.one("title").text.startswith("Testing your mail")


def test_a_test_that_runs_shows_what_was_found_and_what_it_does(owner: User, browser: Client) -> None:
    found = findings()
    test = running(queued(owner), [*found[:2], *found[8:11]])
    page = shown(browser, test)
    assert "Checking the encryption…" in page.text
    assert "5 of 16 checks" in page.text
    assert page.page.one("progress")["value"] == "5"
    assert [step.state for step in page.lanes["Receiving"].steps.values()][:4] == ["ok", "ok", "run", "wait"]
    assert [step.state for step in page.lanes["Sending"].steps.values()][2:5] == ["ok", "run", "wait"]


def test_a_fault_is_seen_while_the_rest_still_runs_and_explained_at_the_end(
    owner: User, browser: Client
) -> None:
    refused = Finding(Step.CONNECT, Status.FAILED, Code.TCP_REFUSED, 7)
    test = running(queued(owner), findings(Protocol.IMAP, (0, refused))[:2])
    page = shown(browser, test)
    step = page.lanes["Receiving"].steps["Connect"]
    assert (step.state, step.text, step.fix) == ("bad", "The server refused the connection", "")
    assert page.problems == []


def test_a_test_whose_steps_are_all_there_is_summed_up(owner: User, browser: Client) -> None:
    assert "Summing up…" in shown(browser, running(queued(owner), findings())).text


# --- The lanes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "evidence", "text"),
    [
        (Step.DNS, {"addresses": ["203.0.113.9", "2001:db8::9"]}, "203.0.113.9, 2001:db8::9"),
        (Step.CONNECT, {}, "The server answered"),
        (Step.CONNECT, {"tried": {"192.0.2.1": "ok", "192.0.2.2": "ok"}}, "The server answered"),
        (
            Step.CONNECT,
            {"tried": {"192.0.2.1": "ok", "2001:db8::1": "ok"}},
            "The server answered, over IPv4 and IPv6",
        ),
        (
            Step.CONNECT,
            {"tried": {"192.0.2.1": "ok", "2001:db8::1": "not_testable_here"}, "not_tested": ["IPv6"]},
            "The server answered; IPv6 not tested, as there is none here",
        ),
        (Step.TLS, {}, ""),
        (Step.TLS, EVIDENCE, "Certificate valid until 4 March 2027"),
        (Step.GREETING, {}, "It’s a mail server, and it’s ready"),
        (Step.CAPABILITIES, {"idle": False}, "It offers what a mail app needs"),
        (Step.CAPABILITIES, {"idle": True}, "It offers push (IDLE)"),
        (Step.SIGN_IN, {}, "Password accepted"),
        (Step.MAILBOX, {"folders": 1}, "Your inbox opens"),
        (Step.MAILBOX, {"folders": 2}, "Inbox and 1 folder"),
        (Step.MAILBOX, {"folders": 5}, "Inbox and 4 folders"),
        (Step.PUSH, {}, "Push is on: new mail shows up within seconds"),
        (Step.SEND, {}, "Our test message was accepted"),
        (Step.PUSH, {"announced": False}, "Push is on: new mail shows up within seconds"),
        (
            Step.PUSH,
            {"announced": True, "seconds": 0.55},
            "Push is on: it told of our test 0.6 s after it was sent",
        ),
        (Step.ARRIVE, {"folder": "INBOX", "seconds": 0.31}, "In your inbox after 0.3 s"),
        (
            Step.ARRIVE,
            {"seconds": 1.25, "hops": [{"by": "a", "seconds": None}]},
            "In your inbox after 1.2 s, by 1 server",
        ),
        (
            Step.ARRIVE,
            {"seconds": 14.2, "hops": [{"by": "a", "seconds": None}, {"left_out": ["by"], "seconds": -3}]},
            "In your inbox after 14.2 s, by 2 servers",
        ),
    ],
    ids=str,
)
def test_what_a_step_found(
    owner: User, browser: Client, step: Step, evidence: dict[str, Any], text: str
) -> None:
    lane = int(step in (Step.SEND, Step.ARRIVE))
    special = (lane, Finding(step, Status.PASSED, Code.OK, 7, evidence))
    page = shown(browser, finished(queued(owner), findings(Protocol.IMAP, special)))
    item = page.lanes[("Receiving", "Sending")[lane]].steps[str(STEP_TITLES[step])]
    assert (item.state, item.said, item.text) == ("ok", "Done", text)


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (Code.NOT_REACHED, "Not checked: the test didn’t get this far"),
        (Code.NO_PASSWORD, "Not checked: no password was given"),
        (Code.NOT_ASKED, "Not checked: no test message was asked for"),
        (Code.RECEIVING_FIRST, "Not checked: we sign in here once receiving mail works"),
        (Code.PASSWORD_REJECTED_ELSEWHERE, "Not checked: the same password was refused already"),
        (Code.UNVERIFIED, "Not checked: we send no password over a connection we can’t verify"),
    ],
)
def test_why_a_step_was_skipped(owner: User, browser: Client, reason: Code, text: str) -> None:
    special = (1, skipped(Step.SEND, reason))
    page = shown(browser, finished(queued(owner), findings(Protocol.IMAP, special)))
    item = page.lanes["Sending"].steps["Send a message"]
    assert (item.state, item.said, item.text, item.time) == ("skip", "Not checked", text, "")


@pytest.mark.parametrize(
    ("ms", "shown_as"), [(0, "0 ms"), (999, "999 ms"), (1000, "1.0 s"), (1260, "1.3 s"), (61000, "61.0 s")]
)
def test_how_long_a_step_took(owner: User, browser: Client, ms: int, shown_as: str) -> None:
    special = (0, Finding(Step.DNS, Status.PASSED, Code.OK, ms))
    page = shown(browser, finished(queued(owner), findings(Protocol.IMAP, special)))
    assert page.lanes["Receiving"].steps["Find the server"].time == shown_as


@pytest.mark.parametrize(
    ("socket_type", "server"),
    [
        ("SSL", "mail.example.com IMAP, port 993, SSL/TLS"),
        ("STARTTLS", "mail.example.com IMAP, port 993, STARTTLS"),
        ("plain", "mail.example.com IMAP, port 993, None: not safe"),
    ],
)
def test_what_was_tested(owner: User, browser: Client, socket_type: str, server: str) -> None:
    Service.objects.filter(type="imap").update(socket_type=socket_type)
    page = shown(browser, finished(queued(owner), findings()))
    assert page.lanes["Receiving"].server == server
    assert page.lanes["Sending"].server == "mail.example.com SMTP, port 587, STARTTLS"


def test_an_address_is_shown_in_its_own_script(owner: User, browser: Client) -> None:
    owner.memberships.get().customer.domains.get().aliases.create(name="xn--bcher-kva.example")
    page = shown(browser, queued(owner, address="anna@bücher.example"))
    assert page.lede == "anna@bücher.example"


# --- How to go on --------------------------------------------------------------------------------------


WRONG_PASSWORD = (0, Finding(Step.SIGN_IN, Status.FAILED, Code.AUTH_FAILED, 7))
EXPIRED = (1, Finding(Step.TLS, Status.FAILED, Code.CERT_EXPIRED, 7))
SILENCE = (0, Finding(Step.CONNECT, Status.FAILED, Code.TCP_TIMEOUT, 6000))
NO_SUCH_NAME = (0, Finding(Step.DNS, Status.FAILED, Code.DNS_NXDOMAIN, 5))
NO_ROUTE = (0, Finding(Step.CONNECT, Status.FAILED, Code.NET_UNREACHABLE, 5))
NO_NAME_SERVER = (0, Finding(Step.DNS, Status.FAILED, Code.NOT_TESTABLE_HERE, 1))


@pytest.mark.parametrize(
    ("brand", "call", "who", "wait", "afterwards"),
    [
        (
            {"support_phone": "+46 8 123"},
            "Only we can put this right. Call +46 8 123 and give the reference {}",
            "Not sure who that is? Call +46 8 123 and give the reference {}",
            "You needn’t call. If it stays like this, call +46 8 123 and give the reference {}",
            "Done that, and still stuck? Then call +46 8 123 and give the reference {}",
        ),
        (
            {"support_url": "https://hoster.example/"},
            "Only we can put this right. Contact support and give the reference {}",
            "Not sure who that is? Contact support and give the reference {}",
            "There’s nothing to do. If it stays like this, contact support and give the reference {}",
            "Done that, and still stuck? Then contact support and give the reference {}",
        ),
    ],
    ids=["phone", "url"],
)
@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ([EXPIRED], "call"),
        ([EXPIRED, SILENCE], "call"),
        ([NO_SUCH_NAME], "who"),
        ([NO_ROUTE], "who"),
        ([SILENCE], "wait"),
        ([NO_NAME_SERVER], "wait"),
        ([WRONG_PASSWORD], "afterwards"),
        ([WRONG_PASSWORD, EXPIRED], "afterwards"),
    ],
)
def test_the_telephone_comes_when_it_helps(
    owner: User,
    browser: Client,
    settings: Any,
    brand: dict[str, str],
    call: str,
    who: str,
    wait: str,
    afterwards: str,
    faults: list[tuple[int, Finding]],
    expected: str,
) -> None:
    """At once where nobody else can help, and after the advice where the reader can."""
    settings.BRAND = {**settings.BRAND, "support_phone": "", "support_url": "", **brand}
    test = finished(queued(owner), findings(Protocol.IMAP, *faults))
    text = shown(browser, test).text
    sentences = {"call": call, "who": who, "wait": wait, "afterwards": afterwards}
    said = [name for name, sentence in sentences.items() if sentence.format(test.reference) in text]
    assert said == [expected]
    assert "We’ll see exactly what you see here, never your password." in text


def test_the_number_is_called_by_touching_it(owner: User, browser: Client, settings: Any) -> None:
    settings.BRAND = {**settings.BRAND, "support_phone": "+46 (8) 555 01-20"}
    test = finished(
        queued(owner), findings(Protocol.IMAP, (0, Finding(Step.TLS, Status.FAILED, Code.CERT_EXPIRED, 5)))
    )
    links = read(browser.get(f"/tests/{test.reference}/")).links()
    assert links["+46 (8) 555 01-20"] == "tel:+4685550120"


@pytest.mark.parametrize("hostname", ["mail.hoster.example", "mail.notexample.com"])
@pytest.mark.parametrize(
    "code", [code for code, cause in CAUSES.items() if cause.fixer is Fixer.DNS], ids=str
)
def test_what_the_dns_lacks_of_the_providers_own_name_is_the_providers_to_mend(
    owner: User, browser: Client, settings: Any, hostname: str, code: Code
) -> None:
    settings.BRAND = {**settings.BRAND, "support_phone": "+46 8 123", "support_url": ""}
    Service.objects.update(hostname=hostname)
    test = finished(queued(owner), findings(Protocol.IMAP, (0, Finding(Step.DNS, Status.FAILED, code, 5))))
    page = shown(browser, test)
    (problem,) = page.problems
    assert (page.headline, problem.fixer) == ("It’s on the mail server’s side", "We have to fix this")
    assert page.lanes["Receiving"].result == "Our side"
    assert "your domain’s DNS" not in page.text
    if CAUSES[code].passing:
        assert problem.parts["What to do"].startswith("Test again in a few minutes.")
    else:
        assert problem.parts["What to do"].startswith("Nothing to change. It’s on our side;")
        assert "Only we can put this right. Call +46 8 123" in page.text
    (step,) = (
        step
        for step in browser.get(f"/tests/{test.reference}/report.json").json()["services"][0]["steps"]
        if step["code"] == code
    )
    assert step["who"] == "provider", "programs read the same"


def test_a_message_that_nobody_saw_arrive_is_not_called_sent(owner: User, browser: Client) -> None:
    found = findings(
        Protocol.IMAP,
        (0, Finding(Step.PUSH, Status.FAILED, Code.SESSION_LOST, 7, {})),
        (1, Finding(Step.ARRIVE, Status.SKIPPED, Code.NOT_REACHED, None, {})),
    )
    page = shown(browser, finished(queued(owner), found))
    assert page.lanes["Sending"].result == "Works so far"
    assert page.lede.startswith(
        "Receiving stopped at “new-mail alerts”. "
        "Sending accepted our test message, which may still arrive; the next test deletes it."
    )


def test_a_test_without_a_fault_or_a_brand_without_a_telephone_sends_nobody_there(
    owner: User, browser: Client, settings: Any
) -> None:
    settings.BRAND = {**settings.BRAND, "support_phone": "+46 8 123", "support_url": ""}
    for found in (findings(), without_sign_in(Protocol.IMAP, Code.NO_PASSWORD, 0, 1)):
        assert "+46 8 123" not in shown(browser, finished(queued(owner), found)).text
    settings.BRAND = {**settings.BRAND, "support_phone": ""}
    test = finished(queued(owner), findings(Protocol.IMAP, WRONG_PASSWORD))
    page = shown(browser, test)
    assert page.reference == test.reference
    assert "still stuck" not in page.text


def test_the_title_of_the_page_is_the_answer(owner: User, browser: Client) -> None:
    page = shown(browser, finished(queued(owner), findings()))
    assert page.page.one("title").text == "Everything works · Northwind Hosting"


@pytest.mark.parametrize(
    ("code", "happened", "means"),
    [
        (
            Code.SESSION_LOST,
            "The server mail.example.com ended the connection in the middle of our test.",
            "It was stopped or started again, or something broke on its side. Your settings are fine.",
        ),
        # Nobody may have asked for a test message.
        (
            Code.IDLE_SILENT,
            "The server mail.example.com promises push (IMAP IDLE), but doesn’t announce new mail.",
            "New mail shows up when your app looks for it.",
        ),
    ],
)
def test_a_server_that_ends_a_connection_is_not_blamed_on_push(
    owner: User, browser: Client, code: Code, happened: str, means: str
) -> None:
    found = findings(Protocol.IMAP, (0, Finding(Step.PUSH, Status.FAILED, code, 7, {})))
    page = shown(browser, finished(queued(owner), found))
    assert page.headline == "It’s on the mail server’s side"
    assert page.problems[0].parts["What happened"] == happened
    assert page.problems[0].parts["What it means"] == means


def test_the_words_for_support_lead_to_the_providers_page(
    owner: User, browser: Client, settings: Any
) -> None:
    settings.BRAND = {**settings.BRAND, "support_phone": "", "support_url": "https://hoster.example/help"}
    for found, words in (
        (EXPIRED, "Contact support"),
        (NO_SUCH_NAME, "Contact support"),
        (SILENCE, "contact support"),
        (WRONG_PASSWORD, "contact support"),
    ):
        page = shown(browser, finished(queued(owner), findings(Protocol.IMAP, found)))
        assert page.test.links()[words] == "https://hoster.example/help"


def test_a_test_that_was_stopped_has_neither_a_tick_nor_a_warning(owner: User, browser: Client) -> None:
    test = queued(owner)
    services.cancel_connection_test(test)
    mark = shown(browser, test).test.one("section", "verdict").one("span", "mark")
    assert [use["href"] for use in mark.all("use")] == ["#i-skip"]


def test_a_time_of_another_day_has_its_day(later: Later) -> None:
    later(0)
    assert readable_time(START) == "09:00"
    assert readable_time(START - timedelta(hours=10)) == "1 Mar 2026, 23:00"


def test_its_head_says_as_which_app_and_has_the_reference_to_copy(owner: User, browser: Client) -> None:
    test = running(queued(owner, client="windows-live-mail"))
    verdict = shown(browser, test).test.one("section", "verdict")
    assert "anna@example.com , the way Windows Live Mail connects" in verdict.text
    assert verdict.one("dl", "ref").one("button", "copy")["data-copy"] == test.reference


def test_it_says_how_many_checks_are_made(owner: User, browser: Client) -> None:
    test = running(queued(owner), findings()[:3])
    assert "3 of 16 checks" in shown(browser, test).text


def test_below_a_test_that_found_nothing_wrong_one_tests_again_or_compares(
    owner: User, browser: Client
) -> None:
    found = without_sign_in(Protocol.IMAP, Code.NO_PASSWORD, 0, 1)
    links = shown(browser, finished(queued(owner), found)).test.links()
    assert links["Test again"].startswith("/setup/anna@example.com/test/")
    assert links["My app shows a message"].startswith("/setup/anna@example.com/compare/")
    broken = shown(browser, finished(queued(owner), findings(Protocol.IMAP, EXPIRED))).test
    assert [link.text for link in broken.all("a")].count("Test again") == 1
