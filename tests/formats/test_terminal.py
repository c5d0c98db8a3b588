"""Files for the terminal; that the programs take them is in tests/clients."""

import ast
import configparser
import json
import re
import shlex
import tomllib
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote, urlsplit

import pytest

from mailsetup.clientconfig import (
    Authentication,
    Protocol,
    ServerSettings,
    parse_address,
    resolve,
    resolve_domain,
)
from mailsetup.formats import FORMATS, NothingToOffer
from mailsetup.formats.terminal.base import TerminalFormat
from tests.formats import hostings

IMAP, POP3 = Protocol.IMAP, Protocol.POP3
SLUGS = [slug for slug, each in FORMATS.items() if isinstance(each, TerminalFormat)]
IMAP_ONLY = ["mbsync", "offlineimap", "aerc", "himalaya"]
OVER_TLS = (hostings.IMAP, hostings.POP3, hostings.SMTP)
POP3_STARTTLS = replace(hostings.IMAP_STARTTLS, type=hostings.POP3.type, port=110)
UPGRADED = (hostings.IMAP_STARTTLS, POP3_STARTTLS, hostings.SMTP_STARTTLS)
# Legal in an address, and all of it means something to a shell or a file of settings.
NASTY = "o'neil&co$%#{x}@example.com"


def render(
    slug: str,
    *services: ServerSettings,
    address: str = "anna@example.com",
    protocol: Protocol = IMAP,
) -> str:
    hosting = hostings.offering(*(services or OVER_TLS))
    return FORMATS[slug].render(resolve(parse_address(address), hosting, protocol)).decode()


@pytest.mark.parametrize("slug", SLUGS)
def test_the_files(slug: str, matches_golden: Callable[[str, bytes], None]) -> None:
    for protocol in Protocol:
        for kind, services in {"ssl": OVER_TLS, "starttls": UPGRADED}.items():
            if slug in IMAP_ONLY and protocol is POP3:
                continue
            if (slug, kind) == ("getmail", "starttls"):
                continue
            rendered = render(slug, *services, protocol=protocol)
            matches_golden(f"terminal/{slug}-{protocol}-{kind}.txt", rendered.encode())


@pytest.mark.parametrize("slug", SLUGS)
def test_every_file_says_what_it_is_and_names_no_password(slug: str) -> None:
    first, second, blank, *_ = render(slug).splitlines()
    file_format = FORMATS[slug]
    assert isinstance(file_format, TerminalFormat)
    assert first.startswith(f"# {file_format.program}: anna@example.com.")
    assert second.startswith("# ")
    assert blank == ""
    text = re.sub(r"\W+", " ", render(slug))
    assert "pass show mail anna example com" in text or "asks for the password" in first + second


@pytest.mark.parametrize("slug", IMAP_ONLY)
def test_a_program_that_has_no_pop3_is_not_told_of_it(slug: str) -> None:
    with pytest.raises(NothingToOffer, match=r"reads IMAP only\.$"):
        render(slug, protocol=POP3)


def test_getmail_is_not_sent_to_a_port_that_it_can_not_encrypt() -> None:
    with pytest.raises(NothingToOffer, match=r"^getmail has no STARTTLS"):
        render("getmail", *UPGRADED)


@pytest.mark.parametrize("slug", SLUGS)
def test_implicit_tls_comes_first_and_nothing_in_the_clear_at_all(slug: str) -> None:
    both = render(slug, hostings.IMAP_STARTTLS, hostings.IMAP, hostings.SMTP_STARTTLS, hostings.SMTP)
    assert re.search(r"\b(993|465)\b", both)
    assert not re.search(r"\b(143|587)\b", both)
    oauth = Authentication.OAUTH2
    for services in (
        (hostings.IMAP_PLAIN, hostings.SMTP_PLAIN),
        (replace(hostings.IMAP, authentication=oauth), replace(hostings.SMTP, authentication=oauth)),
    ):
        with pytest.raises(NothingToOffer):
            render(slug, *services)


@pytest.mark.parametrize("slug", SLUGS)
def test_it_is_made_for_one_address(slug: str) -> None:
    with pytest.raises(NothingToOffer, match=rf"^{slug} is made for one address\.$"):
        FORMATS[slug].render(resolve_domain(hostings.DOMAIN, IMAP))


