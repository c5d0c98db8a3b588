"""What is known of a domain's DNS before a page needs it, and that no page waits for it."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from dns.resolver import LifetimeTimeout
from msgspec import structs

from mailsetup.discovery.dns_watch import DnsWatcher
from mailsetup.hosting import dns
from mailsetup.hosting.dns import Lead
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
    def breaks(name: str, *_args: Any) -> Lead:
        if "broken" in name:
            raise ValueError(name)
        return Lead.THERE

    monkeypatch.setattr(dns, "lead_of", breaks)
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

    def note(*_args: Any) -> Lead:
        asked.append(threading.current_thread().name)
        return Lead.THERE

    monkeypatch.setattr(dns, "lead_of", note)
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
    monkeypatch.setattr(dns, "lead_of", lambda *_args: Lead.THERE)
    with time_machine.travel(now, tick=False):
        watcher.look_at("example.com")
    monkeypatch.setattr(dns, "lead_of", lambda name, *_: None if "autoconfig" in name else Lead.THERE)
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


@pytest.mark.parametrize(
    ("records", "lead"),
    [
        ({}, Lead.NOWHERE),
        ({("autodiscover.example.com", "CNAME"): ("elsewhere.example.",)}, Lead.ELSEWHERE),
        ({("autodiscover.example.com", "A"): ("192.0.2.8",)}, Lead.ELSEWHERE),
        ({("autodiscover.example.com", "AAAA"): ("2001:db8::8",)}, Lead.ELSEWHERE),
        ({("_autodiscover._tcp.example.com", "SRV"): ("0 0 443 elsewhere.example.",)}, Lead.ELSEWHERE),
        ({("_autodiscover._tcp.example.com", "SRV"): (f"0 0 443 {PORTAL}.",)}, Lead.THERE),
    ],
)
def test_a_name_without_an_entry_is_told_from_one_that_leads_elsewhere(
    settings: Any, records: dict[tuple[str, str], tuple[str, ...]], lead: Lead
) -> None:
    watcher = DnsWatcher()
    with FaultyNameServer(HERE | records) as server:
        settings.PROBE_RESOLVER = server.address
        watcher.look_at("example.com")
    assert watcher.lead_of("example.com", "autodiscover") is lead
    assert watcher.lead_of("example.com", "pacc") is Lead.NOWHERE


@pytest.mark.parametrize(
    ("records", "hosts"),
    [
        ((), ()),
        (
            ("20 b.mx.example.", "5 A.mx.example.", "10 c.mx.example."),
            ("a.mx.example", "c.mx.example", "b.mx.example"),
        ),
        (("0 .",), ()),
    ],
)
def test_where_mail_goes_is_known_too_the_best_host_first(
    settings: Any, records: tuple[str, ...], hosts: tuple[str, ...]
) -> None:
    watcher = DnsWatcher()
    with FaultyNameServer({("example.com", "MX"): records} if records else {}) as server:
        settings.PROBE_RESOLVER = server.address
        assert watcher.mail_hosts("example.com") is None
        watcher.look_at_next()
    assert watcher.mail_hosts("example.com") == hosts


def test_where_nobody_answers_for_mail_nothing_more_is_asked(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page of the desk has a hundred domains looked at, and guides wait behind them."""
    settings.DISCOVERY = structs.replace(settings.DISCOVERY, dns_look_timeout_seconds=0.05)
    asked: list[str] = []

    def resolve(_self: Any, name: str, kind: str, **_how: Any) -> Any:
        asked.append(f"{name} {kind}")
        raise LifetimeTimeout

    monkeypatch.setattr("dns.resolver.Resolver.resolve", resolve)
    watcher = DnsWatcher()
    watcher.look_at("example.com")
    assert asked == ["example.com MX"]
    assert watcher.has_looked_at("example.com")


def test_a_silent_name_server_says_nothing_of_mail(settings: Any) -> None:
    settings.DISCOVERY = structs.replace(settings.DISCOVERY, dns_look_timeout_seconds=0.05)
    watcher = DnsWatcher()
    with FaultyNameServer({}, rcode=None) as silent:
        settings.PROBE_RESOLVER = silent.address
        watcher.look_at("example.com")
    assert watcher.mail_hosts("example.com") is None


def test_mail_is_looked_at_where_no_dns_can_lead_to_the_portal(settings: Any) -> None:
    settings.PORTAL_URL = "http://127.0.0.1:8000"
    watcher = DnsWatcher()
    with FaultyNameServer({("example.com", "MX"): ("10 a.mx.example.",)}) as server:
        settings.PROBE_RESOLVER = server.address
        watcher.look_at("example.com")
    assert watcher.mail_hosts("example.com") == ("a.mx.example",)
    assert watcher.lead_of("example.com", "autoconfig") is None


# --- Who waits a moment --------------------------------------------------------------------------------


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[DnsWatcher, threading.Event, set[str]]]:
    """A watcher whose looks last until the event, and the domains that it has begun to look at."""
    go_on, begun = threading.Event(), set()

    def mx_hosts(domain: str, *_how: Any) -> tuple[str, ...]:
        begun.add(domain)
        go_on.wait(10)
        return ("a.mx.example",)

    monkeypatch.setattr(dns, "mx_hosts", mx_hosts)
    monkeypatch.setattr(dns, "lead_of", lambda *_how: Lead.THERE)
    watcher = DnsWatcher()
    watcher.start()
    yield watcher, go_on, begun
    # Threads outlive their test, and the next one has looks of its own.
    while not watcher._queue.empty():
        watcher._queue.get_nowait()
    go_on.set()
    with watcher._changed:
        watcher._changed.wait_for(lambda: not begun & watcher._waiting, 10)


def test_a_moment_is_enough_for_what_is_quick(held: tuple[DnsWatcher, threading.Event, set[str]]) -> None:
    watcher, go_on, _begun = held
    go_on.set()
    domains = [f"shop{number}.example" for number in range(20)]
    watcher.give_a_moment(domains, seconds=10)
    assert {watcher.mail_hosts(domain) for domain in domains} == {("a.mx.example",)}


def test_no_more_than_a_moment_is_given_and_a_few_domains_are_looked_at_at_once(
    held: tuple[DnsWatcher, threading.Event, set[str]], settings: Any
) -> None:
    watcher, _go_on, begun = held
    began = time.monotonic()
    watcher.give_a_moment([f"shop{number}.example" for number in range(20)], seconds=0.3)
    assert 0.3 <= time.monotonic() - began < 5
    assert len(begun) == settings.DISCOVERY.dns_looks_running_limit
    assert watcher.mail_hosts("shop0.example") is None


def test_nobody_waits_for_a_look_that_is_young_even_if_it_found_nothing(
    held: tuple[DnsWatcher, threading.Event, set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher, _go_on, begun = held
    monkeypatch.setattr(dns, "mx_hosts", lambda *_how: None)
    watcher.look_at("example.com")
    began = time.monotonic()
    watcher.give_a_moment(["example.com"], seconds=10)
    assert time.monotonic() - began < 5
    assert begun == set()


def test_nobody_waits_where_nobody_looks() -> None:
    began = time.monotonic()
    DnsWatcher().give_a_moment(["example.com"], seconds=10)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"])
def test_no_dns_leads_to_a_machine_without_a_name(settings: Any, url: str) -> None:
    settings.PORTAL_URL = url
    watcher = DnsWatcher()
    assert watcher.leads_here("example.com", "autoconfig") is None
    assert watcher._queue.empty()
