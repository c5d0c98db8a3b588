"""What is wrong with a certificate, asked of the certificate alone."""

import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from mailsetup.probes.findings import Code
from mailsetup.probes.wire.authorities import SeenAuthorities
from mailsetup.probes.wire.certificates import (
    CertificateProblem,
    describe_chain,
    expires_within,
    judge_certificate,
    load_chain,
    problem_of_verify_code,
    worst_first,
)

NOW = datetime(2026, 1, 15, tzinfo=UTC)
DAY = timedelta(days=1)
AUTHORITY = ec.generate_private_key(ec.SECP256R1())
HOST = "mail.example.test"


# The library signs nothing with SHA-1 any more, so OpenSSL made these; valid from 2020 to 2040.
SHA1_LEAF = b"""\
-----BEGIN CERTIFICATE-----
MIIBgzCCASmgAwIBAgIBAjAJBgcqhkjOPQQBMBMxETAPBgNVBAMMCE9sZCBSb290
MB4XDTIwMDEwMTAwMDAwMFoXDTQwMDEwMTAwMDAwMFowHDEaMBgGA1UEAwwRc2hh
MS5leGFtcGxlLnRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQrVblAp1tY
hC0H3kxo8pLsZU4PpKdx3nEbVRe+aMHSTyv/KibP8EtEOmpqQGkJUrYMB1CWm1Sr
H7bC0zhoEFado2YwZDAcBgNVHREEFTATghFzaGExLmV4YW1wbGUudGVzdDAdBgNV
HQ4EFgQU7+X52WCLF+8l3J+sU1PvMSkmquUwJQYDVR0jBB4wHKEXpBUwEzERMA8G
A1UEAwwIT2xkIFJvb3SCAQEwCQYHKoZIzj0EAQNJADBGAiEAwcztVHDeWQjok6Va
DnYDVkPzpbyiHDa3tCMMd20yw8cCIQCGGaMsz925C7dUhLzB3PEMtDKW0suck56H
lKdle3aqBQ==
-----END CERTIFICATE-----
"""
SHA1_ROOT = b"""\
-----BEGIN CERTIFICATE-----
MIIBDDCBswIBATAJBgcqhkjOPQQBMBMxETAPBgNVBAMMCE9sZCBSb290MB4XDTIw
MDEwMTAwMDAwMFoXDTQwMDEwMTAwMDAwMFowEzERMA8GA1UEAwwIT2xkIFJvb3Qw
WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATFz5mV2cC+gOBQ96C0rNKKAe7FHZwr
ZA1W3xYdsKbykaR8NcW8yYRV4j4kbDpdURX8iJ4Std5tJnMqCCGP7580MAkGByqG
SM49BAEDSQAwRgIhAJEewrUQCHuokAlMXP/FRa4SxspV5n3BjXeEvW3UPEv3AiEA
17l0oeYkVehOGGux/vdnER34GMcxM7ln2zjgSrdDp8I=
-----END CERTIFICATE-----
"""


def named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def certificate(
    *names: str,
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | None = None,
    logged: bool = False,
    signer: ec.EllipticCurvePrivateKey = AUTHORITY,
    subject: x509.Name | None = None,
    extensions: Sequence[x509.ExtensionType] = (),
    begins: datetime = NOW - DAY,
    ends: datetime = NOW + 89 * DAY,
    issuer: x509.Name | None = None,
    self_signed: bool = False,
) -> x509.Certificate:
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = subject or named(HOST)
    issuer = subject if self_signed else issuer or named("Example Authority")
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(begins).not_valid_after(ends)
    if names:
        alternatives = x509.SubjectAlternativeName([general_name(name) for name in names])
        builder = builder.add_extension(alternatives, critical=False)
    if logged:
        receipts = x509.UnrecognizedExtension(
            x509.ExtensionOID.PRECERT_SIGNED_CERTIFICATE_TIMESTAMPS, bytes.fromhex("04020000")
        )
        builder = builder.add_extension(receipts, critical=False)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(key if self_signed else signer, hashes.SHA256())


def general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def judged(*chain: x509.Certificate, name: str = HOST) -> list[tuple[Code, dict[str, Any]]]:
    return [(problem.code, problem.evidence) for problem in judge_certificate(chain, name, NOW)]


def codes(*chain: x509.Certificate, name: str = HOST) -> list[Code]:
    return [code for code, _ in judged(*chain, name=name)]