@pytest.mark.parametrize("slug", SLUGS)
def test_no_user_name_begins_a_line_of_its_own(slug: str) -> None:
    evil = replace(hostings.IMAP, username="x\nPassCmd evil")
    with pytest.raises(NothingToOffer, match="line break"):
        render(slug, evil, hostings.SMTP)


def test_names_that_a_program_could_not_read_are_refused() -> None:
    with pytest.raises(NothingToOffer, match="backticks"):
        render("neomutt", address="a`id`@example.com")
    with pytest.raises(NothingToOffer, match="colon"):
        render("curl", replace(hostings.IMAP, username="a:b"), hostings.SMTP)


# --- What is nasty comes out of the programs' own grammar as it went in ---------------------------------

COMMAND = f"pass show {shlex.quote(f'mail/{NASTY}')}"


def after(text: str, key: str) -> str:
    [value] = [line.removeprefix(key).strip() for line in text.splitlines() if line.startswith(key)]
    return value


def test_mbsync_and_fetchmail_escape_in_double_quotes() -> None:
    name = replace(hostings.IMAP, username='a "b" \\c')
    assert after(render("mbsync", name, hostings.SMTP), "User ") == '"a \\"b\\" \\\\c"'
    assert after(render("fetchmail", name, hostings.SMTP), "    user ") == '"a \\"b\\" \\\\c"'
    assert json.loads(after(render("mbsync", address=NASTY), "PassCmd ")) == COMMAND


def test_msmtp_takes_the_quotes_off_and_leaves_the_rest() -> None:
    assert after(render("msmtp", address=NASTY), "passwordeval ") == f'"{COMMAND}"'
    assert shlex.split(COMMAND) == ["pass", "show", f"mail/{NASTY}"]


def test_neomutt_expands_nothing_in_single_quotes_and_what_is_escaped() -> None:
    assert after(render("neomutt"), "set from = ") == "'anna@example.com'"
    assert after(render("neomutt", address=NASTY), "set from = ") == '"o\'neil&co\\$%#{x}@example.com"'
    url = after(render("neomutt", address=NASTY), "set smtp_url = ").strip("'")
    assert unquote(urlsplit(url).username or "") == NASTY


def test_aerc_reads_urls() -> None:
    parser = configparser.RawConfigParser()
    parser.read_string(render("aerc", address=NASTY))
    account = parser[NASTY]
    assert unquote(urlsplit(account["source"]).username or "") == NASTY
    assert urlsplit(account["source"]).hostname == "mail.example.com"
    assert account["source-cred-cmd"] == account["outgoing-cred-cmd"] == COMMAND


def test_getmail_reads_a_tuple() -> None:
    parser = configparser.RawConfigParser()
    parser.read_string(render("getmail", address=NASTY))
    assert ast.literal_eval(parser["retriever"]["password_command"]) == ("pass", "show", f"mail/{NASTY}")
    assert parser["retriever"]["username"] == NASTY


def test_offlineimap_doubles_the_percent() -> None:
    parser = configparser.ConfigParser()
    parser.read_string(render("offlineimap", address=NASTY))
    assert parser["Repository remote"]["remoteuser"] == NASTY
    expression = parser["Repository remote"]["remotepasseval"]
    assert repr(["pass", "show", f"mail/{NASTY}"]) in expression
    assert compile(expression, "", "eval")


def test_himalaya_is_toml() -> None:
    account = tomllib.loads(render("himalaya", address=NASTY))["accounts"][NASTY]
    assert account["email"] == NASTY
    assert account["imap"]["server"] == "imaps://mail.example.com:993"
    assert account["smtp"]["sasl"]["plain"]["password"]["command"] == COMMAND


def test_curl_is_a_line_of_a_shell() -> None:
    read, send = [line for line in render("curl", address=NASTY).splitlines() if line.startswith("curl")]
    assert shlex.split(read) == ["curl", "--user", NASTY, "--url", "imaps://mail.example.com:993/INBOX?ALL"]
    sent = ["--mail-from", NASTY, "--mail-rcpt", NASTY, "--upload-file", "message.txt"]
    assert shlex.split(send)[5:] == sent
    assert "--ssl-reqd" in render("curl", *UPGRADED)
