"""Addresses as people type, paste and attack them."""

import idna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsetup.clientconfig import AddressError, AddressFault, parse_address, parse_domain


@pytest.mark.parametrize(
    ("typed", "parsed"),
    [
        ("anna@example.com", "anna@example.com"),
        ("Anna@Example.COM", "anna@example.com"),
        ("  anna@example.com \t", "anna@example.com"),
        ("\u00a0anna@example.com", "anna@example.com"),
        ("anna@example.com.", "anna@example.com"),
        ("anna+shop@example.com", "anna+shop@example.com"),
        ("o'brien@example.com", "o'brien@example.com"),
        ("anna@müller.example", "anna@xn--mller-kva.example"),
        ("anna@MÜLLER.example", "anna@xn--mller-kva.example"),
        ("anna@xn--mller-kva.example", "anna@xn--mller-kva.example"),
        ("anna@例え.example", "anna@xn--r8jz45g.example"),
    ],
)
def test_an_address_is_lower_case_with_its_domain_as_a_labels(typed: str, parsed: str) -> None:
    assert str(parse_address(typed)) == parsed


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", AddressFault.NO_AT),
        ("anna", AddressFault.NO_AT),
        ("@example.com", AddressFault.LOCAL_PART_CHARACTER),
        ("anna@", AddressFault.DOMAIN_EMPTY),
        ("anna@localhost", AddressFault.DOMAIN_INCOMPLETE),
        ("anna@192.0.2.1", AddressFault.DOMAIN_INCOMPLETE),
        ("anna@bert@example.com", AddressFault.LOCAL_PART_CHARACTER),
        ("an na@example.com", AddressFault.LOCAL_PART_CHARACTER),
        (".anna@example.com", AddressFault.LOCAL_PART_CHARACTER),
        ("anna..b@example.com", AddressFault.LOCAL_PART_CHARACTER),
        ('"anna b"@example.com', AddressFault.LOCAL_PART_CHARACTER),
        ("ännä@example.com", AddressFault.LOCAL_PART_CHARACTER),
        ("anna@exam ple.com", AddressFault.DOMAIN_INVALID),
        ("anna@-example.com", AddressFault.DOMAIN_INVALID),
        ("anna\r\n@example.com", AddressFault.INVISIBLE_CHARACTER),
        ("anna\x00@example.com", AddressFault.INVISIBLE_CHARACTER),
        ("anna\u202e@example.com", AddressFault.INVISIBLE_CHARACTER),
        ("a" * 65 + "@example.com", AddressFault.LOCAL_PART_TOO_LONG),
        ("anna@" + "a" * 295, AddressFault.ADDRESS_TOO_LONG),
        ("a" * 300, AddressFault.ADDRESS_TOO_LONG),
        ("anna@" + "a" * 64 + ".com", AddressFault.DOMAIN_INVALID),
    ],
)
def test_what_is_no_address_is_refused_and_why(typed: str, fault: AddressFault) -> None:
    with pytest.raises(AddressError) as refused:
        parse_address(typed)
    assert refused.value.fault is fault


def test_a_sub_address_belongs_to_the_mailbox_before_the_plus() -> None:
    address = parse_address("anna+shop@example.com")
    assert address.mailbox == "anna@example.com"
    assert parse_address("+anna@example.com").mailbox == "+anna@example.com"


def test_people_see_the_domain_in_its_own_script() -> None:
    assert parse_address("anna@xn--mller-kva.example").display == "anna@müller.example"


@given(st.one_of(st.text(), st.builds("{}@{}".format, st.text(), st.text()), st.emails()))
def test_no_text_raises_anything_but_address_error(text: str) -> None:
    try:
        address = parse_address(text)
    except AddressError:
        return
    assert parse_address(str(address)) == address
    assert str(address).isascii()
    assert address.display


@given(st.text())
def test_no_domain_raises_anything_but_address_error(text: str) -> None:
    try:
        domain = parse_domain(text)
    except AddressError:
        return
    assert parse_domain(domain) == domain


def label_domain(length: int) -> str:
    """A domain name of exactly so many characters."""
    labels = ("a" * 63 + ".") * (length // 64)
    return (labels + "a" * (length - len(labels)))[: length - 4] + ".com"


@pytest.mark.parametrize(("length", "fits"), [(64, True), (65, False)])
def test_the_longest_local_part(length: int, fits: bool) -> None:
    text = "a" * length + "@example.com"
    if fits:
        assert parse_address(text).local_part == "a" * length
    else:
        with pytest.raises(AddressError) as refused:
            parse_address(text)
        assert refused.value.fault is AddressFault.LOCAL_PART_TOO_LONG


@pytest.mark.parametrize(("length", "fits"), [(254, True), (255, False)])
def test_the_longest_address(length: int, fits: bool) -> None:
    text = "a@" + label_domain(length - 2)
    assert len(text) == length
    if fits:
        assert str(parse_address(text)) == text
    else:
        with pytest.raises(AddressError) as refused:
            parse_address(text)
        assert refused.value.fault is AddressFault.ADDRESS_TOO_LONG


@pytest.mark.parametrize(("local_part", "fits"), [(42, True), (43, False)])
def test_the_longest_address_in_another_script_is_measured_as_it_goes_over_the_wire(
    local_part: int, fits: bool
) -> None:
    text = "a" * local_part + "@" + ".".join(["ü" + "a" * 40 + "ö"] * 4) + ".example"
    if fits:
        assert len(str(parse_address(text))) == 254
    else:
        assert len(text) < 254
        with pytest.raises(AddressError) as refused:
            parse_address(text)
        assert refused.value.fault is AddressFault.ADDRESS_TOO_LONG


def test_a_domain_that_is_longer_than_any() -> None:
    with pytest.raises(AddressError) as refused:
        parse_domain("a." * 128 + "com")
    assert refused.value.fault is AddressFault.DOMAIN_TOO_LONG


def test_dots_after_a_domain_and_spaces_around_an_address_are_typing_mistakes() -> None:
    assert parse_domain(" example.com. ") == "example.com"
    assert str(parse_address("\u00a0\tXanna@example.com ")) == "xanna@example.com"
    with pytest.raises(AddressError) as refused:
        parse_address("anna@example.com\n")
    assert refused.value.fault is AddressFault.INVISIBLE_CHARACTER


def test_only_the_first_plus_starts_a_sub_address() -> None:
    assert parse_address("anna+shop+2026@example.com").mailbox == "anna@example.com"


@given(
    st.from_regex(r"[A-Za-z0-9.-]{1,80}", fullmatch=True)
    | st.from_regex(r"([a-z]{1,3}-{0,3}){1,4}\.[a-z]{2}")
)
def test_a_plain_name_is_what_idna_says_of_it(name: str) -> None:
    try:
        expected = idna.encode(name.rstrip("."), uts46=True).decode().lower()
    except (idna.IDNAError, UnicodeError):
        expected = ""
    try:
        found = parse_domain(name)
    except AddressError as error:
        found = "" if error.fault is AddressFault.DOMAIN_INVALID else expected
    assert found == expected
