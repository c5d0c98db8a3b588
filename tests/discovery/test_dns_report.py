"""The records to publish, and what a name server says of them."""

import json
from collections.abc import Iterator

import dns.rcode
import dns.zone
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from dns.rcode import NXDOMAIN
from msgspec import structs
from pytest_django.fixtures import Settings

from mailsetup.hosting.models import Server
from tests.faults import FaultyNameServer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("provider")]


def zone(capsys: pytest.CaptureFixture[str], domain: str = "example.com") -> str:
    call_command("dns_report", domain, "--zone")
    return capsys.readouterr().out


def records(text: str) -> set[tuple[str, str, str]]:
    """As BIND's own rules read it: (name, type, value)."""
    head = (
        "@ 60 IN SOA ns.hoster.example. hostmaster.hoster.example. 1 2 3 4 5\n@ 60 IN NS ns.hoster.example.\n"
    )
    origin, _, lines = text.partition("\n")
    read = dns.zone.from_text(f"{origin}\n$TTL 60\n{head}{lines}", origin="example.com", relativize=False)
    return {
        (str(name).removesuffix(".example.com."), rdata.rdtype.name, rdata.to_text())
        for name, node in read.nodes.items()
        for rdataset in node
        for rdata in rdataset
        if rdata.rdtype.name not in ("SOA", "NS")
    }


def test_the_zone_can_be_read_and_says_what_is_not_offered(capsys: pytest.CaptureFixture[str]) -> None:
    found = records(zone(capsys))
    assert ("autoconfig", "CNAME", "testserver.") in found
    assert ("_imaps._tcp", "SRV", "0 1 993 mail.example.com.") in found
    assert ("_imap._tcp", "SRV", "0 0 0 .") in found
    assert ("_pop3s._tcp", "SRV", "10 1 995 mail.example.com.") in found, "IMAP is preferred"
    assert ("_submission._tcp", "SRV", "0 1 587 mail.example.com.") in found
    assert ("_caldavs._tcp", "SRV", "0 0 0 .") in found


def test_calendars_have_their_path(capsys: pytest.CaptureFixture[str]) -> None:
    Server.objects.update(
        caldav_url="https://dav.%EMAILDOMAIN%/calendars/", carddav_url="https://dav.%EMAILDOMAIN%:8443/"
    )
    found = records(zone(capsys))
    assert ("_caldavs._tcp", "SRV", "0 1 443 dav.example.com.") in found
    assert ("_caldavs._tcp", "TXT", '"path=/calendars/"') in found
    assert ("_carddavs._tcp", "SRV", "0 1 8443 dav.example.com.") in found
    assert not [each for each in found if each[:2] == ("_carddavs._tcp", "TXT")]


def test_a_server_that_answers_autodiscover_keeps_it(capsys: pytest.CaptureFixture[str]) -> None:
    Server.objects.update(software="SmarterMail 100")
    text = zone(capsys)
    assert "autodiscover. stays with the mail server" in text
    assert not [line for line in text.splitlines() if line.startswith(("autodiscover", "_autodiscover"))]
    Server.objects.update(software="")
    assert ("autodiscover", "CNAME", "testserver.") in records(zone(capsys))


@pytest.mark.parametrize(("domain", "code"), [("not a domain", 2), ("stranger.example", 1)])
def test_what_is_wrong_is_said(domain: str, code: int) -> None:
    with pytest.raises(CommandError) as wrong:
        call_command("dns_report", domain)
    assert wrong.value.returncode == code


@pytest.fixture
def nameserver(settings: Settings) -> Iterator[FaultyNameServer]:
    with FaultyNameServer({}) as server:
        settings.PROBE_RESOLVER = server.address
        yield server


@pytest.mark.usefixtures("nameserver")
def test_what_is_not_published_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("dns_report", "example.com", "--json")
    report = json.loads(capsys.readouterr().out)
    states = {(each["name"], each["type"]): each["state"] for each in report["records"]}
    assert states["autoconfig.example.com", "CNAME"] == "missing"
    assert set(states.values()) == {"missing"}
    call_command("dns_report", "example.com")
    assert "missing   autoconfig.example.com CNAME testserver." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("published", "rcode", "state"),
    [
        ("0 1 993 MAIL.example.com.", NXDOMAIN, "ok"),
        ("0 1 993 old.example.com.", NXDOMAIN, "differs"),
        ("", NXDOMAIN, "missing"),
        ("", None, "unknown"),
    ],
)
def test_what_is_published_is_compared(
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
    published: str,
    rcode: dns.rcode.Rcode | None,
    state: str,
) -> None:
    settings.PROBES = structs.replace(settings.PROBES, probe_dns_seconds=0.3)
    records = {("_imaps._tcp.example.com", "SRV"): (published,)} if published else {}
    with FaultyNameServer(records, rcode) as server:
        settings.PROBE_RESOLVER = server.address
        call_command("dns_report", "example.com")
    (line,) = (line for line in capsys.readouterr().out.splitlines() if " _imaps._tcp." in line)
    assert line.split()[0] == state


@pytest.mark.parametrize(("host", "kind"), [("192.0.2.7", "A"), ("portal.hoster.example", "CNAME")])
def test_a_portal_without_a_name_is_led_to_by_its_address(
    settings: Settings, capsys: pytest.CaptureFixture[str], host: str, kind: str
) -> None:
    settings.PORTAL_URL = f"https://{host}"
    Server.objects.update(software="")
    found = {(name, of) for name, of, _value in records(zone(capsys))}
    assert ("autoconfig", kind) in found
    assert (("_autodiscover._tcp", "SRV") in found) == (kind == "CNAME")
