"""The admin's form of a mail server, as a person fills it in: without a script, by its buttons."""

import html
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts.models import User
from mailsetup.clientconfig import ServerSettings, ServiceType, SocketType
from mailsetup.hosting import services
from mailsetup.hosting.models import Domain, Server
from mailsetup.hosting.selectors import revision
from tests.html import Element, read

pytestmark = pytest.mark.django_db
ADD = "/admin/hosting/server/add/"
IMAP = {"type": "imap", "hostname": "mail.%EMAILDOMAIN%", "port": "993", "socket_type": "SSL"}
SMTP = {"type": "smtp", "hostname": "mail.%EMAILDOMAIN%", "port": "465", "socket_type": "SSL"}
POP3 = {"type": "pop3", "hostname": "mail.%EMAILDOMAIN%", "port": "995", "socket_type": "SSL"}


@pytest.fixture
def support(provider: None) -> Client:
    user = User.objects.create_superuser("support@hoster.example", "a long password of staff")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client = Client()
    client.force_login(user)
    return client


def form(*rows: dict[str, str], **fields: str) -> dict[str, str]:
    """What the page sends with these rows."""
    sent = {"name": "Mail 5", "example": "anna@kunde.example", "odd": "", **fields}
    for number, row in enumerate(rows):
        whole = {"authentication": "password-cleartext", "username": "%EMAILADDRESS%", **row}
        sent |= {f"way-{number}-{name}": text for name, text in whole.items()}
    return sent


def pressed(client: Client, button: str, *rows: dict[str, str], **fields: str) -> Element:
    answer = client.post(ADD, form(*rows, **fields, press=button))
    assert answer.status_code == 200
    return read(answer)


def ports(page: Element) -> list[str]:
    inputs = [one for one in page.all("input") if one.attributes.get("name", "").endswith("-port")]
    return [one.attributes.get("value", "") for one in inputs]


def test_what_was_filled_in_is_stored_in_its_order_and_told_at_once(support: Client) -> None:
    before = revision()
    patterns = "MX5.hoster.example\r\n\r\n  *.cluster5.hoster.example. \r\nmx5.hoster.example"
    answer = support.post(ADD, form(IMAP, SMTP, save="1", mx_patterns=patterns), follow=True)
    assert "Saved: Mail 5." in answer.content.decode()
    server = Server.objects.get(name="Mail 5")
    assert server.mx_patterns == ["mx5.hoster.example", "*.cluster5.hoster.example"]
    assert [(one.position, one.type, one.port) for one in server.services.all()] == [
        (0, "imap", 993),
        (1, "smtp", 465),
    ]
    assert revision() > before
    assert LogEntry.objects.get().object_repr == "Mail 5"
    page = f"/admin/hosting/server/{server.pk}/change/"
    assert "mx5.hoster.example" in support.get(page).content.decode()
    assert support.post(page, form(POP3, IMAP, SMTP, save="1")).status_code == 302
    assert [one.port for one in server.services.all()] == [995, 993, 465]


def test_what_was_saved_keeps_its_name_and_can_be_tried(support: Client) -> None:
    page = read(support.post(ADD, form(IMAP, SMTP, save="1", name="mail9 <b>"), follow=True))
    server = Server.objects.get(name="mail9 <b>")
    (said,) = page.all("li", "success")
    assert "Saved: mail9 <b>." in said.text
    assert said.links() == {
        "Try all rows now": f"/admin/hosting/server/{server.pk}/change/#needed",
        "How the servers are doing": "/servers/",
    }


def test_a_domain_of_the_admin_leads_to_the_desk(support: Client) -> None:
    domain = Domain.objects.get(name="example.com")
    page = read(support.get(f"/admin/hosting/domain/{domain.pk}/change/"))
    links = page.one("ul", "object-tools").links()
    assert links["At the support desk"] == "/desk/domains/example.com/"


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([IMAP], "A whole row with SMTP"),
        ([SMTP], "A whole row with IMAP or POP3"),
        ([], "A whole row with SMTP"),
        ([IMAP, {**SMTP, "port": "25"}], "Port 25 is for servers among themselves"),
        ([IMAP, SMTP, {**SMTP, "hostname": "no name"}], "“no name” is not a host name."),
        ([IMAP, SMTP, {**POP3, "port": "99999"}], "less than or equal to 65535"),
        ([IMAP, SMTP, {**POP3, "port": "many"}], "Enter a whole number."),
        ([IMAP, SMTP, {**POP3, "hostname": ""}], "This field is required."),
        ([IMAP, SMTP, {**POP3, "type": "exchange"}], "exchange is not one of the available choices"),
    ],
)
def test_what_no_app_could_use_is_not_stored_and_says_why(
    support: Client, rows: list[dict[str, str]], sentence: str
) -> None:
    answer = support.post(ADD, form(*rows, save="1"))
    assert answer.status_code == 200
    assert sentence in html.unescape(answer.content.decode())
    assert not Server.objects.filter(name="Mail 5").exists()


