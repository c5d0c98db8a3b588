"""Every guide on every kind of server: its values are the settings, its warnings are true."""

import re
from dataclasses import replace
from typing import Any

import pytest

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients import GUIDES
from tests.guides.shapes import ADDRESS, EVERY_PAGE, config_for, page, render

every_page = pytest.mark.parametrize(("slug", "protocol", "shape"), EVERY_PAGE)
every_guide = pytest.mark.parametrize("slug", GUIDES)
every_protocol = pytest.mark.parametrize("protocol", Protocol)
# Settings typed in by hand would be one of these: every port that mail apps and hosters talk about.
WELL_KNOWN_PORTS = {"25", "110", "143", "465", "587", "993", "995", "2525"}


@every_page
def test_every_value_comes_from_the_settings_of_the_address(
    slug: str, protocol: Protocol, shape: str
) -> None:
    shown = page(slug, protocol, shape)
    config = config_for(slug, protocol, shape)
    known = {
        str(value)
        for service in (config.incoming, config.outgoing)
        for value in (service.hostname, service.port, service.username)
    }
    assert shown.root.values <= known | {ADDRESS, "Anna Lindqvist"}
    assert known <= set(shown.root.found("data-copy")), "each of the settings can be copied"
    assert "%EMAIL" not in shown.html


@every_guide
@every_protocol
def test_no_port_or_host_is_typed_by_hand(slug: str, protocol: Protocol) -> None:
    """The odd server has none of the usual ones."""
    text = page(slug, protocol, "odd").text
    numbers = set(re.findall(r"(?<![\d.:])\d{2,5}(?![\d.])", text))
    # The one port that is said as it is: the one that Windows Live Mail starts with.
    assert numbers & WELL_KNOWN_PORTS <= ({"25"} if slug == "windows-live-mail" else set())
    assert not re.search(r"\bmail\.\w+\.\w+", text), "no host name but the configured ones"


@every_page
def test_the_step_of_a_topic_holds_its_values(slug: str, protocol: Protocol, shape: str) -> None:
    shown = page(slug, protocol, shape)
    config = config_for(slug, protocol, shape)
    assert config.incoming.hostname in shown.step_of("incoming").part.values
    assert config.incoming.username in shown.step_of("user_name").part.values
    assert config.outgoing.hostname in shown.step_of("outgoing").part.values
    assert "password" in shown.step_of("password").part.text.lower()


@every_page
def test_the_page_obeys_the_strict_policy(slug: str, protocol: Protocol, shape: str) -> None:
    root = page(slug, protocol, shape).root
    assert not list(root.parts("style"))
    assert not list(root.parts(having="style"))
    assert not [part for part in root.parts("script") if "src" not in part.attributes]
    assert not [name for part in root.parts() for name in part.attributes if name.startswith("on")]


@every_guide
@every_protocol
def test_an_app_that_knows_one_tick_named_ssl_gets_the_port_that_fits_it(
    slug: str, protocol: Protocol
) -> None:
    """The server offers both ways and prefers STARTTLS; the profile for the iPhone has one switch too."""
    shown = page(slug, protocol, "both")
    ssl = slug in ("windows-live-mail", "apple-mail-iphone")
    host, other = ("ssl", "start") if ssl else ("start", "ssl")
    assert f"{host}.hoster.example" in shown.root.values
    assert f"{other}.hoster.example" not in shown.html
    assert "4651" in shown.root.values if ssl else "5871" in shown.root.values


@every_guide
@every_protocol
def test_a_user_name_of_its_own_for_sending_is_said(slug: str, protocol: Protocol) -> None:
    """Whoever is told "the same" signs in for sending with the wrong name."""
    own = page(slug, protocol, "odd").text
    assert "same user name and password" not in own
    assert "Use same settings as my incoming mail server" not in own
    assert "anna9" in page(slug, protocol, "odd").step_of("outgoing").part.values
    same = page(slug, protocol, "ssl").text
    assert "same user name and password" in same
    assert ("Use same settings as my incoming mail server" in same) == (slug == "windows-live-mail")


@every_guide
@every_protocol
def test_a_server_without_encryption_is_warned_of_and_no_tick_is_claimed(
    slug: str, protocol: Protocol
) -> None:
    plain = page(slug, protocol, "plain")
    assert plain.text.count("None: not safe") >= 2
    assert "ask support for an encrypted server" in plain.text
    for claim in ("SSL/TLS", "STARTTLS", "Use SSL is on", "travels encrypted"):
        assert claim not in plain.step_of("incoming").part.text
    assert "Tick it" not in plain.step_of("incoming").part.text
    for shape in ("ssl", "starttls", "odd"):
        assert "ask support for an encrypted server" not in page(slug, protocol, shape).text


