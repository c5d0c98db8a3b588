"""Certificates good and bad, from an authority that only these tests know."""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import NameOID

from demo.certificates import naming_its_list

HOST = "mail.example.test"
# Old apps want certificates to name such a list. Neither our probes nor an app of the suite asks there.
LIST_OF_WITHDRAWN = "http://lists.example.test/authority.crl"
_DAY = timedelta(days=1)
_USUAL = timedelta(days=90)
# sha256WithRSAEncryption and sha1WithRSAEncryption (RFC 4055): only the last byte differs.
_SHA256_WITH_RSA = bytes.fromhex("06092a864886f70d01010b")
# An OCTET STRING with an empty list of signed certificate timestamps.
_NO_RECEIPT = bytes.fromhex("04020000")
_SHA1_WITH_RSA = bytes.fromhex("06092a864886f70d010105")


@dataclass(frozen=True)
class _Issuer:
    """Somebody who signs."""

    certificate: x509.Certificate
    key: PrivateKeyTypes


class Authority:
    """Issues server contexts. `ca_file` is what a client needs to trust them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._trusted, self._unknown = trustme.CA(key_type=trustme.KeyType.RSA), trustme.CA()
        self.ca_file = str(folder / "ca.pem")
        self._trusted.cert_pem.write_to_path(self.ca_file)
        # The same, for what trustme does not issue.
        self._root = _Issuer(
            x509.load_pem_x509_certificate(self._trusted.cert_pem.bytes()),
            serialization.load_pem_private_key(self._trusted.private_key_pem.bytes(), None),
        )

    def good(self, name: str = HOST, days: float = 90) -> ssl.SSLContext:
        return self._issued(self._trusted, name, datetime.now(UTC) + timedelta(days=days))

    def naming_no_list(self) -> ssl.SSLContext:
        """As good as most of today's: without the address of a list of withdrawn ones."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._trusted.issue_cert(HOST).configure_cert(context)
        return context

    def expired(self, name: str = HOST) -> ssl.SSLContext:
        return self._issued(self._trusted, name, datetime.now(UTC) - timedelta(days=3))

    def not_yet(self) -> ssl.SSLContext:
        return self._issued(self._trusted, HOST, datetime.now(UTC) + timedelta(days=403))

    def of_unknown_authority(self) -> ssl.SSLContext:
        return self._issued(self._unknown, HOST, datetime.now(UTC) + timedelta(days=90))

    def self_signed(self) -> ssl.SSLContext:
        return self._context([_issue(HOST, ec.generate_private_key(ec.SECP256R1()))])

    def without_intermediate(self, *, logged: bool = True) -> ssl.SSLContext:
        """The server's own certificate alone; if `logged` with the receipts of logs, as public ones have."""
        leaf = _issue(HOST, ec.generate_private_key(ec.SECP256R1()), self._intermediate, logged=logged)
        return self._context([leaf])

    def with_intermediate(self) -> ssl.SSLContext:
        """The whole chain, through the intermediate that the one above leaves out."""
        leaf = _issue(HOST, ec.generate_private_key(ec.SECP256R1()), self._intermediate)
        return self._context([leaf, self._intermediate])

    def with_old_cross_signature(self, name: str = HOST) -> ssl.SSLContext:
        """The whole chain, and behind it the root once more, signed by another one and ended."""
        elder = _issue("Elder Root", ec.generate_private_key(ec.SECP256R1()), authority=True)
        cross = _issue(
            self._root.certificate.subject, self._root.key, elder, authority=True, left=-300 * _DAY
        )
        leaf = _issue(name, ec.generate_private_key(ec.SECP256R1()), self._intermediate)
        return self._context([leaf, self._intermediate, cross])

    def with_expired_intermediate(self) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        ended = _issue("Intermediate that ended", key, self._root, authority=True, left=-3 * _DAY)
        return self._context([_issue(HOST, ec.generate_private_key(ec.SECP256R1()), ended), ended])

    def with_small_key(self) -> ssl.SSLContext:
        return self._context([_issue(HOST, rsa.generate_private_key(65537, 1024), self._root)])

    def signed_with_sha1(self) -> ssl.SSLContext:
        """The library signs nothing with SHA-1 any more, so the signature is put in by hand."""
        leaf = _issue(HOST, ec.generate_private_key(ec.SECP256R1()), self._root)
        new = leaf.certificate.tbs_certificate_bytes.replace(_SHA256_WITH_RSA, _SHA1_WITH_RSA)
        assert isinstance(self._root.key, rsa.RSAPrivateKey)
        signature = self._root.key.sign(new, padding.PKCS1v15(), hashes.SHA1())
        der = leaf.certificate.public_bytes(serialization.Encoding.DER)
        der = der.replace(_SHA256_WITH_RSA, _SHA1_WITH_RSA).replace(leaf.certificate.signature, signature)
        return self._context([_Issuer(x509.load_der_x509_certificate(der), leaf.key)])

    @cached_property
    def _intermediate(self) -> _Issuer:
        return _issue(
            "Intermediate of the tests", ec.generate_private_key(ec.SECP256R1()), self._root, authority=True
        )

    def _context(self, chain: Sequence[_Issuer]) -> ssl.SSLContext:
        """A server that shows this chain, the first one's key being its own, however weak."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        key = chain[0].key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        pem = self._folder / "chain.pem"
        pem.write_bytes(key + b"".join(_pem(each.certificate) for each in chain))
        context.load_cert_chain(pem)
        return context

    def _issued(self, authority: trustme.CA, name: str, until: datetime) -> ssl.SSLContext:
        issued = authority.issue_cert(name, not_before=until - timedelta(days=400), not_after=until)
        leaf = naming_its_list(issued.cert_chain_pems[0].bytes(), authority, LIST_OF_WITHDRAWN)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.LeafCert(issued.private_key_pem.bytes(), leaf, []).configure_cert(context)
        return context


def _issue(
    name: str | x509.Name,
    key: PrivateKeyTypes,
    issuer: _Issuer | None = None,
    *,
    authority: bool = False,
    left: timedelta = _USUAL,
    logged: bool = False,
) -> _Issuer:
    """A certificate for a host, or with `authority` for one who signs others; without issuer its own.

    `left` is how long it is still valid, `logged` puts the receipts of logs into it (RFC 6962 section 3.3).
    """
    subject = (
        name if isinstance(name, x509.Name) else x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    )
    assert isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
    by = issuer.certificate.subject if issuer else subject
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder(by, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(min(now, now + left) - 30 * _DAY)
        .not_valid_after(now + left)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if isinstance(name, str) and not authority:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    if logged:
        receipts = x509.UnrecognizedExtension(
            x509.ExtensionOID.PRECERT_SIGNED_CERTIFICATE_TIMESTAMPS, _NO_RECEIPT
        )
        builder = builder.add_extension(receipts, critical=False)
    signer = issuer.key if issuer else key
    assert isinstance(signer, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
    return _Issuer(builder.sign(signer, hashes.SHA256()), key)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