@pytest.mark.parametrize(
    ("names", "name", "fits"),
    [
        ((HOST,), "MAIL.example.test", True),
        ((HOST,), "mail.example.test.", True),
        ((HOST,), "xmail.example.test", False),
        (("*.example.test",), HOST, True),
        (("*.EXAMPLE.test",), HOST, True),
        (("*.example.test",), "a.mail.example.test", False),
        (("*.example.test",), "example.test", False),
        (("ail.example.test",), HOST, False),
        (("192.0.2.7",), "192.0.2.7", True),
        (("2001:db8::7",), "2001:DB8:0::7", True),
        (("192.0.2.7",), "192.0.2.8", False),
        (("192.0.2.7",), HOST, False),
        ((), HOST, False),
    ],
)
def test_names(names: tuple[str, ...], name: str, *, fits: bool) -> None:
    assert codes(certificate(*names), name=name) == ([] if fits else [Code.CERT_WRONG_NAME])


def test_the_name_may_be_the_last_of_many() -> None:
    many = certificate(*(f"host{number}.example.test" for number in range(50)), HOST)
    assert codes(many) == []
    assert describe_chain([many], 20)["names"] == [f"host{number}.example.test" for number in range(20)]


def test_problems_come_worst_first() -> None:
    assert codes(certificate(HOST, begins=NOW + 2 * DAY)) == [Code.CERT_NOT_YET]
    assert codes(certificate(HOST, self_signed=True)) == [Code.CERT_SELF_SIGNED]
    weak = certificate("other.test", key=rsa.generate_private_key(65537, 1024), ends=NOW - DAY / 2)
    assert codes(weak) == [Code.CERT_EXPIRED, Code.CERT_WRONG_NAME, Code.CERT_WEAK_KEY]


def test_a_problem_is_shown_by_its_evidence() -> None:
    own_issuer = certificate(HOST, self_signed=True)
    assert judged(own_issuer) == [(Code.CERT_SELF_SIGNED, {"issuer": HOST})]
    assert judged(certificate("other.test")) == [(Code.CERT_WRONG_NAME, {"name": HOST})]
    ended = certificate(HOST, begins=NOW - 90 * DAY, ends=datetime(2026, 1, 14, 23, 59, tzinfo=UTC))
    assert judged(certificate(HOST), ended) == [
        (Code.CERT_INTERMEDIATE_EXPIRED, {"date": "2026-01-14", "position": 1})
    ]
    begins = certificate(HOST, begins=datetime(2026, 1, 15, 0, 1, tzinfo=UTC))
    assert judged(begins) == [(Code.CERT_NOT_YET, {"date": "2026-01-15", "position": 0})]
    small = certificate(HOST, key=rsa.generate_private_key(65537, 1024))
    assert judged(small) == [(Code.CERT_WEAK_KEY, {"key": "RSA 1024", "position": 0})]


def test_a_certificate_is_valid_in_the_second_in_which_it_begins_and_ends() -> None:
    assert codes(certificate(HOST, begins=NOW), certificate(HOST, ends=NOW)) == []


def test_a_key_on_a_small_curve_is_weak_and_one_of_a_root_is_nobodys_business() -> None:
    small = certificate(HOST, key=ec.generate_private_key(ec.SECP224R1()))
    assert judged(small) == [(Code.CERT_WEAK_KEY, {"key": "EC 224", "position": 0})]
    root = certificate(key=rsa.generate_private_key(65537, 1024), self_signed=True)
    assert codes(certificate(HOST), root) == []


def test_a_key_of_2048_bits_is_not_weak() -> None:
    assert codes(certificate(HOST, key=rsa.generate_private_key(65537, 2048))) == []


def test_a_signature_by_sha1_is_weak_except_on_a_root() -> None:
    leaf, root = map(x509.load_pem_x509_certificate, (SHA1_LEAF, SHA1_ROOT))
    weak = [(Code.CERT_WEAK_SHA1, {"signature": "sha1", "position": 0})]
    assert judged(leaf, root, name="sha1.example.test") == weak


def test_dates_are_those_of_the_certificate_that_ends_first() -> None:
    leaf = certificate(HOST, begins=NOW - 5 * DAY, ends=datetime(2026, 9, 1, 12, tzinfo=UTC))
    intermediate = certificate(begins=datetime(2026, 1, 12, 3, tzinfo=UTC), ends=NOW + 40 * DAY)
    root = certificate(begins=NOW - DAY, ends=NOW + DAY, self_signed=True)
    assert describe_chain([leaf], 20) == {
        "names": [HOST],
        "issuer": "Example Authority",
        "not_before": "2026-01-10",
        "not_after": "2026-09-01",
        "chain_length": 1,
        "issued": "2026-01-10",
        "valid_days": 234,
        "revocation_list": False,
        "for_servers": False,
    }
    described = describe_chain([leaf, intermediate, root], 20)
    assert (described["not_before"], described["not_after"]) == ("2026-01-12", "2026-02-24")
    assert described["chain_length"] == 3


