"""What is wrong with a certificate, asked of the certificate alone."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from mailsetup.probes.findings import Code
from mailsetup.probes.wire.certificates import judge_certificate

NOW = datetime(2026, 1, 15, tzinfo=UTC)
AUTHORITY = ec.generate_private_key(ec.SECP256R1())


def certificate(
    *names: str,
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | None = None,
    age: timedelta = timedelta(days=1),
    self_signed: bool = False,
) -> x509.Certificate:
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.example.test")])
    issuer = subject if self_signed else x509.Name([])
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(NOW - age).not_valid_after(NOW - age + timedelta(days=90))
    if names:
        alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        builder = builder.add_extension(alternatives, critical=False)
    return builder.sign(key if self_signed else AUTHORITY, hashes.SHA256())


def codes(judged: x509.Certificate, name: str = "mail.example.test") -> list[Code]:
    return [problem.code for problem in judge_certificate([judged], name, NOW)]


@pytest.mark.parametrize(
    ("names", "name", "fits"),
    [
        (("mail.example.test",), "MAIL.example.test", True),
        (("*.example.test",), "mail.example.test", True),
        (("*.example.test",), "a.mail.example.test", False),
        (("*.example.test",), "example.test", False),
        ((), "mail.example.test", False),
    ],
)
def test_names(names: tuple[str, ...], name: str, *, fits: bool) -> None:
    assert codes(certificate(*names), name) == ([] if fits else [Code.CERT_WRONG_NAME])


def test_problems_come_worst_first() -> None:
    assert codes(certificate("mail.example.test", age=timedelta(days=-2))) == [Code.CERT_NOT_YET]
    assert codes(certificate("mail.example.test", self_signed=True)) == [Code.CERT_SELF_SIGNED]
    weak = certificate("other.test", key=rsa.generate_private_key(65537, 1024), age=timedelta(days=99))
    assert codes(weak) == [Code.CERT_EXPIRED, Code.CERT_WRONG_NAME, Code.CERT_WEAK]
