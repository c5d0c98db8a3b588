"""Every guide on every kind of server: its values are the settings, its warnings are true."""

import re
from dataclasses import replace
from typing import Any

import pytest

from mailsetup.clientconfig import Hosting, Protocol, ServerSettings, ServiceType, SocketType, Source
from mailsetup.formats import FORMATS
from mailsetup.guides.clients import GUIDES, Grade, Guide
from mailsetup.guides.lookup import Lookup
from tests.guides.shapes import ADDRESS, EVERY_PAGE, config_for, every_page, page, render, render_for

every_protocol = pytest.mark.parametrize("protocol", Protocol)
STEP_GUIDES = [guide.slug for guide in GUIDES.values() if guide.protocols]
every_guide = pytest.mark.parametrize("slug", STEP_GUIDES)
every_way = pytest.mark.parametrize(
    ("slug", "protocol"), [(slug, protocol) for slug in STEP_GUIDES for protocol in GUIDES[slug].protocols]
)
# Settings typed in by hand would be one of these: every port that mail apps and hosters talk about.
WELL_KNOWN_PORTS = {"25", "110", "143", "465", "587", "993", "995", "2525"}


@every_page
def test_every_value_comes_from_the_settings_of_the_address(
    slug: str, protocol: Protocol, shape: str
) -> None:
    shown = page(slug, protocol, shape)
    config = config_for(slug, protocol, shape)
    services = (config.incoming, config.outgoing)
    known = {str(value) for each in services for value in (each.hostname, each.port, each.username)}
    # Claws Mail has one field for both.
    together = {f"{each.hostname}:{each.port}" for each in services}
    text = " ".join(FORMATS["text"].render(config).decode().split())
    files = {text} | {part.text for part in shown.root.parts("pre")}
    paths = {part.text for part in shown.root.parts("h3") if list(part.parts("code"))}
    shown_values = {" ".join(value.split()) for value in shown.root.values}
    assert shown_values <= known | together | files | paths | {ADDRESS, "Anna Lindqvist"}
    assert known <= set(shown.root.found("data-copy")), "each of the settings can be copied"
    assert "%EMAIL" not in shown.html


@every_way
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


@pytest.mark.parametrize(
    ("slug", "protocol"),
    [(guide.slug, protocol) for guide in GUIDES.values() if guide.terminal for protocol in guide.protocols],
)
def test_whoever_has_a_file_of_their_own_finds_both_ports(slug: str, protocol: Protocol) -> None:
    """Beside our file, which has them somewhere in an address."""
    config = config_for(slug, protocol, "odd")
    shown = set().union(*(step.part.values for step in page(slug, protocol, "odd").steps))
    assert {str(config.incoming.port), str(config.outgoing.port)} <= shown


@every_page
def test_the_page_obeys_the_strict_policy(slug: str, protocol: Protocol, shape: str) -> None:
    root = page(slug, protocol, shape).root
    assert not list(root.parts("style"))
    assert not list(root.parts(having="style"))
    assert not [part for part in root.parts("script") if "src" not in part.attributes]
    assert not [name for part in root.parts() for name in part.attributes if name.startswith("on")]


@every_way
def test_an_app_gets_the_kind_of_encryption_that_it_can_express_the_surest_first(
    slug: str, protocol: Protocol
) -> None:
    """The server offers both ways and prefers STARTTLS."""
    guide = GUIDES[slug]
    steps = page(slug, protocol, "both").root.values
    receiving = (guide.receiving or (SocketType.STARTTLS,))[0]
    sending = (guide.sending or (SocketType.STARTTLS,))[0]
    host = {SocketType.SSL: "ssl.hoster.example", SocketType.STARTTLS: "start.hoster.example"}
    port = {SocketType.SSL: "4651", SocketType.STARTTLS: "5871"}
    assert {host[receiving], host[sending], port[sending]} <= steps
    assert not (set(host.values()) - {host[receiving], host[sending]}) & steps