def test_a_pattern_that_is_none_is_named(support: Client) -> None:
    page = read(support.post(ADD, form(IMAP, SMTP, save="1", mx_patterns="mx.ok.example\nmx one")))
    assert "“mx one” is neither a host name nor a pattern such as *.mx.hoster.example." in page.text


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({**POP3, "socket_type": "STARTTLS"}, "Odd: port 995 expects SSL/TLS; STARTTLS belongs to port 110."),
        ({**IMAP, "port": "143"}, "Odd: port 143 expects STARTTLS; SSL/TLS belongs to port 993."),
        ({**IMAP, "port": "995"}, "Odd: port 995 is for POP3; IMAP with SSL/TLS has port 993."),
        ({**SMTP, "port": "587"}, "Odd: port 587 expects STARTTLS; SSL/TLS belongs to port 465."),
        ({**IMAP, "socket_type": "plain"}, "Without encryption everybody on the way can read the password."),
    ],
)
def test_an_odd_row_is_stored_only_after_it_was_shown(
    support: Client, row: dict[str, str], sentence: str
) -> None:
    shown = read(support.post(ADD, form(IMAP, SMTP, row, save="1")))
    assert sentence in shown.text
    assert not Server.objects.filter(name="Mail 5").exists()
    [seen] = [one["value"] for one in shown.all("input") if one.attributes.get("name") == "odd"]
    other = {**SMTP, "port": "993"}
    assert support.post(ADD, form(IMAP, SMTP, row, other, save="1", odd=seen)).status_code == 200
    assert support.post(ADD, form(IMAP, SMTP, row, save="1", odd=seen)).status_code == 302
    assert Server.objects.get(name="Mail 5").services.count() == 3


def test_usual_rows_and_other_ports_are_not_odd(support: Client) -> None:
    usual = {**SMTP, "port": "587", "socket_type": "STARTTLS"}
    own = {**IMAP, "port": "10993"}
    assert support.post(ADD, form(IMAP, SMTP, usual, own, save="1")).status_code == 302


@pytest.mark.parametrize(
    ("button", "left"),
    [
        ("up 1", ["995", "993", "465"]),
        ("up 0", ["993", "995", "465"]),
        ("up 7", ["993", "995", "465"]),
        ("up 2", ["993", "465", "995"]),
        ("down 0", ["995", "993", "465"]),
        ("down 1", ["993", "465", "995"]),
        ("down 2", ["993", "995", "465"]),
        ("down 7", ["993", "995", "465"]),
        ("down -1", ["993", "995", "465"]),
        ("remove 1", ["993", "465"]),
        ("add smtp", ["993", "995", "465", ""]),
        ("add exchange", ["993", "995", "465"]),
        ("usual Plesk", ["993", "995", "465", "587"]),
        ("usual nothing", ["993", "995", "465"]),
        ("-1", ["993", "995", "465"]),
    ],
)
def test_buttons_arrange_the_rows_and_store_nothing(support: Client, button: str, left: list[str]) -> None:
    page = pressed(support, button, IMAP, POP3, SMTP)
    assert ports(page) == left
    assert not Server.objects.filter(name="Mail 5").exists()


def test_each_row_goes_up_and_down_as_far_as_there_are_rows_and_tab_goes_on_from_there(
    support: Client,
) -> None:
    page = pressed(support, "show", IMAP, POP3, SMTP)
    moves = [
        (one["aria-label"], one["value"], one["formaction"], "disabled" in one.attributes)
        for one in page.all("button", "act")
        if one["aria-label"].startswith("Move")
    ]
    assert moves == [
        ("Move row 1 up", "up 0", "#row-0", True),
        ("Move row 1 down", "down 0", "#row-2", False),
        ("Move row 2 up", "up 1", "#row-1", False),
        ("Move row 2 down", "down 1", "#row-3", False),
        ("Move row 3 up", "up 2", "#row-2", False),
        ("Move row 3 down", "down 2", "#row-4", True),
    ]
    rows = [row["id"] for row in page.all("li") if row.attributes.get("id", "").startswith("row-")]
    assert rows == ["row-1", "row-2", "row-3"]


