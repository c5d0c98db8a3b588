"""Profiles as an iPhone takes them: Apple's required keys, stable identifiers, no password."""

import plistlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mailsetup.clientconfig import (
    Authentication,
    Hosting,
    Protocol,
    parse_address,
    resolve,
    resolve_domain,
)
from mailsetup.formats import FORMATS, NothingToOffer, Scope
from tests.formats import hostings

FORMAT = FORMATS["mobileconfig"]
# apple/device-management, mdm/profiles: TopLevel.yaml, CommonPayloadKeys.yaml, com.apple.mail.managed.yaml.
REQUIRED_OF_PAYLOADS = {"PayloadType", "PayloadVersion", "PayloadIdentifier", "PayloadUUID"}
REQUIRED_OF_MAIL = {
    "EmailAccountType",
    "IncomingMailServerHostName",
    "IncomingMailServerAuthentication",
    "OutgoingMailServerHostName",
    "OutgoingMailServerAuthentication",
}
KEYS_OF_MAIL = REQUIRED_OF_MAIL | {
    "EmailAccountDescription",
    "EmailAddress",
    "IncomingMailServerPortNumber",
    "IncomingMailServerUseSSL",
    "IncomingMailServerUsername",
    "OutgoingMailServerPortNumber",
    "OutgoingMailServerUseSSL",
    "OutgoingMailServerUsername",
    "OutgoingPasswordSameAsIncomingPassword",
    "PayloadDisplayName",
}


def render(
    address: str = "anna@example.com",
    protocol: Protocol = Protocol.IMAP,
    hosting: Hosting = hostings.DOMAIN,
) -> bytes:
    return FORMAT.render(resolve(parse_address(address), hosting, protocol))


