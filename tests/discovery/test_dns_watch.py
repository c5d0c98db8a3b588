"""What is known of a domain's DNS before a page needs it, and that no page waits for it."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from msgspec import structs

from mailsetup.discovery.dns_watch import DnsWatcher
from mailsetup.hosting import dns
from tests.faults import FaultyNameServer

PORTAL = "setup.hoster.example"
HERE = {(PORTAL, "A"): ("192.0.2.7",), (PORTAL, "AAAA"): ("2001:db8::7",)}
BOTH = {"autoconfig": True, "autodiscover": True}


@pytest.fixture(autouse=True)
def portal_with_a_name(settings: Any) -> None:
    settings.PORTAL_URL = f"https://{PORTAL}"


def looked(
    settings: Any, records: dict[tuple[str, str], tuple[str, ...]], domain: str = "example.com"
) -> Any:
    """What a new watcher knows of `domain` after a look."""
    watcher = DnsWatcher()
    with FaultyNameServer(HERE | records) as server:
        settings.PROBE_RESOLVER = server.address
        watcher.look_at(domain)
    return {name: watcher.leads_here(domain, name) for name in BOTH}


@pytest.mark.parametrize(
    ("records", "found"),
    [
        ({}, (False, False)),
        ({("autoconfig.example.com", "CNAME"): (f"{PORTAL}.",)}, (True, False)),
        ({("autoconfig.example.com", "CNAME"): ("Setup.Hoster.Example.",)}, (True, False)),
        ({("autodiscover.example.com", "CNAME"): (f"{PORTAL}.",)}, (False, True)),
        ({("autoconfig.example.com", "CNAME"): (f"not-{PORTAL}.",)}, (False, False)),
        ({("autoconfig.example.com", "A"): ("192.0.2.7",)}, (True, False)),
        ({("autoconfig.example.com", "A"): ("192.0.2.8",)}, (False, False)),
        ({("autoconfig.example.com", "AAAA"): ("2001:db8::7",)}, (True, False)),
        ({("_autodiscover._tcp.example.com", "SRV"): (f"0 0 443 {PORTAL}.",)}, (False, True)),
        ({("_autodiscover._tcp.example.com", "SRV"): ("0 0 443 elsewhere.example.",)}, (False, False)),
        ({("example.com", "CNAME"): (f"{PORTAL}.",)}, (False, False)),
    ],
)
def test_it_leads_here_by_an_alias_an_address_or_a_service_record(
    settings: Any, records: dict[tuple[str, str], tuple[str, ...]], found: tuple[bool, bool]
) -> None:
    assert tuple(looked(settings, records).values()) == found


def test_a_domain_nobody_has_looked_at_is_not_known_and_the_next_page_knows(settings: Any) -> None:
    watcher = DnsWatcher()
    with FaultyNameServer(HERE | {("autoconfig.example.com", "CNAME"): (f"{PORTAL}.",)}) as server:
        settings.PROBE_RESOLVER = server.address
        assert watcher.leads_here("example.com", "autoconfig") is None
        watcher.look_at_next()
        assert watcher.leads_here("example.com", "autoconfig") is True
        assert watcher.leads_here("example.com", "autodiscover") is False
        with time_machine.travel(timezone.now() + timedelta(seconds=301), tick=False):
            assert watcher.leads_here("example.com", "autoconfig") is True
            assert list(watcher._queue.queue) == ["example.com"], "it can be wanted again"


def test_a_domain_that_breaks_the_look_leaves_the_others_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(name: str, *_args: Any) -> bool:
        if "broken" in name:
            raise ValueError(name)
        return True

    monkeypatch.setattr(dns, "leads_to", breaks)
    watcher = DnsWatcher()
    watcher.start()
    assert watcher.leads_here("broken.example", "autoconfig") is None
    assert found_soon(watcher, "example.com") is True


def found_soon(watcher: DnsWatcher, domain: str) -> bool | None:
    """What the watcher's thread finds once it has looked."""
    deadline = time.monotonic() + 10
    while watcher.leads_here(domain, "autoconfig") is None and time.monotonic() < deadline:
        threading.Event().wait(0.01)
    return watcher.leads_here(domain, "autoconfig")