@every_way
def test_a_user_name_of_its_own_for_sending_is_said(slug: str, protocol: Protocol) -> None:
    """Whoever is told "the same" signs in for sending with the wrong name."""
    own = page(slug, protocol, "odd").text
    assert "same user name and password" not in own
    assert "Use same settings as my incoming mail server" not in own
    sending = page(slug, protocol, "odd").step_of("outgoing").part
    assert "anna9" in sending.values | page(slug, protocol, "odd").step_of("authentication").part.values
    same = page(slug, protocol, "ssl").text
    assert "same user name and password" in same


@every_way
def test_a_server_without_encryption_is_warned_of_and_no_tick_is_claimed(
    slug: str, protocol: Protocol
) -> None:
    plain = page(slug, protocol, "plain")
    assert plain.text.count("None: not safe") >= 2
    shapes = [shape for shape in ("ssl", "starttls", "odd") if (slug, protocol, shape) in EVERY_PAGE]
    assert "ask support for an encrypted server" in plain.text
    for claim in ("SSL/TLS", "STARTTLS", "Use SSL is on", "travels encrypted"):
        assert claim not in plain.step_of("incoming").part.text
    for shape in shapes:
        assert "ask support for an encrypted server" not in page(slug, protocol, shape).text


@every_way
def test_receiving_and_sending_are_each_called_what_they_are(slug: str, protocol: Protocol) -> None:
    half = page(slug, protocol, "half")
    assert "ask support for an encrypted server" in half.text
    assert half.text.count("None: not safe") >= 1
    if half.step_of("incoming").number != half.step_of("outgoing").number:
        assert "None: not safe" not in half.step_of("incoming").part.text


@pytest.mark.parametrize(
    ("shape", "on"), [("ssl", True), ("starttls", True), ("half", False), ("plain", False)]
)
def test_the_iphone_claims_ssl_in_both_places_only_where_it_is(shape: str, on: bool) -> None:
    assert ("Use SSL is on in both places" in page("apple-mail-iphone", shape=shape).text) == on


@pytest.mark.parametrize(("shape", "word"), [("ssl", "SSL/TLS"), ("starttls", "STARTTLS")])
def test_the_settings_name_the_encryption(shape: str, word: str) -> None:
    slug = "thunderbird"
    (card,) = (
        part
        for part in page(slug, shape=shape).root.parts("section")
        if part.attributes.get("id") == "settings"
    )
    assert card.text.count(word) == 2


@every_way
def test_pop3_readers_learn_whether_a_copy_stays_on_the_server(slug: str, protocol: Protocol) -> None:
    shown = page(slug, protocol, "ssl")
    (explained,) = (part for part in shown.root.parts("details") if "the difference?" in part.text)
    said = shown.text.replace(explained.text, "")
    note = re.search(r"\b(copy|copies|messages?|mail)\b[^.]*\b(on|from|off) (the |its )?server", said, re.I)
    assert bool(note) or protocol is Protocol.IMAP


@pytest.mark.parametrize("guide", GUIDES.values(), ids=GUIDES)
def test_what_an_app_does_with_the_copy_if_left_alone_is_what_its_page_says(guide: Guide) -> None:
    if guide.leaves_copies is not None:
        text = page(guide.slug, Protocol.POP3, "ssl").text
        answer = text.partition("Does my mail stay on the server?")[2]
        assert answer.strip().startswith("Yes" if guide.leaves_copies else "No")


@every_way
def test_the_way_from_pop3_to_imap_removes_the_old_account_last(slug: str, protocol: Protocol) -> None:
    """Many apps delete the mail of an account with it, and there may be no other copy."""
    shown = page(slug, protocol, "ssl")
    (explained,) = (part for part in shown.root.parts("details") if "the difference?" in part.text)
    (steps,) = (part for part in explained.parts("ol"))
    first, copy, look, last = (part.text for part in steps.parts("li"))
    assert "a second time, with IMAP" in first
    assert "Copy, don’t move" in copy
    assert "webmail" in look
    assert last.startswith("Only then remove the old account.")
    with_imap = [link for link in steps.found("href") if link.endswith(f"/{slug}/imap/")]
    assert len(with_imap) == (protocol is Protocol.POP3 and Protocol.IMAP in GUIDES[slug].protocols)


