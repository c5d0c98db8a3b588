"""Stopping a test: who may, what is left of it, and how soon its worker lets go of the server."""

import asyncio
import queue
import threading
import time
from ipaddress import ip_network
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from mailsetup.clientconfig import Protocol
from mailsetup.connection_tests import reaper, runner, services
from mailsetup.connection_tests.limits import TooManyTests
from mailsetup.connection_tests.models import ConnectionTest, SealedPassword
from mailsetup.connection_tests.tasks import run_connection_test
from mailsetup.probes.ask import Ask, OnStep
from mailsetup.probes.findings import Code, Finding, Status, Step
from tests.connection_tests.conftest import Limits
from tests.connection_tests.runs import (
    KEY,
    PASSWORD,
    WORKER,
    findings,
    finished,
    queued,
    running,
    without_sign_in,
)
from tests.connection_tests.shown import Shown
from tests.faults import ServerThread
from tests.html import read
from tests.provider import MakeLink

pytestmark = pytest.mark.django_db
WRONG_PASSWORD = (0, Finding(Step.SIGN_IN, Status.FAILED, Code.AUTH_FAILED, 7))


def page_of(test: ConnectionTest) -> str:
    return f"/tests/{test.reference}/"


def cancel(browser: Client, page: str) -> Any:
    """Press the button that stands on `page`."""
    (form,) = [part for part in read(browser.get(page)).all("form") if "cancel" in part["action"]]
    assert form["method"] == "post"
    assert form.one("button").text == "Stop the test"
    return browser.post(form["action"])


def outcome(test: ConnectionTest) -> tuple[str, str, list[str]]:
    test.refresh_from_db()
    return test.state, test.verdict, test.causes


STOPPED = ("done", "not_run", ["cancelled"])


@pytest.mark.parametrize("state", ["queued", "running"])
def test_a_test_that_waits_or_runs_is_stopped_and_its_password_is_gone(
    owner: User, browser: Client, state: str
) -> None:
    test = queued(owner)
    if state == "running":
        running(test, findings()[:3])
    answer = cancel(browser, page_of(test))
    assert (answer.status_code, answer["Location"]) == (302, page_of(test))
    assert outcome(test) == STOPPED
    assert not SealedPassword.objects.exists()

    page = Shown(browser.get(page_of(test)))
    assert not page.polls
    assert page.headline == "The test was stopped"
    assert page.lede == "It was stopped before it was over. What has no result below wasn’t checked."
    assert page.problems == []
    assert page.state == "skip"
    assert "Test again" in page.test.links()
    assert "Stop the test" not in page.text


def test_what_was_found_before_stays(owner: User, browser: Client) -> None:
    test = running(queued(owner), findings()[:7])
    cancel(browser, page_of(test))
    lanes = Shown(browser.get(page_of(test))).lanes
    assert [step.state for step in lanes["Receiving"].steps.values()] == ["ok"] * 7 + ["skip"]
    assert lanes["Receiving"].result == "Works so far"
    assert {step.state for step in lanes["Sending"].steps.values()} == {"skip"}


SENT = (1, Finding(Step.SEND, Status.PASSED, Code.OK, 5))


@pytest.mark.parametrize(
    ("found", "left"),
    [
        ([], False),
        ([(1, Finding(Step.SEND, Status.FAILED, Code.SEND_REJECTED, 5))], False),
        ([SENT], True),
        ([SENT, (1, Finding(Step.ARRIVE, Status.PASSED, Code.OK, 5, {"removed": True}))], False),
        ([SENT, (1, Finding(Step.ARRIVE, Status.PASSED, Code.OK, 5, {"removed": False}))], True),
    ],
)
def test_a_message_that_may_be_left_is_told(
    owner: User, browser: Client, found: list[tuple[int, Finding]], *, left: bool
) -> None:
    test = running(queued(owner), found)
    cancel(browser, page_of(test))
    lede = Shown(browser.get(page_of(test))).lede
    assert ("Our test message may still be in your inbox; the next test deletes it." in lede) is left


def test_whoever_holds_the_link_stops_it_too(client: Client, setup_link: MakeLink) -> None:
    _link, token = setup_link()
    page = client.post(f"/s/{token}/test/", {"protocol": "imap", "password": PASSWORD})["Location"]
    assert cancel(client, page)["Location"] == page
    assert outcome(ConnectionTest.objects.get()) == STOPPED