def test_nothing_but_the_thread_asks_dns(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page asks for what is known; a look takes as long as it takes, in another thread."""
    asked: list[str] = []

    def note(*_args: Any) -> bool:
        asked.append(threading.current_thread().name)
        return True

    monkeypatch.setattr(dns, "leads_to", note)
    watcher = DnsWatcher()
    watcher.start()
    assert watcher.leads_here("example.com", "autoconfig") is None
    assert found_soon(watcher, "example.com") is True
    assert set(asked) == {"dns watch"}


def test_a_silent_name_server_says_nothing_and_what_was_known_stays(settings: Any) -> None:
    settings.DISCOVERY = structs.replace(settings.DISCOVERY, dns_look_timeout_seconds=0.05)
    watcher = DnsWatcher()
    with FaultyNameServer({}, rcode=None) as silent:
        settings.PROBE_RESOLVER = silent.address
        watcher.look_at("example.com")
        assert watcher.leads_here("example.com", "autoconfig") is None
    assert looked(settings, {("autoconfig.example.com", "CNAME"): (f"{PORTAL}.",)})["autoconfig"] is True
    with FaultyNameServer({}, rcode=None) as silent:
        settings.PROBE_RESOLVER = silent.address
        watcher.look_at("example.com")
    assert watcher.leads_here("example.com", "autoconfig") is True


def test_an_answer_is_forgotten_when_nobody_has_answered_for_a_day_however_often_somebody_looked(
    settings: Any,
) -> None:
    now = timezone.now()
    watcher = DnsWatcher()
    settings.DISCOVERY = structs.replace(settings.DISCOVERY, dns_look_timeout_seconds=0.05)
    with time_machine.travel(now):
        found = looked(settings, {("autoconfig.example.com", "CNAME"): (f"{PORTAL}.",)})
        assert found == {"autoconfig": True, "autodiscover": False}
    with FaultyNameServer({}, rcode=None) as silent:
        settings.PROBE_RESOLVER = silent.address
        for hours in (9, 18, 23.9):
            with time_machine.travel(now + timedelta(hours=hours)):
                watcher.look_at("example.com")
                assert watcher.leads_here("example.com", "autoconfig") is True
                assert watcher.leads_here("example.com", "autodiscover") is False
        for hours in (25, 33, 72):
            with time_machine.travel(now + timedelta(hours=hours)):
                assert watcher.leads_here("example.com", "autoconfig") is None
                watcher.look_at("example.com")
                assert watcher.leads_here("example.com", "autodiscover") is None
    with time_machine.travel(now + timedelta(hours=73)):
        assert looked(settings, {})["autoconfig"] is False


def test_each_name_is_as_old_as_its_own_answer(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    now, watcher = timezone.now(), DnsWatcher()
    monkeypatch.setattr(dns, "leads_to", lambda *_args: True)
    with time_machine.travel(now, tick=False):
        watcher.look_at("example.com")
    monkeypatch.setattr(dns, "leads_to", lambda name, *_args: None if "autoconfig" in name else True)
    with time_machine.travel(now + timedelta(hours=20), tick=False):
        watcher.look_at("example.com")
    with time_machine.travel(now + timedelta(hours=30), tick=False):
        assert watcher.leads_here("example.com", "autoconfig") is None
        assert watcher.leads_here("example.com", "autodiscover") is True


@pytest.fixture
def waiting(settings: Any) -> Iterator[tuple[DnsWatcher, list[str]]]:
    """A watcher that has looked at example.com, and the domains that it wants to look at from now on."""
    with FaultyNameServer(HERE) as server:
        settings.PROBE_RESOLVER = server.address
        watcher, wanted = DnsWatcher(), []
        watcher.look_at("example.com")
        watcher._queue.put_nowait = wanted.append  # type: ignore[method-assign]
        yield watcher, wanted


def test_an_old_look_is_shown_and_done_again(waiting: tuple[DnsWatcher, list[str]], settings: Any) -> None:
    watcher, wanted = waiting
    now = timezone.now()
    for seconds, again in ((0, []), (299, []), (301, ["example.com"])):
        with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
            assert watcher.leads_here("example.com", "autoconfig") is False
            assert wanted == again
    with time_machine.travel(now + timedelta(hours=25), tick=False):
        assert watcher.leads_here("example.com", "autoconfig") is None, "a look of yesterday is not believed"


def test_a_domain_waits_once_and_no_more_than_so_many_do(settings: Any) -> None:
    settings.DISCOVERY = structs.replace(settings.DISCOVERY, dns_looks_waiting_limit=2)
    watcher = DnsWatcher()
    for domain in ("one.example", "one.example", "two.example", "three.example", "four.example"):
        assert watcher.leads_here(domain, "autoconfig") is None
    assert list(watcher._queue.queue) == ["one.example", "two.example"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"])
def test_no_dns_leads_to_a_machine_without_a_name(settings: Any, url: str) -> None:
    settings.PORTAL_URL = url
    watcher = DnsWatcher()
    assert watcher.leads_here("example.com", "autoconfig") is None
    assert watcher._queue.empty()