def profile(*args: Any, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    outer = plistlib.loads(render(*args, **kwargs))
    [account] = outer["PayloadContent"]
    return outer, account


@pytest.mark.parametrize("protocol", [Protocol.IMAP, Protocol.POP3])
def test_the_profile_of_an_address(protocol: Protocol, matches_golden: Callable[[str, bytes], None]) -> None:
    matches_golden(f"mobileconfig-{protocol}.mobileconfig", render(protocol=protocol))


@pytest.mark.parametrize(
    ("protocol", "account_type"),
    [(Protocol.IMAP, "EmailTypeIMAP"), (Protocol.POP3, "EmailTypePOP")],
)
def test_it_holds_what_apple_requires_and_nothing_that_apple_does_not_know(
    protocol: Protocol, account_type: str
) -> None:
    outer, account = profile(protocol=protocol)
    assert outer["PayloadType"] == "Configuration"
    assert account["PayloadType"] == "com.apple.mail.managed"
    assert account["EmailAccountType"] == account_type
    assert outer.keys() >= REQUIRED_OF_PAYLOADS
    assert account.keys() >= REQUIRED_OF_PAYLOADS | REQUIRED_OF_MAIL
    assert account.keys() <= REQUIRED_OF_PAYLOADS | KEYS_OF_MAIL
    assert outer["PayloadVersion"] == account["PayloadVersion"] == 1
    assert outer["PayloadOrganization"] == "Example Mail"


def test_it_holds_no_password() -> None:
    _outer, account = profile()
    assert not {"IncomingPassword", "OutgoingPassword"} & account.keys()
    assert account["OutgoingPasswordSameAsIncomingPassword"] is True


def test_encryption_is_on_and_implicit_tls_wins_over_the_providers_starttls() -> None:
    _outer, account = profile()
    assert account["IncomingMailServerUseSSL"] is account["OutgoingMailServerUseSSL"] is True
    assert account["IncomingMailServerPortNumber"] == 993
    assert account["OutgoingMailServerPortNumber"] == 465


def test_starttls_is_used_when_there_is_nothing_else() -> None:
    hosting = hostings.offering(hostings.IMAP, hostings.SMTP_PLAIN, hostings.SMTP_STARTTLS)
    _outer, account = profile(hosting=hosting)
    assert account["OutgoingMailServerPortNumber"] == 587
    assert account["OutgoingMailServerUseSSL"] is True


@pytest.mark.parametrize(
    "hosting",
    [
        hostings.offering(hostings.IMAP_PLAIN, hostings.SMTP),
        hostings.offering(hostings.IMAP, hostings.SMTP_PLAIN),
        hostings.offering(replace(hostings.IMAP, authentication=Authentication.OAUTH2), hostings.SMTP),
    ],
)
def test_what_an_iphone_could_not_do_safely_is_not_offered(hosting: Hosting) -> None:
    with pytest.raises(NothingToOffer, match=r"^example\.com has no encrypted (IMAP|SMTP) service\.$"):
        render(hosting=hosting)


def test_a_sign_in_that_hides_the_password_is_asked_for() -> None:
    hidden = replace(hostings.IMAP, authentication=Authentication.PASSWORD_ENCRYPTED)
    _outer, account = profile(hosting=hostings.offering(hidden, hostings.SMTP))
    assert account["IncomingMailServerAuthentication"] == "EmailAuthCRAMMD5"
    assert account["OutgoingMailServerAuthentication"] == "EmailAuthPassword"


def test_a_profile_is_for_one_address_and_not_for_a_domain() -> None:
    with pytest.raises(NothingToOffer, match=r"^A profile is made for one address\.$"):
        FORMAT.render(resolve_domain(hostings.DOMAIN, Protocol.IMAP))


def identifiers(outer: dict[str, Any]) -> set[str]:
    payloads = [outer, *outer["PayloadContent"]]
    return {payload[key] for payload in payloads for key in ("PayloadIdentifier", "PayloadUUID")}


def test_installing_again_replaces_and_other_accounts_stay_untouched() -> None:
    first, _ = profile()
    again, _ = profile(hosting=replace(hostings.DOMAIN, services=(hostings.IMAP_STARTTLS, hostings.SMTP)))
    assert identifiers(first) == identifiers(again)
    assert len(identifiers(first)) == 4
    others = [profile("bert@example.com")[0], profile(protocol=Protocol.POP3)[0]]
    for other in others:
        assert not identifiers(first) & identifiers(other)
    assert first["PayloadIdentifier"].startswith("com.example.mail.")


def test_an_alias_sends_as_itself_and_signs_in_as_the_mailbox() -> None:
    _outer, account = profile("anna@example.net", hosting=hostings.ALIAS)
    assert account["EmailAddress"] == "anna@example.net"
    assert account["IncomingMailServerUsername"] == "anna@example.com"


@pytest.mark.parametrize(
    ("address", "filename"),
    [
        ("_xavier@example.com", "mail-_xavier@example.com.mobileconfig"),
        ("anna@example.com", "mail-anna@example.com.mobileconfig"),
        ("o'brien+shop@example.com", "mail-o-brien+shop@example.com.mobileconfig"),
    ],
)
def test_the_file_name_is_safe_everywhere(address: str, filename: str) -> None:
    assert FORMAT.filename(resolve(parse_address(address), hostings.DOMAIN, Protocol.IMAP)) == filename


def test_strange_names_stay_text() -> None:
    outer, _account = profile(hosting=replace(hostings.DOMAIN, display_name='A & B <"x">\x00\n</plist>'))
    assert outer["PayloadOrganization"] == 'A & B <"x"> </plist>'


def test_a_long_name_is_cut_where_a_phone_would_cut_it() -> None:
    outer, _account = profile(hosting=replace(hostings.DOMAIN, display_name="N" * 59 + " " + "M" * 20))
    assert outer["PayloadOrganization"] == "N" * 59
    outer, _account = profile(hosting=replace(hostings.DOMAIN, display_name="N" * 61))
    assert outer["PayloadOrganization"] == "N" * 60


def test_it_is_for_one_address_and_downloaded_as_what_an_iphone_installs() -> None:
    assert FORMAT.public is False
    assert FORMAT.scope is Scope.ADDRESS
    assert FORMAT.media_type == "application/x-apple-aspen-config"
    assert FORMAT.read_by == "Mail on iPhone, iPad and Mac (its maker's documentation)"


# --- Several addresses, calendars, address books ---------------------------------------------------------


WITH_DAV = replace(
    hostings.DOMAIN,
    caldav_url="https://dav.%EMAILDOMAIN%/calendars/%EMAILADDRESS%/",
    carddav_url="https://dav.%EMAILDOMAIN%:8443/",
)
# apple/device-management, mdm/profiles: com.apple.caldav.account.yaml, com.apple.carddav.account.yaml.
DAV_KEYS = {"AccountDescription", "HostName", "Port", "PrincipalURL", "UseSSL", "Username"}


def several(owner: str = "7", *addresses: str, protocol: Protocol = Protocol.IMAP) -> dict[str, Any]:
    configs = [resolve(parse_address(each), hostings.DOMAIN, protocol) for each in addresses]
    profile: dict[str, Any] = plistlib.loads(FORMAT.render_several(configs, owner))  # type: ignore[attr-defined]
    return profile


def test_calendars_and_address_books_come_along_where_the_server_has_them() -> None:
    outer = plistlib.loads(render(hosting=WITH_DAV))
    account, calendar, contacts = outer["PayloadContent"]
    assert account["PayloadType"] == "com.apple.mail.managed"
    assert (calendar["PayloadType"], contacts["PayloadType"]) == (
        "com.apple.caldav.account",
        "com.apple.carddav.account",
    )
    assert (calendar["CalDAVHostName"], calendar["CalDAVPort"]) == ("dav.example.com", 443)
    assert calendar["CalDAVPrincipalURL"] == "/calendars/anna@example.com/"
    assert (contacts["CardDAVHostName"], contacts["CardDAVPort"]) == ("dav.example.com", 8443)
    assert "CardDAVPrincipalURL" not in contacts
    for payload, kind in ((calendar, "CalDAV"), (contacts, "CardDAV")):
        assert payload[f"{kind}UseSSL"] is True
        assert payload[f"{kind}Username"] == "anna@example.com"
        own = {key.removeprefix(kind) for key in payload if key.startswith(kind)}
        assert own <= DAV_KEYS
    numbers = [payload["PayloadUUID"] for payload in (outer, account, calendar, contacts)]
    assert len(set(numbers)) == 4


def test_nothing_is_signed_in_to_by_http() -> None:
    hosting = replace(hostings.DOMAIN, caldav_url="http://dav.example.com/")
    assert len(plistlib.loads(render(hosting=hosting))["PayloadContent"]) == 1


def test_several_addresses_are_one_profile_with_the_accounts_of_their_own() -> None:
    both = several("7", "anna@example.com", "bert@example.com")
    assert [each["EmailAddress"] for each in both["PayloadContent"]] == [
        "anna@example.com",
        "bert@example.com",
    ]
    assert both["PayloadDisplayName"] == "2 addresses (IMAP)"
    _outer, alone = profile("anna@example.com")
    assert both["PayloadContent"][0] == alone, "no account is made twice"


def test_another_profile_of_the_same_person_replaces_the_first() -> None:
    first, second = several("7", "anna@example.com"), several("7", "anna@example.com", "bert@example.com")
    assert first["PayloadIdentifier"] == second["PayloadIdentifier"]
    assert first["PayloadUUID"] == second["PayloadUUID"]
    other = several("8", "anna@example.com")
    assert other["PayloadIdentifier"] != first["PayloadIdentifier"]
    assert several("7", "anna@example.com", protocol=Protocol.POP3)["PayloadUUID"] != first["PayloadUUID"]