@pytest.mark.parametrize("name", ["", "<script>alert(1)</script>"])
@every_guide
def test_a_name_is_text_and_may_be_missing(slug: str, name: str) -> None:
    shown = page(slug, name=name, shape="ssl")
    assert "<script>alert" not in shown.html
    assert "Anna" not in shown.text
    assert (name in shown.root.values) == (bool(name) and GUIDES[slug].way != "file")


def test_windows_live_mail_asks_for_the_configured_port_in_place_of_25() -> None:
    text = page("windows-live-mail").text
    assert "Change the port from 25 to 5871" in text
    assert "Requires authentication" in text
    assert "Manually configure server settings for e-mail account" in text
    assert "Windows Live Mail remembers it for you" in text


def test_windows_live_mail_names_the_port_to_try_if_sending_fails() -> None:
    """The submission port with its tick first, as the seed has it; the other one only where there is one."""
    assert "5871" in page("windows-live-mail", shape="both").step_of("outgoing").part.values
    assert "4651" not in page("windows-live-mail", shape="both").step_of("outgoing").part.values
    assert "Try port" not in page("windows-live-mail", shape="odd").text


def test_windows_live_mail_with_pop3_says_where_the_copy_is_before_it_says_done() -> None:
    steps = page("windows-live-mail", Protocol.POP3).steps
    copy = next(step for step in steps if "Leave a copy of messages on server" in step.part.text)
    done = next(step for step in steps if "you’re done" in step.part.text)
    assert copy.number == done.number - 1


def test_windows_live_mail_says_when_to_leave_the_copy_and_names_a_step_once() -> None:
    shown = page("windows-live-mail", Protocol.POP3, "ssl")
    (copy,) = (step for step in shown.steps if "Leave a copy of messages on server" in step.part.text)
    assert "as soon as you’ve chosen Next below, before anything is fetched" in copy.part.text
    assert "Check what is for sending in step 7" in shown.text
    assert "from step 7" not in shown.text


def test_sending_in_two_steps_names_both() -> None:
    shown = page("outlook-classic", Protocol.POP3, "ssl")
    number = {anchor: step.number for step in shown.steps for anchor in step.anchors}
    assert number["authentication"] != number["outgoing"]
    assert f"Check the sign-in for sending as in step {number['authentication']}" in shown.text
    assert f"from step {number['outgoing']} on" in shown.text


def test_only_an_app_with_words_of_its_own_is_said_to_have_some() -> None:
    assert "Another app’s own" not in page("other", shape="ssl").text
    assert "Another app will" not in page("other", shape="ssl").text
    assert "Words like this are Thunderbird’s own" in page("thunderbird", shape="ssl").text


def test_a_discontinued_app_names_the_one_to_take_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(GUIDES, "thunderbird", replace(GUIDES["thunderbird"], name="Otter Mail", minutes=7))
    text = render("windows-live-mail", shape="ssl").text
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
    for slug in STEP_GUIDES:
        assert "https://webmail.hoster.example/" in page(slug, shape="ssl").links
        assert "Before you start: try your password in webmail." in page(slug, shape="ssl").text


def test_the_app_with_a_tick_named_ssl_ticks_it_on_every_encrypted_server() -> None:
    for shape, ticks in (("ssl", 1), ("plain", 0)):
        shown = page("windows-live-mail", shape=shape)
        assert shown.step_of("incoming").part.text.count("Tick it") == ticks


# --- The app's own words -------------------------------------------------------------------------------


