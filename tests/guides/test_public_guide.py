"""The settings of a domain for people who did not sign in: where autoconfig's documents lead."""

from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from msgspec import structs
from pytest_django.fixtures import Settings

from accounts.models import User
from mailsetup.hosting import dns
from mailsetup.hosting.models import Domain, Server
from tests.guides.page import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("provider")]


def shown(client: Client, domain: str = "example.com") -> Page:
    answer = client.get(f"/guide/{domain}/")
    assert answer.status_code == 200
    return Page(answer.content.decode())


def groups(page: Page) -> dict[str, dict[str, str]]:
    """What each group of settings says, by its heading."""
    return {
        next(part.parts("h3")).text: part.fields
        for part in page.root.parts("div", having="class")
        if part.attributes["class"] == "settings-group"
    }


def test_it_says_what_to_type_for_every_way(client: Client) -> None:
    assert groups(shown(client)) == {
        "Account": {
            "Email address": "you@example.com",
            "User name": "you@example.com",
            "Password": "The one for this mailbox",
        },
        "Receiving (IMAP)": {"Server": "mail.example.com", "Port": "993", "Encryption": "SSL/TLS"},
        "Receiving (POP3)": {"Server": "mail.example.com", "Port": "995", "Encryption": "SSL/TLS"},
        "Sending (SMTP)": {
            "Server": "mail.example.com",
            "Port": "587",
            "Encryption": "STARTTLS",
            "Needs sign-in": "Yes, same user name and password",
        },
    }
    assert "in place of you" in shown(client).text


def test_search_engines_are_kept_out(client: Client) -> None:
    (robots,) = [meta for meta in shown(client).root.parts("meta") if meta.attributes.get("name") == "robots"]
    assert robots.attributes["content"] == "noindex"


def test_an_alias_signs_in_as_its_domain_does(client: Client) -> None:
    said = groups(shown(client, "example.net"))
    assert said["Account"]["Email address"] == "you@example.net"
    assert said["Account"]["User name"] == "you@example.com"


def test_user_names_that_differ_are_said_where_they_are_needed(client: Client) -> None:
    services = Server.objects.get().services
    services.filter(type="pop3").update(username="%EMAILLOCALPART%")
    services.filter(type="smtp").update(username="send-%EMAILLOCALPART%")
    said = groups(shown(client))
    assert said["Account"]["User name"] == "you@example.com"
    assert said["Receiving (POP3)"]["User name"] == "you"
    assert said["Sending (SMTP)"]["User name for sending"] == "send-you"


def test_a_server_of_one_protocol_offers_no_choice(client: Client) -> None:
    Server.objects.get().services.filter(type="imap").delete()
    page = shown(client)
    assert [heading for heading in groups(page) if heading.startswith("Receiving")] == ["Receiving (POP3)"]
    assert "Only if you read your mail" not in page.text


def test_it_names_nobody_and_leads_to_the_steps(client: Client) -> None:
    page = shown(client)
    for known in ("anna", "Lindqvist", "smarter1", "elsewhere.example", "whmcs"):
        assert known not in page.root.content
    assert "/" in page.links
    assert "https://mail.example.com/" in page.links


def test_a_name_in_another_script_is_shown_as_people_write_it(client: Client) -> None:
    Domain.objects.filter(name="example.com").update(name="xn--bcher-kva.example")
    for asked in ("bücher.example", "xn--bcher-kva.example"):
        assert "Mail settings of bücher.example" in shown(client, asked).text


def test_a_service_without_encryption_is_not_offered(client: Client) -> None:
    services = Server.objects.get().services
    services.filter(type="pop3").update(socket_type="plain", port=110)
    assert "Receiving (POP3)" not in groups(shown(client))
    services.filter(type="imap").update(socket_type="plain", port=143)
    assert client.get("/guide/example.com/").status_code == 404


@pytest.mark.parametrize(
    "domain", ["unknown.example", "anna@example.com", "%20", "-", "a..b", "x" * 300, "example.com%0d%0aX: y"]
)
def test_what_is_not_here_is_not_found(client: Client, domain: str) -> None:
    assert client.get(f"/guide/{domain}/").status_code == 404


def test_a_domain_that_is_switched_off_is_not_found(client: Client) -> None:
    Domain.objects.filter(name="example.com").update(enabled=False)
    for domain in ("example.com", "example.net"):
        assert client.get(f"/guide/{domain}/").status_code == 404


def test_nobody_has_dns_asked_by_it(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(dns, "mx_hosts", lambda *question: asked.append(question) or ("a.mx.hoster.example",))
    assert client.get("/guide/by-mx.example/").status_code == 404
    assert not asked


def test_whoever_tries_names_waits_and_whoever_has_one_does_not(client: Client, settings: Settings) -> None:
    settings.DISCOVERY = structs.replace(settings.DISCOVERY, discovery_misses_per_minute_limit=3)
    tried = [client.get(f"/guide/stranger{number}.example/").status_code for number in range(4)]
    assert tried == [404, 404, 404, 429]
    assert client.get("/guide/example.com/").status_code == 200


@pytest.mark.parametrize("domain", ["example.com", "example.net"])
def test_autoconfig_and_pacc_lead_here(client: Client, domain: str) -> None:
    # PACC can say nothing but this.
    Server.objects.update(alias_uses_primary=False)
    Server.objects.get().services.filter(type="smtp").update(socket_type="SSL", port=465)
    autoconfig = ET.fromstring(client.get("/mail/config-v1.1.xml", {"emailaddress": f"a@{domain}"}).content)
    link = autoconfig.find("emailProvider/documentation")
    pacc = client.get("/.well-known/user-agent-configuration.json", headers={"host": domain}).json()
    assert link is not None
    assert link.attrib["url"] == pacc["info"]["help"]["documentation"]
    assert link.attrib["url"] == f"http://testserver/guide/{domain}/"
    assert f"Mail settings of {domain}" in Page(client.get(link.attrib["url"]).content.decode()).text


def test_where_only_dns_leads_here_the_document_leads_to_the_front_page(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dns, "mx_hosts", lambda *_question: ("a.mx.hoster.example",))
    document = client.get("/mail/config-v1.1.xml", {"emailaddress": "a@by-mx.example"}).content
    link = ET.fromstring(document).find("emailProvider/documentation")
    assert link is not None
    assert link.attrib["url"] == "http://testserver/"


def test_whoever_is_signed_in_sees_no_more_of_somebody_elses(client: Client, owner: User) -> None:
    client.force_login(owner)
    page = shown(client, "elsewhere.example")
    assert "Somebody else" not in page.root.content
    assert "example.com" not in page.root.content
