"""What an app has beside what is right: what differs, and what is right in another way."""

from dataclasses import replace

import pytest

from mailsetup.clientconfig import Protocol, ServerSettings, ServiceType, SocketType, parse_address, resolve
from mailsetup.comparison.judgement import (
    AppValues,
    Encryption,
    ServerValues,
    Setting,
    is_same_user,
    judge,
    protocol_by_port,
)
from tests.guides.shapes import SHAPES

IMAP, POP3, SMTP = ServiceType
SSL, STARTTLS, PLAIN = SocketType
ANNA = "anna@kiosk.example"
TWO_WAYS = replace(
    SHAPES["ssl"],
    services=(
        ServerSettings(IMAP, "mail.kiosk.example", 993, SSL),
        ServerSettings(IMAP, "mail.kiosk.example", 143, STARTTLS),
        ServerSettings(POP3, "mail.kiosk.example", 995, SSL),
        ServerSettings(SMTP, "mail.kiosk.example", 587, STARTTLS),
        ServerSettings(SMTP, "mail.kiosk.example", 465, SSL),
        ServerSettings(SMTP, "mail.kiosk.example", 2525, PLAIN),
    ),
)


def config(hosting=TWO_WAYS, protocol=Protocol.IMAP):
    return resolve(parse_address(ANNA), hosting, protocol)


def differing(values: AppValues, hosting=TWO_WAYS) -> dict[Setting, tuple[object, object]]:
    return {row.setting: (row.theirs, row.right) for row in judge(values, config(hosting)).differing}


def incoming(**values: object) -> AppValues:
    return AppValues(incoming=ServerValues(**values))


def outgoing(**values: object) -> AppValues:
    return AppValues(outgoing=ServerValues(**values))


def test_nothing_filled_in_is_nothing_compared() -> None:
    assert judge(AppValues(), config()).rows == ()
    assert judge(AppValues(), config()).not_filled_in == tuple(Setting)


def test_only_what_is_filled_in_is_compared() -> None:
    judged = judge(incoming(port=993), config())
    assert [row.setting for row in judged.rows] == [Setting.INCOMING_PORT]
    assert not judged.differing
    assert Setting.INCOMING_PORT not in judged.not_filled_in


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (incoming(port=110), {Setting.INCOMING_PORT: (110, 993)}),
        (
            incoming(port=993, encryption=Encryption.NONE),
            {Setting.INCOMING_ENCRYPTION: (Encryption.NONE, SSL)},
        ),
        (
            incoming(server="mial.kiosk.example"),
            {Setting.INCOMING_SERVER: ("mial.kiosk.example", "mail.kiosk.example")},
        ),
        (outgoing(port=25), {Setting.OUTGOING_PORT: (25, 587)}),
        # Right by chance is not chosen.
        (
            incoming(encryption=Encryption.AUTOMATIC),
            {Setting.INCOMING_ENCRYPTION: (Encryption.AUTOMATIC, SSL)},
        ),
        (AppValues(user_name="anna"), {Setting.USER_NAME: ("anna", ANNA)}),
        (AppValues(user_name="Anna Lindqvist"), {Setting.USER_NAME: ("Anna Lindqvist", ANNA)}),
        (AppValues(signs_in_to_send=False), {Setting.OUTGOING_SIGN_IN: (False, True)}),
        (AppValues(signs_in_to_send=True), {}),
        (AppValues(user_name="ANNA@Kiosk.Example"), {}),
        (incoming(server=" MAIL.kiosk.example. "), {}),
    ],
)
def test_what_differs(values: AppValues, expected: dict[Setting, tuple[object, object]]) -> None:
    assert differing(values) == expected


def test_another_way_of_the_server_is_right_too() -> None:
    judged = judge(outgoing(server="mail.kiosk.example", port=465, encryption=Encryption.SSL), config())
    assert not judged.differing
    assert judged.other_way
    assert judged.settings.outgoing.port == 465


def test_half_of_another_way_is_not_right() -> None:
    """The port of one way with the encryption of the other: the guide's way is what is shown."""
    assert differing(outgoing(port=465, encryption=Encryption.STARTTLS)) == {
        Setting.OUTGOING_PORT: (465, 587)
    }
    assert differing(incoming(port=993, encryption=Encryption.STARTTLS)) == {
        Setting.INCOMING_ENCRYPTION: (Encryption.STARTTLS, SSL)
    }


def test_a_way_without_encryption_is_never_called_right() -> None:
    assert differing(outgoing(port=2525, encryption=Encryption.NONE)) == {
        Setting.OUTGOING_PORT: (2525, 587),
        Setting.OUTGOING_ENCRYPTION: (Encryption.NONE, STARTTLS),
    }


def test_one_tick_stands_for_both_kinds() -> None:
    assert differing(incoming(port=993, encryption=Encryption.TICKED)) == {}
    assert differing(outgoing(port=587, encryption=Encryption.TICKED)) == {}
    assert differing(outgoing(port=587, encryption=Encryption.NONE)) == {
        Setting.OUTGOING_ENCRYPTION: (Encryption.NONE, STARTTLS)
    }
    plain = Setting.INCOMING_ENCRYPTION
    assert differing(incoming(encryption=Encryption.TICKED), SHAPES["plain"]) == {
        plain: (Encryption.TICKED, PLAIN)
    }


def test_two_forms_of_user_name_only_where_the_server_takes_both() -> None:
    short = ServerSettings(IMAP, "mail.kiosk.example", 993, SSL, username="%EMAILLOCALPART%")
    both = replace(TWO_WAYS, services=(*TWO_WAYS.services, short))
    for name in ("anna", ANNA):
        assert differing(AppValues(user_name=name), both) == {}
    assert differing(AppValues(user_name="anna")) == {Setting.USER_NAME: ("anna", ANNA)}
    assert differing(AppValues(user_name="bert"), both) == {Setting.USER_NAME: ("bert", ANNA)}


def test_a_name_in_another_script_is_the_same_name() -> None:
    idn = replace(
        TWO_WAYS,
        services=tuple(replace(each, hostname="xn--bcher-kva.example") for each in TWO_WAYS.services),
    )
    assert differing(incoming(server="Bücher.example"), idn) == {}
    assert is_same_user("anna@Bücher.example", "anna@xn--bcher-kva.example")


@pytest.mark.parametrize(
    ("port", "protocol"),
    [
        (143, Protocol.IMAP),
        (993, Protocol.IMAP),
        (110, Protocol.POP3),
        (995, Protocol.POP3),
        (587, None),
        (None, None),
    ],
)
def test_the_port_tells_how_an_app_receives(port: int | None, protocol: Protocol | None) -> None:
    assert protocol_by_port(incoming(port=port), config()) is protocol
    assert protocol_by_port(incoming(port=9951), config(SHAPES["odd"])) is Protocol.POP3