def test_a_link_to_one_guide_stops_its_test(client: Client, setup_link: MakeLink) -> None:
    link, token = setup_link()
    link.client, link.protocol, link.seed = "thunderbird", "imap", "of one guide"
    link.save()
    page = client.post(f"/s/{token}/test/", {"protocol": "imap", "password": PASSWORD})["Location"]
    assert cancel(client, page).status_code == 302
    assert outcome(ConnectionTest.objects.get()) == STOPPED


def test_nobody_else_stops_it(
    owner: User, stranger: User, colleague: User, signed_in: Any, setup_link: MakeLink
) -> None:
    test = running(queued(owner))
    _link, token = setup_link()
    for browser in (signed_in(stranger), signed_in(colleague), Client()):
        assert browser.post(f"{page_of(test)}cancel/").status_code == 404
        assert browser.post(f"/s/{token}{page_of(test)}cancel/").status_code == 404
    assert outcome(test)[0] == "running"
    assert SealedPassword.objects.exists()


def test_a_page_elsewhere_can_not_press_for_somebody(owner: User, signed_in: Any) -> None:
    test = running(queued(owner))
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = signed_in(owner).cookies
    assert browser.post(f"{page_of(test)}cancel/").status_code == 403
    assert outcome(test)[0] == "running"


def test_who_only_opens_the_address_of_the_button_sees_the_page(owner: User, browser: Client) -> None:
    test = running(queued(owner))
    answer = browser.get(f"{page_of(test)}cancel/")
    assert (answer.status_code, answer["Location"]) == (302, page_of(test))
    assert outcome(test)[0] == "running"


@pytest.mark.parametrize("end", ["passed", "lost"])
def test_a_test_that_is_over_stays_as_it_is(owner: User, browser: Client, end: str) -> None:
    test = running(queued(owner), findings())
    if end == "passed":
        services.finish_connection_test(test)
    else:
        reaper.mark_lost(test)
    before = outcome(test), test.finished_at
    assert browser.post(f"{page_of(test)}cancel/")["Location"] == page_of(test)
    assert (outcome(test), test.finished_at) == before


# --- In lists ------------------------------------------------------------------------------------------


def test_the_history_does_not_call_it_failed(owner: User, browser: Client) -> None:
    test = running(queued(owner), findings()[:5])
    cancel(browser, page_of(test))
    (row,) = read(browser.get("/tests/")).one("main").all("tr")[1:]
    assert (row.one("span", "tag")["data-state"], row.one("span", "tag").text) == ("skip", "Stopped")


def test_the_document_says_what_ended_it_and_not_that_all_is_well(owner: User, browser: Client) -> None:
    test = running(queued(owner), findings()[:5])
    cancel(browser, page_of(test))
    document = browser.get(f"{page_of(test)}report.json").json()
    assert (document["verdict"], document["causes"]) == ("not_run", ["cancelled"])


# --- The worker ----------------------------------------------------------------------------------------


class Hanging:
    """In place of a server that keeps a test waiting: knows when the worker has let go of it."""

    def __init__(self) -> None:
        self.waits, self.let_go = threading.Event(), threading.Event()

    async def probe(self, _ask: Ask, _vantage: object, on_step: OnStep) -> tuple[str, str]:
        on_step(*findings()[0])
        self.waits.set()
        try:
            await asyncio.sleep(60)
        finally:
            self.let_go.set()
        return "incoming", "outgoing"


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Hanging:
    hanging = Hanging()
    monkeypatch.setattr(runner, "probe", hanging.probe)
    return hanging


@pytest.fixture
def stopped_while_it_waits(
    owner: User, hanging: Hanging, limits: Limits, monkeypatch: pytest.MonkeyPatch
) -> ConnectionTest:
    """A running test that somebody stops as soon as its worker looks whether somebody has."""
    limits(cancel_look_milliseconds=50)
    test = queued(owner)
    look = services.look_for_end

    def stop_and_look(running: ConnectionTest) -> None:
        if hanging.waits.is_set():
            services.cancel_connection_test(ConnectionTest.objects.get(pk=test.pk))
        look(running)

    monkeypatch.setattr(services, "look_for_end", stop_and_look)
    return test


def test_its_worker_lets_go_of_the_server(stopped_while_it_waits: ConnectionTest, hanging: Hanging) -> None:
    started = time.monotonic()
    run_connection_test(test_id=stopped_while_it_waits.pk, key=KEY)
    assert time.monotonic() - started < 5, "it waits for the server"
    assert hanging.let_go.is_set()
    assert outcome(stopped_while_it_waits) == STOPPED
    assert stopped_while_it_waits.steps.count() == 1


