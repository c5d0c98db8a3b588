"""Certificates good and bad, from an authority that only these tests know."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "mail.example.test"


class Authority:
    """Issues server contexts. `ca_file` is what a client needs to trust them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._trusted, self._unknown = trustme.CA(), trustme.CA()
        self.ca_file = str(folder / "ca.pem")
        self._trusted.cert_pem.write_to_path(self.ca_file)

    def good(self, name: str = HOST, days: float = 90) -> ssl.SSLContext:
        return self._issued(self._trusted, name, datetime.now(UTC) + timedelta(days=days))

    def expired(self, name: str = HOST) -> ssl.SSLContext:
        return self._issued(self._trusted, name, datetime.now(UTC) - timedelta(days=3))

    def of_unknown_authority(self) -> ssl.SSLContext:
        return self._issued(self._unknown, HOST, datetime.now(UTC) + timedelta(days=90))

    def self_signed(self) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=90))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
            .sign(key, hashes.SHA256())
        )
        pem = self._folder / "self-signed.pem"
        pem.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        return context

    def _issued(self, authority: trustme.CA, name: str, until: datetime) -> ssl.SSLContext:
        certificate = authority.issue_cert(name, not_before=until - timedelta(days=400), not_after=until)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        return context