@every_guide
def test_every_label_on_its_pages_is_listed_with_how_we_know_it_and_no_other(
    slug: str, settings: Any
) -> None:
    guide = GUIDES[slug]
    settings.PROFILE_SIGNING_CERT = "signing.pem"
    signed = render(slug, guide.protocols[0], "ssl")
    asked = [page(slug, protocol, "ssl", lookup=Lookup.WORKS) for protocol in guide.asks]
    listed = [label for labels in guide.labels.values() for label in labels]
    assert len(listed) == len(set(listed))
    shown = {
        part.text
        for shown in [signed, *asked, *(page(*where) for where in EVERY_PAGE if where[0] == slug)]
        for tag in ("span", "b")
        for part in shown.root.parts(tag)
        if part.attributes.get("class") in ("ui", "menu-path")
    } - {"like this"}
    assert shown == set(listed)
    assert all("[[" not in page(*where).text for where in EVERY_PAGE if where[0] == slug)


def test_staff_see_which_labels_nobody_has_checked() -> None:
    label = GUIDES["windows-live-mail"].labels[Grade.UNVERIFIED][0]
    assert f'{label}</span><sup class="doubt"' in render("windows-live-mail", shape="ssl", staff=True).html
    assert "doubt" not in page("windows-live-mail", shape="ssl").html


@every_guide
def test_a_window_is_drawn_at_least_once_and_said_in_words(slug: str) -> None:
    if GUIDES[slug].way == "file" or slug == "other":
        return
    sketches = [
        part.attributes["aria-label"]
        for protocol in GUIDES[slug].protocols
        for part in page(slug, protocol, "ssl").root.parts("div")
        if part.attributes.get("role") == "img"
    ]
    assert sketches
    for said in sketches:
        assert said.startswith("Sketch of the window “")
        assert not re.search(r"[<>{}]|\[\[", said)


def test_a_window_is_said_with_the_letters_of_a_name_as_they_are() -> None:
    windows = page("alpine", Protocol.IMAP, "ssl", name="Ann & <Bo>").root.parts("div", having="role")
    assert any("Personal Name, Ann & <Bo>, SMTP Server" in part.attributes["aria-label"] for part in windows)


@every_guide
def test_each_guide_says_where_its_settings_are_later(slug: str) -> None:
    (later,) = (
        part for part in page(slug, shape="ssl").root.parts("section") if part.attributes.get("id") == "later"
    )
    after = later.text.split("Where each setting is later", 1)[1]
    assert len(after.split()) > 10


# --- Windows Live Mail, as SmarterMail's help page has it ------------------------------------------------

SEED = [
    "The first time you start Windows Live Mail it opens by itself.",
    "Press Alt to show the menus, then choose Tools › Accounts › Add",
    "E-mail address",
    "Password",
    "Windows Live Mail remembers it for you.",
    "It’s shown as the sender on everything you send",
    "Display Name",
    "Manually configure server settings for e-mail account",
    "it’s unticked to begin with",
    "let the app find the settings",
    "Incoming server information",
    "Server type",
    "mail.kiosk.example",
    "Outgoing server information",
    "Change the port from 25 to 587",
    "Requires authentication",
    "Leave everything else as it is.",
]


def test_windows_live_mail_goes_the_way_of_the_page_that_it_grew_out_of() -> None:
    """In its order, with the address's own server for mail.YourDomain.com, and what that page left out."""
    services = tuple(
        ServerSettings(kind, "mail.%EMAILDOMAIN%", port, socket_type)
        for kind, port, socket_type in (
            (ServiceType.IMAP, 993, SocketType.SSL),
            (ServiceType.SMTP, 587, SocketType.STARTTLS),
            (ServiceType.SMTP, 465, SocketType.SSL),
        )
    )
    hosting = Hosting("kiosk.example", "kiosk.example", Source.DOMAIN, "Kiosk", services)
    shown = render_for("anna@kiosk.example", hosting, "windows-live-mail", Protocol.IMAP)
    steps = " ".join(step.part.text for step in shown.steps)
    place = 0
    for words in SEED:
        assert words in steps[place:], words
        place = steps.index(words, place) + len(words)
    for added in (
        "Requires a secure connection (SSL)",
        "Secure password authentication",
        "Logon user name",
        "revocation",
        "a newer app, such as Thunderbird",
        "Try port 465 for sending, with the same tick.",
    ):
        assert added in shown.text
