"""Every guide, for both protocols, with settings that no template could have typed in itself."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from mailsetup.clientconfig import (
    Hosting,
    ServerSettings,
    ServiceType,
    SocketType,
    Source,
    parse_address,
    resolve,
)
from mailsetup.guides.clients import GUIDES, TOPICS, Guide, Platform, guides_for

HOSTING = Hosting(
    domain="kiosk.example",
    primary_domain="kiosk.example",
    source=Source.DOMAIN,
    display_name="Kiosk Mail",
    services=(
        ServerSettings(
            ServiceType.IMAP, "in7.hoster.example", 9931, SocketType.SSL, username="%EMAILLOCALPART%7"
        ),
        ServerSettings(
            ServiceType.POP3, "pop7.hoster.example", 9951, SocketType.SSL, username="%EMAILLOCALPART%8"
        ),
        ServerSettings(ServiceType.SMTP, "out7.hoster.example", 5871, SocketType.STARTTLS),
    ),
    webmail_url="https://webmail.hoster.example/",
)
EVERY_PAGE = [
    pytest.param(guide, protocol, id=f"{guide.slug}-{protocol}")
    for guide in GUIDES.values()
    for protocol in guide.protocols
]
# Hard-typed settings would be one of these: every port that mail apps and hosters talk about.
WELL_KNOWN_PORTS = {"25", "110", "143", "465", "587", "993", "995", "2525"}


class Page(HTMLParser):
    """What a reader, a browser and a policy see of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.inline: list[str] = []
        self.values: list[str] = []
        self.copied: list[str] = []
        self.links: list[str] = []
        self._in_code = False
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if "id" in named:
            self.ids.append(named["id"] or "")
        if tag == "style" or "style" in named or any(name.startswith("on") for name in named):
            self.inline.append(self.get_starttag_text() or tag)
        if tag == "script" and "src" not in named:
            self.inline.append(self.get_starttag_text() or tag)
        if "data-copy" in named:
            self.copied.append(named["data-copy"] or "")
        if tag == "a":
            self.links.append(named.get("href") or "")
        self._in_code = tag == "code"

    def handle_endtag(self, tag: str) -> None:
        self._in_code = False

    def handle_data(self, data: str) -> None:
        if self._in_code:
            self.values.append(data)
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def show(guide: Guide, protocol: ServiceType, hosting: Hosting = HOSTING, **context: object) -> str:
    config = resolve(parse_address("anna@kiosk.example"), hosting, protocol)
    request = RequestFactory().get("/")
    request.user = SimpleNamespace(is_authenticated=False, is_hijacked=False)
    visit = SimpleNamespace(
        display_address="anna@kiosk.example",
        home_url="/home-of-visit/",
        test_url="/test-of-visit/",
        phone_url="/phone-of-visit/",
        via_link=True,
    )
    values = {
        "guide": guide,
        "config": config,
        "protocol": protocol.value,
        "display_name": "Anna Lindqvist",
        "visit": visit,
        "switch": {"imap": "/to-imap/", "pop3": "/to-pop3/"},
        "profile_url": "/the-profile/" if guide.profile else "",
        "on_device": False,
        "from_test": "",
        **context,
    }
    return render_to_string(f"mailsetup/guides/{guide.slug}.html", values, request=request)


@pytest.mark.parametrize(("guide", "protocol"), EVERY_PAGE)
def test_every_value_comes_from_the_settings_of_the_address(guide: Guide, protocol: ServiceType) -> None:
    page = Page(show(guide, protocol))
    config = resolve(parse_address("anna@kiosk.example"), HOSTING, protocol)
    known = {
        str(value)
        for service in (config.incoming, config.outgoing)
        for value in (service.hostname, service.port, service.username)
    }
    assert {*page.values, *page.copied} <= known | {"anna@kiosk.example", "Anna Lindqvist"}
    assert known <= set(page.copied), "each of the settings can be copied"
    numbers = set(re.findall(r"(?<![\d.:])\d{2,5}(?![\d.])", page.text))
    # The one port that is said as it is: the one that Windows Live Mail starts with.
    assert numbers & WELL_KNOWN_PORTS <= ({"25"} if guide.slug == "windows-live-mail" else set())
    assert not re.search(r"\bmail\.\w+\.\w+", page.text), "no host name but the configured ones"