@pytest.mark.parametrize("slug", ["windows-live-mail", "thunderbird", "other"])
@every_protocol
def test_receiving_and_sending_are_each_called_what_they_are(slug: str, protocol: Protocol) -> None:
    half = page(slug, protocol, "half")
    assert "ask support for an encrypted server" in half.text
    assert "None: not safe" not in half.step_of("incoming").part.text
    assert "None: not safe" in half.step_of("outgoing").part.text


@pytest.mark.parametrize(
    ("shape", "on"), [("ssl", True), ("starttls", True), ("half", False), ("plain", False)]
)
def test_the_iphone_claims_ssl_in_both_places_only_where_it_is(shape: str, on: bool) -> None:
    assert ("Use SSL is on in both places" in page("apple-mail-iphone", shape=shape).text) == on


@pytest.mark.parametrize(("shape", "word"), [("ssl", "SSL/TLS"), ("starttls", "STARTTLS")])
@every_guide
def test_the_settings_name_the_encryption(slug: str, shape: str, word: str) -> None:
    (card,) = (
        part
        for part in page(slug, shape=shape).root.parts("section")
        if part.attributes.get("id") == "settings"
    )
    assert card.text.count(word) == 2


@every_guide
@every_protocol
def test_pop3_readers_learn_how_to_leave_a_copy_on_the_server(slug: str, protocol: Protocol) -> None:
    text = page(slug, protocol).text
    own_note = re.search(
        "Leave a copy of messages on server|Leave messages on server|Delete from server"
        "|Leave a copy on the server",
        text,
    )
    assert bool(own_note) == (protocol is Protocol.POP3)
    assert "IMAP or POP3: what’s the difference?" in text


@pytest.mark.parametrize("name", ["", "<script>alert(1)</script>"])
@every_guide
def test_a_name_is_text_and_may_be_missing(slug: str, name: str) -> None:
    shown = page(slug, name=name)
    assert "<script>alert" not in shown.html
    assert "Anna" not in shown.text
    assert (name in shown.root.values) == bool(name)


def test_windows_live_mail_asks_for_the_configured_port_in_place_of_25() -> None:
    text = page("windows-live-mail").text
    assert "Change the port from 25 to 5871" in text
    assert "Requires authentication" in text
    assert "Manually configure server settings for e-mail account" in text
    assert "Windows Live Mail remembers it for you" in text


@every_protocol
@pytest.mark.parametrize("shape", ["ssl", "both", "starttls"])
def test_windows_live_mail_without_implicit_tls_for_receiving_names_another_app(
    shape: str, protocol: Protocol, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(GUIDES, "thunderbird", replace(GUIDES["thunderbird"], name="Otter Mail", minutes=7))
    text = render("windows-live-mail", protocol, shape).text
    note = "If it doesn’t connect, use Otter Mail instead; the guide takes 7 minutes."
    assert (note in text) == (shape == "starttls")
    assert "a newer app, such as Otter Mail, is the safer choice" in text
    assert "Thunderbird" not in text


def test_thunderbird_says_for_how_long_it_leaves_mail_on_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Yes, for 14 days, or until you delete it." in page("thunderbird", Protocol.POP3).text
    monkeypatch.setitem(GUIDES, "thunderbird", replace(GUIDES["thunderbird"], days_on_server=30))
    assert "Yes, for 30 days, or until you delete it." in render("thunderbird", Protocol.POP3).text


def test_thunderbird_names_the_way_of_signing_in() -> None:
    assert "Normal password" in page("thunderbird").step_of("incoming").part.text


def test_the_iphone_says_how_long_a_profile_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "It stays there for 8 minutes" in page("apple-mail-iphone").text
    changed = replace(GUIDES["apple-mail-iphone"], profile_minutes=3)
    monkeypatch.setitem(GUIDES, "apple-mail-iphone", changed)
    assert "It stays there for 3 minutes" in render("apple-mail-iphone").text


@pytest.mark.parametrize("signed", [True, False])
def test_the_iphone_claims_a_signature_only_when_there_is_one(signed: bool, settings: Any) -> None:
    settings.PROFILE_SIGNING_CERT = "signing.pem" if signed else ""
    text = render("apple-mail-iphone").text
    assert ("Verified" in text) == signed
    assert ("Our signature" in text) == signed
    assert ("the profile isn’t signed" in text) != signed


def test_webmail_is_named_where_there_is_one_to_try_the_password() -> None:
    for slug in GUIDES:
        assert "https://webmail.hoster.example/" in page(slug).links


def test_the_app_with_a_tick_named_ssl_ticks_it_on_every_encrypted_server() -> None:
    for shape, ticks in (("ssl", 1), ("starttls", 1), ("plain", 0)):
        shown = page("windows-live-mail", shape=shape)
        assert shown.step_of("incoming").part.text.count("Tick it") == ticks