def test_a_stopped_test_is_no_error_of_the_worker(
    stopped_while_it_waits: ConnectionTest, caplog: pytest.LogCaptureFixture
) -> None:
    run_connection_test(test_id=stopped_while_it_waits.pk, key=KEY)
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]
    assert PASSWORD not in caplog.text


def test_the_connections_to_a_silent_server_are_closed(
    owner: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the real probes: both services wait for a greeting that does not come."""
    heard: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    async def keep_silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        heard.put(await reader.read())

    def stop_and_look(running: ConnectionTest) -> None:
        services.cancel_connection_test(running)
        raise services.NoLongerRunning

    monkeypatch.setattr(services, "look_for_end", stop_and_look)
    settings.PROBE_HOSTS = {"mail.example.com": ("127.0.0.1",)}
    settings.PROBE_ALLOWED_NETWORKS = (ip_network("127.0.0.0/8"),)
    test = queued(owner)
    with ServerThread() as servers:
        port = servers.listen(keep_silent)
        test.services = [dict(service, port=port, socket_type="STARTTLS") for service in test.services]
        test.save()
        started = time.monotonic()
        run_connection_test(test_id=test.pk, key=KEY)
        assert time.monotonic() - started < 5, "it waits for the greeting"
        assert [heard.get(timeout=5), heard.get(timeout=5)] == [b"", b""]
    assert outcome(test) == STOPPED
    assert {step.step for step in test.steps.all()} == {"dns", "connect"}


def test_a_worker_that_comes_too_late_does_not_begin(owner: User, browser: Client, hanging: Hanging) -> None:
    test = queued(owner)
    cancel(browser, page_of(test))
    run_connection_test(test_id=test.pk, key=KEY)
    assert not hanging.waits.is_set()
    assert outcome(test) == STOPPED


def test_what_a_worker_finds_afterwards_is_not_kept(owner: User, browser: Client) -> None:
    test = running(queued(owner), findings()[:2])
    cancel(browser, page_of(test))
    with pytest.raises(services.NoLongerRunning):
        services.record_findings(test, findings()[2:4])
    with pytest.raises(services.NoLongerRunning):
        services.finish_connection_test(test)
    assert (outcome(test), test.steps.count()) == (STOPPED, 2)


def test_a_run_that_was_given_up_is_not_taken_up_again(owner: User) -> None:
    """A worker that was silent for a while, and goes on."""
    test = running(queued(owner), findings()[:2])
    reaper.mark_lost(test)
    with pytest.raises(services.NoLongerRunning):
        services.finish_connection_test(test)
    assert outcome(test) == ("done", "not_run", ["lost_run"])


# --- No way around the limits --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "refused"),
    [
        ([], True),
        (findings()[:5], True),
        (findings(Protocol.IMAP, WRONG_PASSWORD)[:6], True),
        (findings()[:6], False),
        (without_sign_in(Protocol.IMAP, Code.NO_PASSWORD, 0, 1)[:6], False),
    ],
    ids=["at-once", "before-the-answer", "wrong-password", "signed-in", "no-password"],
)
def test_stopping_before_the_answer_counts_as_a_refused_password(
    owner: User, limits: Limits, found: Any, *, refused: bool
) -> None:
    """A server counts the attempt, and bans for it."""
    limits(mailbox_rejected_limit=2)
    for _ in range(2):
        services.cancel_connection_test(running(queued(owner), found))
    if refused:
        with pytest.raises(TooManyTests, match="rejected"):
            queued(owner)
    else:
        assert queued(owner)


def test_a_test_that_no_worker_took_has_tried_nothing(owner: User, limits: Limits) -> None:
    limits(mailbox_rejected_limit=1)
    services.cancel_connection_test(queued(owner))
    assert queued(owner)


def test_a_stopped_test_makes_room_for_another(owner: User, limits: Limits) -> None:
    limits(mailbox_unfinished_limit=1)
    test = running(queued(owner))
    with pytest.raises(TooManyTests, match="mailbox"):
        queued(owner)
    services.cancel_connection_test(test)
    assert queued(owner)


def test_an_end_that_comes_at_the_same_moment_is_the_only_one(owner: User) -> None:
    test = running(queued(owner), findings())
    read_by_the_page = ConnectionTest.objects.get(pk=test.pk)
    services.finish_connection_test(test)
    services.cancel_connection_test(read_by_the_page)
    assert outcome(test) == ("done", "passed", [])
    assert finished(queued(owner), findings()).worker == WORKER