def test_what_only_some_apps_look_at_is_described() -> None:
    lists = x509.CRLDistributionPoints(
        [x509.DistributionPoint([x509.UniformResourceIdentifier("http://ca.test/l.crl")], None, None, None)]
    )
    server, client = x509.ExtendedKeyUsageOID.SERVER_AUTH, x509.ExtendedKeyUsageOID.CLIENT_AUTH

    def described(*extensions: x509.ExtensionType) -> tuple[bool, bool]:
        shown = describe_chain([certificate(HOST, extensions=extensions)], 20)
        return shown["revocation_list"], shown["for_servers"]

    assert described(lists) == (True, False)
    assert described(x509.ExtendedKeyUsage([client, server])) == (False, True)
    assert described(x509.ExtendedKeyUsage([client])) == (False, False)


@pytest.mark.parametrize(
    ("leaf_days", "intermediate_days", "root_days", "soon"),
    [(14, 99, 99, False), (13.9, 99, 99, True), (99, 13.9, 99, True), (99, 99, 1, False)],
)
def test_the_chain_ends_soon_when_anything_but_the_root_does(
    leaf_days: float, intermediate_days: float, root_days: float, *, soon: bool
) -> None:
    chain = [
        certificate(HOST, ends=NOW + leaf_days * DAY),
        certificate(ends=NOW + intermediate_days * DAY),
        certificate(ends=NOW + root_days * DAY, self_signed=True),
    ]
    assert expires_within(chain, NOW, 14) is soon


@pytest.mark.parametrize(
    ("issuer", "shown"),
    [
        ([(x509.NameOID.ORGANIZATION_NAME, "Example Trust")], "Example Trust"),
        (
            [(x509.NameOID.ORGANIZATION_NAME, "Example Trust"), (x509.NameOID.COMMON_NAME, "R7")],
            "R7",
        ),
        ([(x509.NameOID.COUNTRY_NAME, "SE")], "C=SE"),
    ],
)
def test_issuer(issuer: list[tuple[x509.ObjectIdentifier, str]], shown: str) -> None:
    name = x509.Name([x509.NameAttribute(kind, value) for kind, value in issuer])
    assert describe_chain([certificate(HOST, issuer=name)], 20)["issuer"] == shown


def test_a_certificate_that_can_not_be_read_ends_the_chain() -> None:
    der = certificate(HOST).public_bytes(serialization.Encoding.DER)
    assert len(load_chain([der, b"no certificate", der])) == 1
    assert load_chain([]) == []


@pytest.mark.parametrize(
    ("verify_code", "code"),
    [
        (9, Code.CERT_NOT_YET),
        (10, Code.CERT_EXPIRED),
        (18, Code.CERT_SELF_SIGNED),
        (19, Code.CERT_UNKNOWN_CA),
        (20, Code.CERT_UNKNOWN_CA),
        (62, Code.CERT_WRONG_NAME),
        (64, Code.CERT_WRONG_NAME),
        (66, Code.CERT_WEAK_KEY),
        (67, Code.CERT_WEAK_KEY),
        (68, Code.CERT_WEAK_SHA1),
    ],
)
def test_what_openssl_says(verify_code: int, code: Code) -> None:
    problem = problem_of_verify_code(verify_code, "its message")
    assert problem == CertificateProblem(code, {"openssl": "its message", "verify_code": verify_code})


# A small hierarchy: root, intermediate, and a server's certificate.
KEY = ec.generate_private_key(ec.SECP256R1())
INTERMEDIATE = certificate(key=KEY, subject=named("Intermediate"), issuer=named("Root"))
LEAF = certificate(HOST, issuer=named("Intermediate"), signer=KEY)
LOGGED = certificate(HOST, issuer=named("Intermediate"), signer=KEY, logged=True)
PRIVATE_ROOT = certificate(subject=named("Root"), key=AUTHORITY, self_signed=True)
SELF = certificate(HOST, self_signed=True, logged=True)


def seen(*chain: x509.Certificate, limit: int = 10) -> SeenAuthorities:
    """What is known after that chain was verified; a root stands at its end."""
    authorities = SeenAuthorities()
    authorities.note([each.public_bytes(serialization.Encoding.DER) for each in chain], limit)
    return authorities


