"""Who vouches for whom: intermediate certificates that were part of a verified chain, in this process.

A server that shows its own certificate without the intermediate looks like one of an unknown authority. What
other servers have shown, and OpenSSL has verified, tells them apart: nobody goes where a certificate points.
"""

from collections.abc import Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm


def signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether `issuer` has signed it, by name and by key."""
    if certificate.issuer != issuer.subject:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, UnsupportedAlgorithm, TypeError, ValueError):
        return False
    return True


class SeenAuthorities:
    """The newest ones that were seen, by their DER."""

    def __init__(self) -> None:
        self._certificates: dict[bytes, x509.Certificate] = {}

    def note(self, verified: Sequence[bytes], limit: int) -> None:
        """Keeps what stands between the server's certificate and the root of a verified chain (DER)."""
        for der in verified[1:-1]:
            if der not in self._certificates:
                self._certificates[der] = x509.load_der_x509_certificate(der)
        for oldest in list(self._certificates)[: -limit or None]:
            self._certificates.pop(oldest, None)

    def have_issued(self, certificate: x509.Certificate) -> bool:
        return any(signed_by(certificate, each) for each in list(self._certificates.values()))


SEEN = SeenAuthorities()
