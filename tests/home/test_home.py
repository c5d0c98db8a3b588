"""The start page: the three questions, what they offer, and where the answers lead."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import Customer, Membership, User
from accounts.services import ensure_user
from mailsetup.clientconfig import Protocol
from mailsetup.discovery.dns_watch import watcher
from mailsetup.guides.clients import GUIDES
from mailsetup.hosting.models import Service
from mailsetup.hosting.provisioning import provision
from tests.connection_tests.runs import queued
from tests.faults import FaultyNameServer
from tests.html import Element, read
from tests.provider import MakeLink

pytestmark = pytest.mark.django_db
AGENTS = {
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)": (
        "an iPhone or iPad",
        "iPhone and iPad",
        "Mail on iPhone and iPad",
    ),
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko": ("a Linux computer", "Linux", "Thunderbird"),
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140": (
        "a Windows computer",
        "Windows",
        "Outlook (classic)",
    ),
}


@pytest.fixture
def browser(owner: User, signed_in: Any) -> Client:
    return signed_in(owner)


@pytest.fixture
def two_domains(request: pytest.FixtureRequest, provider_file: dict[str, Any]) -> None:
    """The customer gets a second domain, with a name in its own script."""
    request.getfixturevalue("provider")
    provider_file["domains"][0]["mailboxes"].append("bert@example.com")
    more = {**provider_file["domains"][0], "name": "bücher.example", "aliases": []}
    provider_file["domains"].append({**more, "mailboxes": ["ida@bücher.example"]})
    provision(json.dumps(provider_file).encode())


def questions(answer: Any) -> Element:
    return read(answer).one("form", "asks")


def radios(form: Element, name: str) -> dict[str, bool]:
    """What can be chosen, and whether it is."""
    fields = [field for field in form.all("input") if field.attributes.get("name") == name]
    return {field["value"]: "checked" in field.attributes for field in fields}


# --- Which address -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("two_domains")
def test_the_mailboxes_stand_below_their_domains_and_nobody_begins_with_somebody_elses(
    browser: Client,
) -> None:
    form = questions(browser.get("/"))
    assert [name.text for name in form.all("span", "group-name")] == ["example.com", "bücher.example"]
    assert radios(form, "address") == {
        "anna@example.com": False,
        "bert@example.com": False,
        "ida@xn--bcher-kva.example": False,
    }
    assert "ida@bücher.example" in form.text
    assert "Any address in one of your domains, also one that isn’t listed." in form.text


@pytest.mark.usefixtures("two_domains")
@pytest.mark.parametrize(
    ("email", "ticked", "typed"),
    [
        ("bert@example.com", ["bert@example.com"], ""),
        # Not on record, and in a domain all the same.
        ("cleo@example.com", [], "cleo@example.com"),
        ("cleo@elsewhere.example", [], ""),
    ],
)
def test_everybody_begins_with_their_own_address(
    signed_in: Any, email: str, ticked: list[str], typed: str
) -> None:
    person = ensure_user(email)
    Membership.objects.create(user=person, customer=Customer.objects.get(external_id="whmcs:1234"))

    form = questions(signed_in(person).get("/"))

    assert [address for address, chosen in radios(form, "address").items() if chosen] == ticked
    (field,) = [field for field in form.all("input") if field.attributes.get("name") == "other"]
    assert field["value"] == typed


def test_the_only_address_is_chosen(browser: Client) -> None:
    assert radios(questions(browser.get("/")), "address") == {"anna@example.com": True}


@pytest.mark.usefixtures("two_domains")
def test_the_address_that_was_tested_lately_is_chosen(browser: Client, owner: User) -> None:
    queued(owner, address="bert@example.com")
    form = questions(browser.get("/"))
    assert [address for address, chosen in radios(form, "address").items() if chosen] == ["bert@example.com"]


@pytest.mark.usefixtures("two_domains")
def test_the_address_that_was_chosen_stays_chosen(browser: Client) -> None:
    form = questions(browser.get("/setup/", {"address": "bert@example.com", "app": "no-such-app"}))
    assert [address for address, chosen in radios(form, "address").items() if chosen] == ["bert@example.com"]


def test_with_one_domain_its_name_is_said(browser: Client) -> None:
    hint = "Any address that ends in @example.com, also one that isn’t listed."
    assert hint in questions(browser.get("/")).text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("x@elsewhere.example", "That address isn’t in one of your domains."),
        ("x@nowhere.example", "That address isn’t in one of your domains."),
    ],
)
@pytest.mark.parametrize("page", ["/setup/", "/test/"])
def test_an_address_of_somebody_else_is_as_unknown_as_none(
    browser: Client, page: str, typed: str, sentence: str
) -> None:
    answer = browser.get(page, {"other": typed, "address": "anna@example.com", "app": "other"})
    form = questions(answer)
    assert answer.status_code == 422
    assert sentence in form.text
    (field,) = [field for field in form.all("input") if field.attributes.get("name") == "other"]
    assert (field["value"], field["aria-invalid"]) == (typed, "true")


# --- The test of an address ----------------------------------------------------------------------------


@pytest.mark.usefixtures("two_domains")
def test_with_several_addresses_one_is_chosen_before_the_test(browser: Client) -> None:
    form = questions(browser.get("/test/"))
    assert set(radios(form, "address")) == {
        "ida@xn--bcher-kva.example",
        "anna@example.com",
        "bert@example.com",
    }
    assert "ida@bücher.example" in form.text
    groups = [name.text for name in form.all("span", "group-name")]
    assert sorted(groups) == ["bücher.example", "example.com"]
    answer = browser.get("/test/", {"address": "bert@example.com", "other": ""})
    assert answer["Location"] == "/setup/bert@example.com/test/"
    answer = browser.get("/test/", {"address": "bert@example.com", "other": "anna@example.com"})
    assert answer["Location"] == "/setup/anna@example.com/test/"


@pytest.mark.usefixtures("two_domains")
@pytest.mark.parametrize("place", ["/test/?other=", "/test/?other=+", "/setup/?other=&app=thunderbird"])
def test_whoever_carries_on_without_an_address_is_told_what_to_do(browser: Client, place: str) -> None:
    answer = browser.get(place)
    assert answer.status_code == 422
    (field,) = [each for each in questions(answer).all("input") if each.attributes.get("name") == "other"]
    assert (field["value"], field["aria-invalid"]) == ("", "true")
    said = "No address is chosen yet. Choose one, or type one here."
    assert said in questions(answer).text
    assert said not in questions(browser.get(place.partition("?")[0].replace("setup/", ""))).text


@pytest.mark.usefixtures("two_domains")
def test_the_front_page_tests_the_address_that_is_chosen_there(browser: Client) -> None:
    page = read(browser.get("/"))
    (button,) = [each for each in page.all("button") if each.text == "Test my connection"]
    assert button["form"] == page.one("form", "asks")["id"]
    chosen = {"address": "bert@example.com", "other": "", "protocol": "pop3", "q": ""}
    answer = browser.get(button["formaction"], chosen)
    assert answer["Location"] == "/setup/bert@example.com/test/?protocol=pop3"
    answer = browser.get(button["formaction"], {**chosen, "protocol": "jmap"})
    assert answer["Location"] == "/setup/bert@example.com/test/"


def test_without_a_domain_there_is_nothing_to_test(signed_in: Any) -> None:
    nobody = User.objects.create_user("new@customer.example", "a long password of nobody")
    assert "There’s no domain here" in read(signed_in(nobody).get("/test/")).text


# --- Which protocol ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "protocol"), [("", "imap"), ("?protocol=pop3", "pop3"), ("?protocol=smtp", "imap")]
)
def test_imap_is_chosen_unless_asked_otherwise(browser: Client, query: str, protocol: str) -> None:
    chosen = radios(questions(browser.get(f"/{query}")), "protocol")
    assert [name for name, ticked in chosen.items() if ticked] == [protocol]


@pytest.mark.parametrize("wanted", ["imap", "pop3", "smtp", ""])
def test_what_the_server_does_not_offer_leads_to_what_it_offers(browser: Client, wanted: str) -> None:
    Service.objects.filter(type="imap").delete()
    answer = browser.get("/setup/", {"address": "anna@example.com", "app": "other", "protocol": wanted})
    assert answer["Location"] == "/setup/anna@example.com/other/pop3/"


def test_behind_a_link_only_what_the_server_offers_is_asked(setup_link: MakeLink, client: Client) -> None:
    Service.objects.filter(type="imap").delete()
    _link, token = setup_link()
    form = questions(client.get(f"/s/{token}/"))
    assert radios(form, "protocol") == {"pop3": False}, "nothing to choose"
    assert form["action"] == f"/s/{token}/"


def test_the_question_is_about_devices_and_says_what_becomes_of_phone_and_webmail(browser: Client) -> None:
    choice = questions(browser.get("/")).all("fieldset")[1]
    assert choice.text.index("more than one device") < choice.text.index("IMAP")
    assert "Your phone and webmail won’t see it afterwards" in choice.text
    assert "These leave a copy unless you change it: Thunderbird, Thunderbird and K-9 Mail" in choice.text
    assert "These take your mail away: KMail, Kontact." in choice.text


# --- Which app -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("agent", AGENTS)
def test_the_apps_of_the_device_come_first(browser: Client, agent: str) -> None:
    device, heading, app = AGENTS[agent]
    form = questions(browser.get("/", headers={"user-agent": agent}))
    detected = form.one("div", "detected")
    assert detected.one("p").text == f"It looks like you’re on {device} ."
    first = [name.text for button in detected.all("button", "app") for name in button.all("b")]
    assert app in first
    assert len(first) <= 4
    groups = {group.one("summary").text: group for group in form.all("details", "more")}
    more = [text for text in groups if text.startswith(heading)]
    assert all(" more app" in text for text in more)
    for text in more:
        rest = {name.text for button in groups[text].all("button", "app") for name in button.all("b")}
        assert rest.isdisjoint(first)


def test_an_ipad_that_calls_itself_a_mac_is_offered_both(browser: Client) -> None:
    safari = (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/18.0 Safari/605.1.15"
    )
    detected = questions(browser.get("/", headers={"user-agent": safari})).one("div", "detected")
    assert detected.one("p").text == "It looks like you’re on a Mac or an iPad ."
    buttons = [button["value"] for button in detected.all("button", "app")]
    assert buttons[:2] == ["apple-mail-iphone", "apple-mail-mac"]
    firefox = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0"
    other = questions(browser.get("/", headers={"user-agent": firefox})).one("div", "detected")
    assert other.one("p").text == "It looks like you’re on a Mac ."
    assert "apple-mail-iphone" not in [button["value"] for button in other.all("button", "app")]


def test_what_is_no_longer_made_and_the_terminal_stand_apart(browser: Client) -> None:
    windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140"
    form = questions(browser.get("/", headers={"user-agent": windows}))
    shown = {
        button["value"]: group.one("summary").text
        for group in form.all("details", "more")
        for button in group.all("button", "app")
    }
    assert shown["windows-live-mail"].startswith("No longer made")
    assert shown["windows-mail"].startswith("No longer made")
    assert shown["neomutt"].startswith("In a terminal")
    first = [button["value"] for button in form.one("div", "detected").all("button", "app")]
    assert "windows-live-mail" not in first


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("outl", {"outlook-classic", "outlook-new", "outlook-mobile", "outlook-mac"}),
        ("OUTLOOK classic", {"outlook-classic"}),
        ("thunderbrid", {"thunderbird", "thunderbird-android"}),
        ("windos live mail", {"windows-live-mail"}),
        ("livemail", {"windows-live-mail"}),
        ("iphone", {"apple-mail-iphone", "outlook-mobile"}),
        ("k-9", {"thunderbird-android"}),
        ("terminal", {"neomutt", "mbsync"}),
        ("samsung", {"samsung-email"}),
        ("the bat!", {"the-bat"}),
    ],
)
def test_an_app_is_found_by_part_of_its_name_its_device_or_a_slip(
    browser: Client, query: str, found: set[str]
) -> None:
    form = questions(browser.get("/setup/", {"address": "anna@example.com", "protocol": "pop3", "q": query}))
    buttons = [button["value"] for button in form.all("button", "app")]
    assert found <= set(buttons)
    assert len(buttons) < 12
    assert form.all("h3")[-1].text.endswith(f"for “{query}”")
    assert radios(form, "protocol")["pop3"], "the other answers stay"
    assert not form.all("div", "detected")
    (field,) = (each for each in form.all("input") if each.attributes.get("name") == "q")
    assert field["value"] == query


def test_what_was_typed_is_marked_in_the_name(browser: Client) -> None:
    form = questions(browser.get("/", {"q": "outl"}))
    assert form.all("mark")[0].text == "Outl"


@pytest.mark.parametrize("query", ["pegasus", "<script>alert(1)</script>", "%", "'", "x" * 300])
def test_what_is_not_found_leads_to_the_settings(browser: Client, query: str) -> None:
    answer = browser.get("/setup/", {"address": "anna@example.com", "q": query})
    form = questions(answer)
    assert not form.all("button", "app")
    assert form.all("h3")[-1].text == f"We have no guide for “{query[:100]}” yet"
    assert "<script>alert" not in answer.content.decode()
    assert [button.text for button in form.all("button", "primary")] == ["Show me the settings"]


def test_all_apps_come_back_with_the_answers_given(browser: Client) -> None:
    form = questions(browser.get("/setup/", {"address": "anna@example.com", "protocol": "pop3", "q": "outl"}))
    (link,) = (url for text, url in form.links().items() if text.startswith("Show all"))
    again = questions(browser.get(f"/setup/{link}"))
    assert radios(again, "protocol")["pop3"]
    assert len(again.all("button", "app")) > 20


def test_the_app_of_the_last_guide_is_offered_first(browser: Client) -> None:
    assert not questions(browser.get("/")).all("div", "last")
    answer = browser.get("/setup/anna@example.com/thunderbird/imap/")
    cookie = answer.cookies["last_app"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("thunderbird/imap", True, "Lax")
    assert cookie["max-age"] == 90 * 86400
    last = questions(browser.get("/")).one("div", "last")
    assert last.one("b").text == "Thunderbird"
    assert last.one("button")["value"] == "thunderbird"
    browser.cookies["last_app"] = "an-app-of-later"
    assert not questions(browser.get("/")).all("div", "last")


def test_carrying_on_is_with_the_protocol_of_the_last_guide(browser: Client) -> None:
    browser.get("/setup/anna@example.com/windows-live-mail/pop3/")
    form = questions(browser.get("/"))
    assert "Your last choice, with POP3" in form.one("div", "last").text
    assert radios(form, "protocol") == {"imap": False, "pop3": True}
    assert radios(questions(browser.get("/setup/?protocol=imap")), "protocol")["imap"]


@pytest.mark.parametrize("last", ["thunderbird", "thunderbird/", "thunderbird/smtp", "/pop3", "nothing/pop3"])
def test_a_last_choice_that_is_none_leaves_the_usual_protocol(browser: Client, last: str) -> None:
    browser.cookies["last_app"] = last
    assert radios(questions(browser.get("/")), "protocol") == {"imap": True, "pop3": False}


def test_no_device_is_guessed_from_nothing(browser: Client) -> None:
    form = questions(browser.get("/"))
    assert not form.all("div", "detected")
    assert {button["value"] for button in form.all("button", "app")} >= {"thunderbird", "windows-live-mail"}
    assert len({button["value"] for button in form.all("button", "app")}) == len(GUIDES) - 1


def test_each_app_says_how_it_is_set_up(browser: Client) -> None:
    buttons = questions(browser.get("/")).all("button", "app")
    ways = {button["value"]: ways_of(button) for button in buttons}
    assert ways["windows-live-mail"] == {"": "9 steps"}
    assert ways["apple-mail-iphone"] == {"": "One tap"}
    assert ways["neomutt"] == {"": "A file to copy"}
    assert ways["windows-mail"] == {"": "No longer works"}
    assert ways["thunderbird"] == {"": "6 steps"}, "nobody knows yet that it asks us in vain"
    assert "other" not in ways


def ways_of(button: Element) -> dict[str, str]:
    """What a card says of how much there is to do, by the protocol for which it says so."""
    return {way.attributes.get("data-protocol", ""): way.text for way in button.all("span", "way")}


@pytest.mark.parametrize("place", ["/", "/?q=outlook", "/?q=mac"])
def test_apps_without_pop3_are_marked_for_whoever_chooses_it(browser: Client, place: str) -> None:
    """The stylesheet shows the one for the protocol that is chosen."""
    for button in questions(browser.get(place)).all("button", "app"):
        guide, ways = GUIDES[button["value"]], ways_of(button)
        lacks_pop3 = guide.protocols == (Protocol.IMAP,)
        assert ways.get("pop3", "").endswith("IMAP only") == lacks_pop3, guide.slug
        assert "IMAP only" not in ways.get("imap", ""), guide.slug
        assert ("" in ways) == (not lacks_pop3), guide.slug


def test_what_an_app_does_by_itself_is_said_where_dns_leads_it_here_for_each_domain(
    browser: Client, settings: Any, request: pytest.FixtureRequest
) -> None:
    settings.PORTAL_URL = "https://setup.hoster.example"

    def ways_when_dns_leads_here(*domains: str) -> dict[str, dict[str, str]]:
        records = {(f"autoconfig.{domain}", "CNAME"): ("setup.hoster.example.",) for domain in domains}
        with FaultyNameServer(records) as server:
            settings.PROBE_RESOLVER = server.address
            for domain in ("example.com", "xn--bcher-kva.example"):
                watcher.look_at(domain)
        buttons = questions(browser.get("/")).all("button", "app")
        return {button["value"]: ways_of(button) for button in buttons}

    one = ways_when_dns_leads_here("example.com")
    assert one["thunderbird"] == {"": "Just type your address"}
    assert one["thunderbird-android"] == {"imap": "Just type your address", "pop3": "6 steps"}
    assert one["outlook-classic"] == {"": "8 steps"}, "it asks another name"
    request.getfixturevalue("two_domains")
    assert ways_when_dns_leads_here("example.com")["thunderbird"] == {"": "6 steps"}
    both = ways_when_dns_leads_here("example.com", "xn--bcher-kva.example")
    assert both["thunderbird"] == {"": "Just type your address"}


def test_enter_searches_or_shows_the_settings_and_chooses_no_app_by_accident(browser: Client) -> None:
    assert questions(browser.get("/")).all("button")[0]["value"] == "enter"
    asked = {"address": "anna@example.com", "app": "enter", "protocol": "imap"}
    assert browser.get("/setup/", asked)["Location"] == "/setup/anna@example.com/other/imap/"
    assert "for “outl”" in browser.get("/setup/", asked | {"q": "outl"}).content.decode()


# --- Behind a link -------------------------------------------------------------------------------------


def test_behind_a_link_its_address_stands_and_nobodys_tests(
    setup_link: MakeLink, owner: User, signed_in: Any
) -> None:
    _link, token = setup_link()
    for someone in (Client(), signed_in(owner)):
        page = read(someone.get(f"/s/{token}/")).one("main")
        assert "For anna@example.com" in page.text
        assert radios(page, "address") == {}
        assert "Lately" not in page.text
        assert page.links()["Test my connection"] == f"/s/{token}/test/"
