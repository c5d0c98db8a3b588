"""The page for comparing: who may see it, what it asks, what it answers."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from mailsetup.clientconfig import Protocol, SocketType
from mailsetup.comparison.explanations import WORDS
from mailsetup.connection_tests.report import readable_time
from mailsetup.connection_tests.services import close_connection_test
from mailsetup.guides.clients import GUIDES, Meaning
from mailsetup.guides.clients.messages import COMMON_WORDS
from mailsetup.hosting.models import Server, Service
from mailsetup.probes.findings import Code, Finding, Status, Step, Verdict
from mailsetup.setup_links.selectors import token_of
from mailsetup.setup_links.services import ensure_guide_link
from tests.comparison.conftest import ADDRESS, Compare
from tests.comparison.shown import Shown
from tests.connection_tests.runs import PASSWORD, START, findings, finished, queued, running, without_sign_in
from tests.html import read
from tests.provider import MakeLink, setup_of, support_looking_as

pytestmark = pytest.mark.django_db
RECEIVING = 0
WRONG = {"incoming_port": "110", "incoming_encryption": "none", "outgoing_port": "25"}
SILENCE = "Connection to server mail.example.com timed out."
REFUSED = "Login to server mail.example.com with username anna@example.com failed."


class TestWhoSeesIt:
    def test_owner_and_colleague_and_nobody_else(
        self, owner: User, colleague: User, stranger: User, signed_in: Callable[[User], Client]
    ) -> None:
        for user, status in ((owner, 200), (colleague, 200), (stranger, 404)):
            assert signed_in(user).get(ADDRESS).status_code == status
            assert signed_in(user).post(ADDRESS, WRONG).status_code == status
        answer = Client().post(ADDRESS, WRONG)
        assert answer["Location"].startswith("/accounts/login/")

    def test_whoever_holds_a_link(self, setup_link: MakeLink) -> None:
        _link, token = setup_link()
        shown = Shown(Client().post(f"/s/{token}/compare/", {"app": "thunderbird", **WRONG}))
        assert set(shown.differing) == {"Receiving: port", "Receiving: encryption", "Sending: port"}
        assert all(row.url.startswith(f"/s/{token}/") for row in shown.rows.values() if row.url)
        assert Client().get("/s/forged/compare/").status_code == 404

    def test_a_link_to_one_guide_compares_with_that_guide(self, owner: User) -> None:
        token = token_of(ensure_guide_link(setup_of(owner), client="thunderbird", protocol="pop3"))
        asked = Client().get(f"/s/{token}/compare/?app=geary&protocol=imap")
        assert "With Thunderbird" in read(asked).text
        assert not [field for field in read(asked).all("select") if field["name"] in ("app", "protocol")]
        shown = Shown(Client().post(f"/s/{token}/compare/", {"app": "geary", "protocol": "imap", **WRONG}))
        assert "Thunderbird, POP3" in shown.text
        assert shown.differing["Receiving: port"] == ("110", "995")
        other = Shown(Client().post(f"/s/{token}/compare/", {"incoming_port": "993"}))
        assert other.differing == {"Receiving: port": ("993", "995")}
        assert "Compare with IMAP" not in other.text

    def test_support_compares_as_the_customer(self, owner: User) -> None:
        assert Shown(support_looking_as(owner).post(ADDRESS, {"app": "thunderbird", **WRONG})).differing

    @pytest.mark.parametrize("missing", [("imap", "pop3"), ("smtp",)])
    def test_an_address_without_whole_settings(self, browser: Client, missing: tuple[str, ...]) -> None:
        Service.objects.filter(type__in=missing).delete()
        assert browser.get(ADDRESS).status_code == 404
        assert browser.post(ADDRESS, WRONG).status_code == 404


class TestTheForm:
    def test_it_speaks_the_words_of_the_app(self, browser: Client) -> None:
        page = read(browser.get(f"{ADDRESS}?app=outlook-classic&protocol=pop3"))
        hints = {hint["id"]: hint.text for hint in page.all("p", "hint")}
        assert hints["id_incoming_server_helptext"] == "Outlook (classic) calls it Incoming mail server"
        assert hints["id_incoming_port_helptext"] == "Outlook (classic) calls it Incoming server (POP3)"
        options = [option.text for option in page.all("option")]
        assert {"None", "SSL/TLS", "STARTTLS", "Automatic", "Not sure"} <= set(options)
        assert "0x800CCC0E" in [button.text for button in page.all("button", "pick")]

    def test_an_app_with_one_tick_has_no_list(self, browser: Client) -> None:
        page = read(browser.get(f"{ADDRESS}?app=windows-live-mail"))
        (encryption,) = (each for each in page.all("select") if each["name"] == "incoming_encryption")
        assert [option.text for option in encryption.all("option")] == ["Not sure", "Ticked", "Not ticked"]
        assert "Windows Live Mail calls it Requires a secure connection (SSL)" in page.text

    def test_our_own_word_needs_no_hint(self, browser: Client) -> None:
        page = read(browser.get(f"{ADDRESS}?app=fairemail&protocol=imap"))
        hints = {hint["id"] for hint in page.all("p", "hint")}
        assert "id_incoming_port_helptext" not in hints, "it says Port number"
        assert "id_user_name_helptext" not in hints
        assert "id_incoming_server_helptext" in hints

    def test_it_has_no_field_for_a_password(self, browser: Client) -> None:
        page = read(browser.get(ADDRESS))
        assert not [field for field in page.all("input") if field["type"] == "password"]
        assert "Leave your password out." in page.text

    def test_retired_apps_are_not_in_the_list(self, browser: Client) -> None:
        slugs = {option["value"] for option in read(browser.get(ADDRESS)).all("option")}
        assert {guide.slug for guide in GUIDES.values() if guide.status != "retired"} <= slugs
        assert not slugs & {"gmail-web", "windows-mail"}

    @pytest.mark.parametrize(
        ("values", "sentence"),
        [
            ({}, "Paste the message, or fill in one setting that your app has."),
            ({"message": "  \n "}, "Paste the message, or fill in one setting that your app has."),
            ({"incoming_port": "70000"}, "A port is a number from 1 to 65535, such as 993."),
            ({"incoming_port": "0"}, "A port is a number from 1 to 65535, such as 993."),
            ({"incoming_port": "993 (SSL)"}, "A port is a number from 1 to 65535, such as 993."),
            ({"incoming_port": "²"}, "A port is a number from 1 to 65535, such as 993."),
            ({"incoming_port": "9" * 5000}, "A port is a number from 1 to 65535, such as 993."),
            ({"message": "a" * 10_000}, "That’s more than 2000 characters."),
            ({"user_name": "a" * 255}, "That’s too long: it has 255 characters, and 254 are the most."),
        ],
        ids=lambda value: str(value)[:40],
    )
    def test_what_cannot_be_compared_is_said_in_a_sentence(
        self, browser: Client, values: dict[str, str], sentence: str
    ) -> None:
        answer = browser.post(ADDRESS, {"app": "thunderbird", **values})
        assert answer.status_code == 422
        assert sentence in read(answer).text

    def test_what_was_filled_in_stays(self, browser: Client) -> None:
        refused = browser.post(
            ADDRESS, {"app": "geary", "incoming_port": "x", "outgoing_server": "mail.x.example"}
        )
        assert 'value="mail.x.example"' in refused.content.decode()
        again = read(browser.post(ADDRESS, {**WRONG, "app": "geary", "user_name": "anna", "again": "1"}))
        fields = {field["name"]: field.attributes.get("value") for field in again.all("input")}
        assert (fields["incoming_port"], fields["user_name"]) == ("110", "anna")
        assert "Often said by Geary" in again.text

    def test_the_words_of_another_app_come_without_losing_what_is_typed(self, browser: Client) -> None:
        typed = {"message": "It fails", "outgoing_sign_in": "off", "incoming_encryption": "none"}
        page = read(browser.post(ADDRESS, {"app": "geary", **typed, "again": "1"}))
        (form,) = (form for form in page.all("form") if form.attributes.get("id") == "compare")
        assert "data-keep" in form.attributes, "the script takes over what was typed since"
        assert form.one("textarea").text == "It fails"
        chosen = {
            field["name"]: [
                option["value"] for option in field.all("option") if "selected" in option.attributes
            ]
            for field in form.all("select")
        }
        assert (chosen["outgoing_sign_in"], chosen["incoming_encryption"]) == (["off"], ["none"])

    @pytest.mark.parametrize("app", ["", "nothing", "gmail-web", "../", "x" * 3000])
    def test_an_app_that_is_not_there_is_another_app(self, compare: Compare, app: str) -> None:
        assert "Your app, IMAP" in compare(app=app, **WRONG).text

    def test_the_app_whose_guide_was_open_last_is_chosen(self, browser: Client) -> None:
        browser.get("/setup/anna@example.com/geary/imap/")
        assert "Often said by Geary" in read(browser.get(ADDRESS)).text
        assert "Often said by Evolution" in read(browser.get(f"{ADDRESS}?app=evolution")).text


class TestTheAnswer:
    def test_what_differs_comes_first_and_leads_to_its_step(self, compare: Compare) -> None:
        shown = compare(app="outlook-classic", protocol="pop3", incoming_server="mail.example.com", **WRONG)
        assert (shown.state, shown.headline) == ("warn", "Three settings to change")
        assert shown.lede == "All of them are in step 6 of your guide."
        assert shown.differing == {
            "Receiving: port": ("110", "995"),
            "Receiving: encryption": ("None", "SSL/TLS"),
            "Sending: port": ("25", "587"),
        }
        assert shown.first_rows[-1] == "Receiving: server"
        url = "/setup/anna@example.com/outlook-classic/pop3/?from=comparison#ports"
        assert {row.url for row in shown.rows.values() if row.state == "bad"} == {url}
        assert shown.primary == ["Show me step 6"]

    def test_arriving_there_the_guide_says_who_sent_one(self, browser: Client) -> None:
        guide = browser.get("/setup/anna@example.com/outlook-classic/pop3/?from=comparison").content.decode()
        assert "This is what differs in your app" in guide
        assert "Your test sent you here" not in guide

    @pytest.mark.parametrize(
        ("values", "headline", "lede"),
        [
            ({"incoming_port": "143"}, "One setting to change", "It’s in step 4 of your guide."),
            (
                {"incoming_port": "143", "user_name": "anna"},
                "Two settings to change",
                "Both are in step 4 of your guide.",
            ),
            (
                {"incoming_port": "143", "outgoing_port": "25"},
                "Two settings to change",
                "Each row leads to its step.",
            ),
            (
                {"incoming_port": "993"},
                "These settings are right",
                "What you’ve filled in is as it should be.",
            ),
        ],
    )
    def test_the_heading_is_the_answer(
        self, compare: Compare, values: dict[str, str], headline: str, lede: str
    ) -> None:
        shown = compare(**values)
        assert (shown.headline, shown.lede) == (headline, lede)

    def test_what_is_right_leaves_open_what_was_not_filled_in(self, compare: Compare) -> None:
        shown = compare(incoming_port="993", user_name="anna@example.com")
        assert shown.state == "ok"
        assert "so not compared: Receiving: server, Receiving: encryption, Sending: server" in shown.text
        assert shown.primary == ["Test my connection"]

    def test_a_server_and_its_port_in_one_field(self, compare: Compare) -> None:
        shown = compare(app="geary", incoming_server="mail.example.com:143")
        assert shown.differing == {"Receiving: port": ("143", "993")}

    def test_how_it_receives_is_told_from_the_port(self, compare: Compare) -> None:
        assert "Thunderbird, POP3" in compare(protocol="", incoming_port="995").text
        assert "Thunderbird, IMAP" in compare(protocol="", incoming_port="143").text
        assert "Thunderbird, IMAP" in compare(protocol="", outgoing_port="25").text

    def test_a_port_of_the_other_protocol_is_said_with_a_way_on(self, compare: Compare) -> None:
        shown = compare(protocol="imap", incoming_port="995")
        assert "That port for receiving belongs to POP3, and this compares with IMAP." in shown.text
        (form,) = (form for form in shown.page.all("form") if "note" in form.classes)
        sent = {field["name"]: field["value"] for field in form.all("input")}
        assert (sent["protocol"], sent["incoming_port"]) == ("pop3", "995")
        assert compare(**{**sent, "app": "thunderbird"}).headline == "These settings are right"

    def test_an_app_that_cannot_do_it_says_so_and_compares_nevertheless(self, compare: Compare) -> None:
        Service.objects.filter(type="imap").delete()
        shown = compare(app="geary", protocol="pop3", incoming_port="110")
        assert shown.differing["Receiving: port"] == ("110", "995")
        assert "Geary can’t be set up this way." in shown.text
        assert not [row.url for row in shown.rows.values() if row.url]

    def test_a_server_without_encryption_is_not_called_right_without_a_word(self, compare: Compare) -> None:
        Server.objects.get().services.update(socket_type=SocketType.PLAIN.value)
        shown = compare(incoming_encryption="none")
        assert "ask support for an encrypted server" in shown.text
        assert shown.rows["Receiving: encryption"].right == "None: not safe"


class TestTheMessage:
    def test_alone_it_says_where_to_look(self, compare: Compare) -> None:
        shown = compare(message=REFUSED)
        assert shown.headline == WORDS[Meaning.SIGN_IN].title
        assert shown.first_rows == ["User name", "Receiving: encryption", "Sending: encryption"]
        assert shown.rows["User name"].right == "anna@example.com"
        assert shown.rows["User name"].step == "Step 4 of your guide: User name"
        assert "so it isn’t always about the password" in shown.text
        assert "Try the password in webmail" in shown.text

    def test_it_can_be_chosen(self, compare: Compare) -> None:
        shown = compare(app="windows-live-mail", picked="0x800CCC0E", message="")
        assert shown.headline == WORDS[Meaning.UNREACHABLE].title

    def test_of_sending_it_looks_at_sending(self, compare: Compare) -> None:
        shown = compare(message="554 5.7.1 <x@y.example>: Relay access denied")
        assert shown.first_rows == ["Sending: sign-in", "Sending: port", "Sending: server"]

    def test_with_values_it_says_which_of_them_fit(self, compare: Compare) -> None:
        shown = compare(message=REFUSED, **WRONG)
        assert shown.headline == "Three settings to change"
        assert "Your password may well be right." in shown.lede
        assert (
            "That fits what differs: the port for receiving, the encryption for receiving, the port for "
            "sending. Once that’s right, the message should go away. Don’t switch encryption off"
        ) in shown.text
        assert "Try the password in webmail" not in shown.text

    def test_of_one_direction_only_that_one_fits(self, compare: Compare) -> None:
        shown = compare(message="Connection to server mail.example.com timed out.", **WRONG)
        assert "That fits what differs: the port for receiving. Once" in shown.text

    def test_with_right_values_it_is_something_else(self, compare: Compare) -> None:
        shown = compare(message=REFUSED, user_name="anna@example.com")
        assert (shown.state, shown.headline) == ("ok", "These settings are right")
        assert "Check the user name first" in shown.text
        assert "Try the password in webmail" in shown.text

    def test_unknown_it_is_said_in_a_sentence_with_two_ways_on(self, compare: Compare) -> None:
        shown = compare(message="Kontot är trasigt")
        assert shown.headline == "We don’t know this message"
        assert shown.primary == ["Test my connection"]
        assert "Fill in the settings" in shown.text
        assert compare(message="Kontot är trasigt", **WRONG).headline == "Three settings to change"

    def test_of_another_app_it_says_of_which(self, compare: Compare) -> None:
        shown = compare(app="spark", message="Non-overridable TLS error occurred.")
        assert "We know this message from Thunderbird, not from Spark." in shown.text

    @pytest.mark.parametrize("meaning", Meaning)
    def test_every_meaning_has_words_for_every_app(self, compare: Compare, meaning: Meaning) -> None:
        known = {message.meaning: message for guide in GUIDES.values() for message in guide.says}
        known |= {message.meaning: message for message in COMMON_WORDS}
        for app in ("outlook-classic", "other"):
            shown = compare(app=app, message=known[meaning].text.replace("…", "x"))
            assert "{" not in shown.text
            assert shown.headline in {str(words.title) for words in WORDS.values()}


class TestTheLastTest:
    @pytest.fixture(autouse=True)
    def without_a_broker(self, no_broker: dict[int, str]) -> None:
        """Tests are made up, not run."""

    @staticmethod
    def failed(code: Code, step: Step = Step.SIGN_IN) -> list[tuple[int, Finding]]:
        return findings(Protocol.IMAP, (RECEIVING, Finding(step, Status.FAILED, code, 5)))

    def test_that_met_the_same_is_joined(self, owner: User, compare: Compare) -> None:
        test = finished(queued(owner), self.failed(Code.AUTH_FAILED))
        shown = compare(message=REFUSED)
        assert "Your test found the same (Today, " in shown.text
        assert "“The server didn’t accept the password”" in shown.text
        assert f"/tests/{test.reference}/" in [link["href"] for link in shown.page.all("a")]

    def test_that_met_something_else_is_named(self, owner: User, compare: Compare) -> None:
        finished(queued(owner), self.failed(Code.CERT_EXPIRED, Step.TLS))
        assert "stopped at something else: “" in compare(message=REFUSED).text

    def test_beside_an_unknown_message_it_is_told_without_a_comparison(
        self, owner: User, compare: Compare
    ) -> None:
        finished(queued(owner), self.failed(Code.SILENT, Step.GREETING))
        shown = compare(message="Kontot är trasigt")
        assert shown.headline == "We don’t know this message"
        assert "We don’t know this message, so we can’t say what it comes of." in shown.text
        assert re.search(
            "Your last test [(]Today, .+[)] found this: “The server gives no answer”", shown.text
        )
        assert "something else" not in shown.text
        assert "something else" not in compare(incoming_port="993").text, "there is no message at all"

    def test_that_met_it_on_our_side_is_the_answer(self, owner: User, compare: Compare) -> None:
        finished(queued(owner), self.failed(Code.CERT_EXPIRED, Step.TLS))
        shown = compare(app="apple-mail-iphone", message="Cannot Verify Server Identity")
        assert shown.headline == "It’s on our side"
        assert re.fullmatch(
            r"Our test met the same at .+[.] There’s nothing to change in your app.", shown.lede
        )
        assert not shown.rows
        assert "Compare the servers’ names" not in shown.text, "nothing is to change there"
        assert "our test has the right ones and met the same" in shown.text
        assert "Don’t accept the certificate" in shown.text
        differing = compare(app="apple-mail-iphone", message="Cannot Verify Server Identity", **WRONG)
        assert differing.headline == "Three settings to change", "what differs is still to be changed"
        assert "Nothing to change" not in differing.text

    def test_that_met_it_on_our_side_leaves_what_no_setting_causes(
        self, owner: User, compare: Compare
    ) -> None:
        finished(queued(owner), self.failed(Code.AUTH_TEMP_FAILURE))
        shown = compare(message="NO [UNAVAILABLE] Temporary authentication failure")
        assert shown.headline == "It’s on our side"
        assert "Your settings are most likely fine" in shown.text
        assert "Often it comes of a setting" not in shown.text

    @pytest.mark.parametrize(
        ("code", "step", "message", "then", "now"),
        [
            (Code.SILENT, Step.GREETING, SILENCE, "it was on our side", "It’s on our side"),
            (Code.TCP_TIMEOUT, Step.CONNECT, SILENCE, "it wasn’t your app", "It’s on the network’s side"),
        ],
    )
    def test_of_long_ago_it_is_told_with_its_time(
        self,
        owner: User,
        compare: Compare,
        time_machine: Any,
        code: Code,
        step: Step,
        message: str,
        then: str,
        now: str,
    ) -> None:
        time_machine.move_to(START, tick=False)
        finished(queued(owner), self.failed(code, step))
        time_machine.move_to(START + timedelta(minutes=15), tick=False)
        shown = compare(message=message)
        assert shown.headline == now
        assert "Compare the ports" not in shown.text
        time_machine.move_to(START + timedelta(minutes=15, seconds=1), tick=False)
        shown = compare(message=message)
        at = readable_time(START)
        assert shown.headline == f"At {at} {then}"
        assert shown.lede == "Our test met the same then, and it may be put right by now. Test again."
        assert "othing to change" not in shown.text
        assert "Test again before you change anything. If the test passes: Compare the ports" in shown.text
        assert (shown.rows, shown.primary) == ({}, ["Test my connection"])
        right = compare(message=message, incoming_port="993")
        assert right.headline == "These settings are right"
        assert "Test again before you change anything." in right.text

    def test_that_got_in_says_that_the_server_is_fine(self, owner: User, compare: Compare) -> None:
        finished(queued(owner), findings())
        assert "got in, with the settings that your guide says" in compare(message=REFUSED).text

    def test_that_did_not_run_to_its_end_proves_nothing(self, owner: User, compare: Compare) -> None:
        for cause in (Code.CANCELLED, Code.LOST_RUN, Code.NOT_TESTABLE_HERE):
            test = running(queued(owner), findings()[:2])
            close_connection_test(test, Verdict.NOT_RUN, [cause])
            shown = compare(message=REFUSED)
            assert "fine" not in shown.text
            assert "Your last test" not in shown.text
        finished(queued(owner), self.failed(Code.AUTH_FAILED))
        close_connection_test(running(queued(owner)), Verdict.NOT_RUN, [Code.CANCELLED])
        assert "Your test found the same" in compare(message=REFUSED).text, "the one before it counts"

    def test_without_a_password_it_does_not_speak_of_one(self, owner: User, compare: Compare) -> None:
        finished(queued(owner), without_sign_in(Protocol.IMAP, Code.NO_PASSWORD, 0, 1))
        assert "It didn’t try a password." in compare(message=REFUSED).text

    def test_of_yesterday_or_of_somebody_else_it_counts_for_nothing(
        self, owner: User, colleague: User, compare: Compare, time_machine: Any, settings: Settings
    ) -> None:
        time_machine.move_to(START, tick=False)
        finished(queued(owner, address="bert@example.com"), self.failed(Code.AUTH_FAILED))
        assert "Your test" not in compare(message=REFUSED).text
        finished(queued(owner), self.failed(Code.AUTH_FAILED))
        assert "Your test" in compare(message=REFUSED).text
        settings.COMPARISON = msgspec.structs.replace(settings.COMPARISON, compare_test_hours=2)
        time_machine.move_to(START + timedelta(hours=2, seconds=1), tick=False)
        assert "Your test" not in compare(message=REFUSED).text

    def test_behind_a_link_only_the_links_own_counts(self, owner: User, setup_link: MakeLink) -> None:
        finished(queued(owner), self.failed(Code.AUTH_FAILED))
        _link, token = setup_link()
        shown = Shown(Client().post(f"/s/{token}/compare/", {"message": REFUSED}))
        assert "Your test" not in shown.text
        Client().post(f"/s/{token}/test/", {"protocol": "imap", "password": PASSWORD})

    def test_a_colleague_is_not_told_of_the_owners(
        self, owner: User, colleague: User, signed_in: Callable[[User], Client]
    ) -> None:
        finished(queued(owner), self.failed(Code.AUTH_FAILED))
        shown = Shown(signed_in(colleague).post(ADDRESS, {"message": REFUSED}))
        assert "Your test" not in shown.text

    @pytest.mark.parametrize(("found", "words"), [(findings(), "Works here but not in your app?"), ([], "")])
    def test_its_page_leads_here(
        self, owner: User, browser: Client, found: list[tuple[int, Finding]], words: str
    ) -> None:
        test = finished(queued(owner, client="geary"), found or self.failed(Code.AUTH_FAILED))
        page = read(browser.get(f"/tests/{test.reference}/"))
        assert f"{ADDRESS}?protocol=imap&app=geary" in [link["href"] for link in page.all("a")]
        assert words in page.text


def test_the_guide_leads_here(browser: Client) -> None:
    page = read(browser.get("/setup/anna@example.com/geary/imap/"))
    links = {link["href"]: link.text for link in page.all("a")}
    assert links[f"{ADDRESS}?protocol=imap&app=geary"] == "Compare with what Geary says"


def test_the_front_page_leads_here_once_an_address_is_chosen(browser: Client, setup_link: MakeLink) -> None:
    (button,) = (
        each for each in read(browser.get("/")).all("button") if each.attributes.get("name") == "compare"
    )
    assert button["formaction"] == "/test/"
    chosen = browser.get("/test/", {"address": "anna@example.com", "protocol": "pop3", "compare": "1"})
    assert chosen["Location"] == f"{ADDRESS}?protocol=pop3"
    asked = read(browser.get("/test/", {"other": "anna", "compare": "1"}))
    assert {field["name"]: field.attributes.get("value") for field in asked.all("input")}["compare"] == "1"
    assert asked.one("h1").text == "What does your app say?"
    _link, token = setup_link()
    links = [link["href"] for link in read(Client().get(f"/s/{token}/")).all("a")]
    assert f"/s/{token}/compare/" in links


@pytest.mark.parametrize("port", ["0", "65536", "99999", "123456"])
def test_a_port_behind_the_server_is_one(browser: Client, port: str) -> None:
    answer = browser.post(
        ADDRESS, {"app": "thunderbird", "protocol": "imap", "incoming_server": f"mail.example.com:{port}"}
    )
    assert answer.status_code == 422
    assert "A port is a number from 1 to 65535, such as 993." in read(answer).text


@pytest.mark.parametrize(
    ("typed", "server"),
    [("2001:db8::993", "2001:db8::993"), ("[2001:db8::1]:993", "[2001:db8::1]"), ("::1:2", "::1:2")],
)
def test_an_ipv6_address_stays_whole(compare: Compare, typed: str, server: str) -> None:
    theirs = [row.theirs for row in compare(incoming_server=typed).rows.values()]
    assert server in theirs