@pytest.mark.parametrize(("guide", "protocol"), EVERY_PAGE)
def test_steps_are_numbered_through_and_a_test_can_point_at_each_topic(
    guide: Guide, protocol: ServiceType
) -> None:
    page = Page(show(guide, protocol))
    numbers = [int(name.removeprefix("step-")) for name in page.ids if name.startswith("step-")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert 0 < guide.step_count(protocol) <= len(numbers)
    assert set(guide.steps[protocol]) == set(TOPICS)
    assert set(guide.steps[protocol].values()) <= set(numbers)


@pytest.mark.parametrize(("guide", "protocol"), EVERY_PAGE)
def test_the_steps_that_a_topic_points_at_hold_its_values(guide: Guide, protocol: ServiceType) -> None:
    html = show(guide, protocol)
    config = resolve(parse_address("anna@kiosk.example"), HOSTING, protocol)

    def step(topic: str) -> str:
        number = guide.steps[protocol][topic]
        return html.split(f'id="step-{number}"')[1].split('<li id="step-')[0]

    assert config.incoming.hostname in step("incoming")
    assert config.outgoing.hostname in step("outgoing")
    assert config.incoming.username in step("user_name")
    assert "password" in step("password").lower()


@pytest.mark.parametrize(("guide", "protocol"), EVERY_PAGE)
def test_pages_obey_the_strict_policy_and_ids_are_unique(guide: Guide, protocol: ServiceType) -> None:
    page = Page(show(guide, protocol))
    assert page.inline == []
    assert len(page.ids) == len(set(page.ids))


@pytest.mark.parametrize(("guide", "protocol"), EVERY_PAGE)
def test_links_lead_on_back_and_to_the_other_protocol(guide: Guide, protocol: ServiceType) -> None:
    links = Page(show(guide, protocol)).links
    assert {"/home-of-visit/", "/test-of-visit/", "/to-imap/", "/to-pop3/"} <= set(links)
    assert ("/the-profile/" in links) == bool(guide.profile)


@pytest.mark.parametrize(("guide", "protocol"), EVERY_PAGE)
def test_a_server_without_encryption_is_warned_of_and_no_tick_is_claimed(
    guide: Guide, protocol: ServiceType
) -> None:
    plain = replace(
        HOSTING,
        services=tuple(replace(service, socket_type=SocketType.PLAIN) for service in HOSTING.services),
    )
    page = Page(show(guide, protocol, hosting=plain, profile_url=""))
    assert "None: not safe" in page.text
    assert "ask support for an encrypted server" in page.text
    assert "SSL/TLS" not in Page(show(GUIDES["windows-live-mail"], protocol, hosting=plain)).text


@pytest.mark.parametrize(("guide", "protocol"), EVERY_PAGE)
def test_pop3_readers_learn_how_to_leave_a_copy_on_the_server(guide: Guide, protocol: ServiceType) -> None:
    text = Page(show(guide, protocol)).text
    own_note = re.search(
        "Leave a copy of messages on server|Leave messages on server|Delete from server"
        "|Leave a copy on the server",
        text,
    )
    assert bool(own_note) == (protocol is ServiceType.POP3)
    assert "IMAP or POP3: what’s the difference?" in text


def test_windows_live_mail_asks_for_the_configured_port_in_place_of_25() -> None:
    text = Page(show(GUIDES["windows-live-mail"], ServiceType.IMAP)).text
    assert "Change the port from 25 to 5871" in text
    assert "Requires authentication" in text
    assert "Manually configure server settings for e-mail account" in text
    assert "Windows Live Mail remembers it for you" in text


def test_windows_live_mail_without_starttls_for_receiving_says_so() -> None:
    starttls = replace(
        HOSTING,
        services=tuple(replace(service, socket_type=SocketType.STARTTLS) for service in HOSTING.services),
    )
    note = "which Windows Live Mail may not know for receiving"
    assert note in show(GUIDES["windows-live-mail"], ServiceType.IMAP, hosting=starttls)
    assert note not in show(GUIDES["windows-live-mail"], ServiceType.IMAP)


def test_the_iphone_claims_a_signature_only_when_there_is_one() -> None:
    iphone = GUIDES["apple-mail-iphone"]
    assert "Verified" not in show(iphone, ServiceType.IMAP)
    assert "Verified" in show(iphone, ServiceType.IMAP, profile_signed=True)


def test_the_iphone_without_a_profile_starts_with_the_manual_way() -> None:
    html = show(GUIDES["apple-mail-iphone"], ServiceType.IMAP, profile_url="")
    assert 'id="step-1"' not in html
    assert re.search(r'<details class="more" open>.*?id="step-6"', html, re.DOTALL)


def test_the_iphone_fetches_the_profile_by_itself_after_a_scan() -> None:
    iphone = GUIDES["apple-mail-iphone"]
    assert 'http-equiv="refresh" content="1;url=/the-profile/"' in show(
        iphone, ServiceType.IMAP, open_profile=True, on_device=True
    )
    assert "http-equiv" not in show(iphone, ServiceType.IMAP)


def test_a_reader_sent_by_a_test_finds_the_folded_step_open() -> None:
    html = show(GUIDES["thunderbird"], ServiceType.IMAP, from_test="7K4Q-29XM")
    assert "Your test sent you here" in html
    assert re.search(r'<details class="more" open>.*?id="step-6"', html, re.DOTALL)
    assert "Your test sent you here" not in show(GUIDES["thunderbird"], ServiceType.IMAP)


def test_a_name_with_markup_stays_text() -> None:
    html = show(GUIDES["windows-live-mail"], ServiceType.IMAP, display_name="<script>alert(1)</script>")
    assert "<script>alert" not in html


def test_guides_are_offered_for_the_platform_they_run_on() -> None:
    assert [guide.slug for guide in guides_for(Platform.WINDOWS)] == ["windows-live-mail", "thunderbird"]
    assert [guide.slug for guide in guides_for(Platform.IOS)] == ["apple-mail-iphone"]
    assert all(platform in GUIDES["other"].platforms for platform in Platform)


@pytest.mark.parametrize("guide", GUIDES.values(), ids=GUIDES)
def test_facts_are_whole(guide: Guide) -> None:
    assert guide.evidence
    assert guide.hue in range(0, 331, 30)
    assert len(guide.tile) == 2
    assert set(guide.steps) == set(guide.step_counts) == set(guide.protocols)