@pytest.mark.parametrize(
    ("chain", "known", "code", "known_by"),
    [
        # A public authority, by the receipts of logs.
        ([LOGGED], seen(), Code.CERT_MISSING_INTERMEDIATE, "public log"),
        ([LOGGED, INTERMEDIATE], seen(), Code.CERT_MISSING_INTERMEDIATE, "public log"),
        # Another server has shown who vouches.
        ([LEAF], seen(LEAF, INTERMEDIATE, PRIVATE_ROOT), Code.CERT_MISSING_INTERMEDIATE, "another server"),
        # The same name does not do, the key has to fit.
        (
            [certificate(HOST, issuer=named("Intermediate"))],
            seen(LEAF, INTERMEDIATE, PRIVATE_ROOT),
            Code.CERT_UNKNOWN_CA,
            None,
        ),
        ([LEAF], seen(), Code.CERT_UNKNOWN_CA, None),
        ([LEAF, INTERMEDIATE], seen(), Code.CERT_UNKNOWN_CA, None),
        # The root is there, in whatever order, and nobody trusts it.
        ([LOGGED, INTERMEDIATE, PRIVATE_ROOT], seen(), Code.CERT_UNKNOWN_CA, None),
        ([LOGGED, PRIVATE_ROOT, INTERMEDIATE], seen(), Code.CERT_UNKNOWN_CA, None),
        ([SELF], seen(), Code.CERT_UNKNOWN_CA, None),
    ],
)
def test_an_issuer_that_was_not_sent_is_told_from_one_that_nobody_knows(
    chain: list[x509.Certificate], known: SeenAuthorities, code: Code, known_by: str | None
) -> None:
    problem = problem_of_verify_code(20, "its message", chain, seen=known)
    assert (problem.code, problem.evidence.get("known_by")) == (code, known_by)
    assert problem.evidence["issuer"]
    assert problem_of_verify_code(10, "its message", chain, seen=known).code is Code.CERT_EXPIRED


def test_a_chain_that_ends_at_a_name_which_is_trusted_lacks_nothing() -> None:
    """Whoever borrows a root's name is not made a public authority by it."""
    problem = problem_of_verify_code(20, "", [LOGGED, INTERMEDIATE], {named("Root")}, seen())
    assert problem.code is Code.CERT_UNKNOWN_CA


def test_what_others_have_shown_is_kept_up_to_a_limit_without_roots_and_leaves() -> None:
    other = certificate(key=KEY, subject=named("Other"), issuer=named("Root"))
    authorities = seen(LEAF, INTERMEDIATE, other, PRIVATE_ROOT, limit=1)
    assert not authorities.have_issued(LEAF)
    authorities.note([b"leaf", INTERMEDIATE.public_bytes(serialization.Encoding.DER), b"root"], 1)
    assert authorities.have_issued(LEAF)
    assert not seen(INTERMEDIATE, PRIVATE_ROOT).have_issued(LEAF)


def test_what_stands_behind_a_root_that_we_have_is_not_needed() -> None:
    """Such as the cross-signature of an older root, which ended and which some servers still send."""
    ended = certificate(key=AUTHORITY, subject=named("Root"), issuer=named("Elder"), ends=NOW - DAY / 2)
    found = judge_certificate([LEAF, INTERMEDIATE, ended], HOST, NOW, {named("Root")})
    assert found == []
    assert codes(LEAF, INTERMEDIATE, ended) == [Code.CERT_INTERMEDIATE_EXPIRED]


def test_the_dates_of_a_verified_chain_are_those_of_its_way_to_the_root() -> None:
    ended = certificate(key=AUTHORITY, subject=named("Root"), issuer=named("Elder"), ends=NOW - DAY / 2)
    shown = describe_chain([LEAF, INTERMEDIATE, ended], 20, [LEAF, INTERMEDIATE, PRIVATE_ROOT])
    assert shown["not_after"] == INTERMEDIATE.not_valid_after_utc.date().isoformat()
    assert shown["chain_length"] == 3


def test_openssl_does_not_know_which_certificate_has_ended() -> None:
    own, intermediate = (
        CertificateProblem(code, {"position": position})
        for position, code in enumerate((Code.CERT_EXPIRED, Code.CERT_INTERMEDIATE_EXPIRED))
    )
    said = problem_of_verify_code(10, "its message")
    assert worst_first([intermediate, said]) == [intermediate]
    assert worst_first([own, intermediate, said]) == [own, intermediate]
    assert worst_first([said]) == [said]


def test_the_root_may_have_ended() -> None:
    """Clients have it, or a newer one; what is sent is not looked at."""
    assert codes(certificate(HOST), certificate(ends=NOW - DAY, begins=NOW - 9 * DAY, self_signed=True)) == []


def test_each_problem_is_named_once() -> None:
    first, second = (CertificateProblem(Code.CERT_WEAK_KEY, {"position": position}) for position in (0, 1))
    unknown, self_signed = CertificateProblem(Code.CERT_UNKNOWN_CA), CertificateProblem(Code.CERT_SELF_SIGNED)
    assert worst_first([first, second, unknown]) == [unknown, first]
    assert worst_first([unknown, self_signed]) == [self_signed]