def test_the_usual_rows_keep_the_servers_own_name_where_the_software_has_one(support: Client) -> None:
    page = pressed(support, "usual mailcow", {**IMAP, "hostname": "mail5.hoster.example"})
    hosts = [
        one["value"] for one in page.all("input") if one.attributes.get("name", "").endswith("-hostname")
    ]
    assert hosts == ["mail5.hoster.example"] * 4
    [software] = [one["value"] for one in page.all("input") if one.attributes.get("name") == "software"]
    assert software == "mailcow"


def test_usual_rows_complain_of_nothing_that_nobody_has_typed_yet(support: Client) -> None:
    for button in ("usual mailcow", "add pop3", "show"):
        answer = support.post(ADD, form({**IMAP, "hostname": ""}, press=button, name=""))
        page = read(answer)
        assert "required" not in page.text
        assert page.all("p", "error") == []
        assert "Something to put right" not in page.text
        assert not [one for one in page.all("li") if one.attributes.get("data-state") == "bad"]
    wrong = pressed(support, "usual mailcow", {**IMAP, "hostname": "no name"}, name="")
    assert "“no name” is not a host name." in wrong.text, "what is wrong is said"
    saved = read(support.post(ADD, form({**IMAP, "hostname": ""}, SMTP, save="1", name="")))
    assert saved.text.count("This field is required.") == 2


def test_what_is_needed_lists_the_name_and_where_the_preview_comes_from(support: Client) -> None:
    for page in (read(support.get(ADD)), pressed(support, "usual mailcow", name=" ")):
        needed = next(one for one in page.all("section") if "Before it can be saved" in one.text)
        assert "By which staff know it" in needed.text
        assert "“Show it again” shows it here" in page.text
    page = pressed(support, "show", IMAP, SMTP)
    assert "By which staff know it" not in page.text
    assert "Nothing yet" not in page.text


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("webmail.hoster.example", "https://webmail.hoster.example"),
        ("webmail.hoster.example:8443/login?x=1", "https://webmail.hoster.example:8443/login?x=1"),
        ("http://webmail.hoster.example", "http://webmail.hoster.example"),
        ("javascript:alert(1)", ""),
        ("mailto:anna@hoster.example", ""),
        ("webmail", ""),
    ],
)
def test_a_web_address_is_taken_as_people_say_it(support: Client, typed: str, stored: str) -> None:
    answer = support.post(ADD, form(IMAP, SMTP, save="1", webmail_url=typed, caldav_url=typed))
    found = Server.objects.filter(name="Mail 5").values_list("webmail_url", "caldav_url")
    assert list(found) == ([(stored, stored)] if stored else [])
    if not stored:
        assert "A web address starts with https://." in read(answer).text


def test_what_an_app_would_get_is_shown_for_an_address(support: Client) -> None:
    row = {**IMAP, "username": "%EMAILLOCALPART%"}
    page = pressed(support, "show", row, SMTP, {**IMAP, "port": "143"}, example="Anna+shop@Kunde.example")
    told = page.all("aside")[0].text
    assert "mail.kunde.example Port and encryption 993 , SSL/TLS User name anna Sending" in told
    assert "143" not in told
    assert "An address has an @ in it" in pressed(support, "show", IMAP, SMTP, example="anna").text


@pytest.mark.parametrize("path", [ADD, "/admin/hosting/server/1/change/"])
def test_nobody_else_gets_at_it(client: Client, owner: User, signed_in: Any, path: str) -> None:
    for browser in (client, signed_in(owner)):
        assert browser.get(path).status_code == 302
        assert browser.post(path, form(IMAP, SMTP, save="1")).status_code == 302
    assert Server.objects.filter(name="Mail 5").count() == 0


def test_a_server_that_is_gone_is_not_found(support: Client) -> None:
    assert support.get("/admin/hosting/server/4711/change/").status_code in (302, 404)


def test_what_is_stored_past_the_models_is_noted_for_who_answers_programs(provider: None) -> None:
    server, domain = Server.objects.create(name="new"), Domain.objects.get(name="example.com")
    before = revision()
    assert services.replace_services(
        server, [ServerSettings(ServiceType.IMAP, "mail.example.com", 993, SocketType.SSL)]
    )
    assert revision() == before + 1
    services.replace_names(domain, aliases=["example.net", "more.example"], mailboxes=["anna"])
    assert revision() == before + 2
    services.replace_names(domain, aliases=["example.net", "more.example"], mailboxes=["bo"])
    assert revision() == before + 2, "programs are told nothing of mailboxes"
