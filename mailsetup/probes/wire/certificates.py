"""What is wrong with a certificate. No network and no clock: chain, name and time come in.

OpenSSL names the first error only, and in one order: an expired certificate for the wrong name is
"Hostname mismatch". People need all of it, so each question is asked on its own here.
"""

import ipaddress
import ssl
import warnings
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from mailsetup.probes.findings import Code, gravity
from mailsetup.probes.wire.authorities import SEEN, SeenAuthorities, signed_by

_Extension = TypeVar("_Extension", bound=x509.ExtensionType)
# X509_verify_cert(3ssl), "Diagnostics".
_VERIFY_CODES = {
    9: Code.CERT_NOT_YET,
    10: Code.CERT_EXPIRED,
    18: Code.CERT_SELF_SIGNED,
    62: Code.CERT_WRONG_NAME,
    64: Code.CERT_WRONG_NAME,
    66: Code.CERT_WEAK_KEY,
    67: Code.CERT_WEAK_KEY,
    68: Code.CERT_WEAK_SHA1,
}
# CA/Browser Forum baseline requirements section 6.1.5.
_RSA_BITS = 2048
_EC_BITS = 256


@dataclass(frozen=True, slots=True)
class CertificateProblem:
    """One thing that is wrong, and what shows it."""

    code: Code
    evidence: dict[str, Any] = field(default_factory=dict)


def load_chain(chain: Sequence[bytes]) -> list[x509.Certificate]:
    """The certificates that can be read, the server's own first; DER in."""
    certificates = []
    for der in chain:
        try:
            certificates.append(x509.load_der_x509_certificate(der))
        except ValueError:
            break
    return certificates


@lru_cache(maxsize=2)
def names_of_roots(context: ssl.SSLContext) -> frozenset[x509.Name]:
    """Whom the context trusts, by name; read when something is wrong only, as it takes some milliseconds."""
    with warnings.catch_warnings():
        # Some old roots have a serial number of zero, which is theirs to answer for.
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        return frozenset(each.subject for each in load_chain(context.get_ca_certs(binary_form=True)))


def judge_certificate(
    chain: Sequence[x509.Certificate], name: str, now: datetime, roots: Collection[x509.Name] = ()
) -> list[CertificateProblem]:
    """Everything wrong with the chain for a server called `name`, worst first; `roots` are names we trust.

    Whether somebody whom we trust vouches for it is not asked here: `problem_of_verify_code` says.
    """
    needed = _as_far_as_needed(chain, roots)
    problems = [*_date_problems(needed, now), *_strength_problems(needed)]
    leaf = chain[0]
    if not any(_matches(pattern, name) for pattern in certificate_names(leaf)):
        problems.append(CertificateProblem(Code.CERT_WRONG_NAME, {"name": name}))
    if _signed_itself(leaf):
        problems.append(CertificateProblem(Code.CERT_SELF_SIGNED, {"issuer": _readable(leaf.issuer)}))
    return worst_first(problems)


def problem_of_verify_code(
    verify_code: int,
    message: str,
    chain: Sequence[x509.Certificate] = (),
    roots: Collection[x509.Name] = (),
    seen: SeenAuthorities = SEEN,
) -> CertificateProblem:
    """The problem behind OpenSSL's verdict; whatever is not listed is a lack of trust.

    OpenSSL says the same of an authority that nobody knows and of one whose certificate was not sent.
    """
    evidence: dict[str, Any] = {"openssl": message, "verify_code": verify_code}
    code = _VERIFY_CODES.get(verify_code, Code.CERT_UNKNOWN_CA)
    if code is Code.CERT_UNKNOWN_CA and chain:
        last = _last_sent(chain)
        evidence["issuer"] = _readable(last.issuer)
        if last.issuer not in roots and not _signed_itself(last) and (known_by := _known_by(chain, seen)):
            return CertificateProblem(Code.CERT_MISSING_INTERMEDIATE, {**evidence, "known_by": known_by})
    return CertificateProblem(code, evidence)


def _last_sent(chain: Sequence[x509.Certificate]) -> x509.Certificate:
    """The end of the way from issuer to issuer, as far as it was sent, in whatever order."""
    last, rest = chain[0], list(chain[1:])
    while issuer := next((each for each in rest if signed_by(last, each)), None):
        rest.remove(issuer)
        last = issuer
    return last


def _known_by(chain: Sequence[x509.Certificate], seen: SeenAuthorities) -> str:
    """How we know that a trusted authority is behind the chain although the way there is not whole; or "".

    Either it has vouched for another server, or it has written the certificate into a public log (RFC 6962
    section 3.3): logs take only what leads to a root that browsers trust. Where a certificate says that its
    issuer is to be had nobody goes: a hostile one could lead us anywhere, and private authorities say it too.
    """
    if seen.have_issued(_last_sent(chain)):
        return "another server"
    return "public log" if _is_logged(chain[0]) else ""


def _is_logged(certificate: x509.Certificate) -> bool:
    """Whether it carries the receipts of logs; what they are worth nobody checks, as it is about a word."""
    return _extension(certificate, x509.PrecertificateSignedCertificateTimestamps) is not None


def worst_first(problems: Sequence[CertificateProblem]) -> list[CertificateProblem]:
    """One of each code. A certificate that vouches for itself has no unknown issuer besides.

    OpenSSL does not say which certificate has ended, so its word adds nothing where we know.
    """
    found: dict[Code, CertificateProblem] = {}
    for problem in problems:
        found.setdefault(problem.code, problem)
    if Code.CERT_SELF_SIGNED in found:
        found.pop(Code.CERT_UNKNOWN_CA, None)
    ended = found.get(Code.CERT_EXPIRED)
    if Code.CERT_INTERMEDIATE_EXPIRED in found and ended is not None and "position" not in ended.evidence:
        del found[Code.CERT_EXPIRED]
    return sorted(found.values(), key=lambda problem: gravity(problem.code))


def describe_chain(
    chain: Sequence[x509.Certificate], names_limit: int, verified: Sequence[x509.Certificate] = ()
) -> dict[str, Any]:
    """Whose certificate it is (some of its names), who vouches for it, and between which days (ISO dates).

    A chain is valid while all of its certificates are: those on the way that was `verified`, where one was.
    """
    leaf, own = chain[0], _without_root(verified or chain)
    return _describe_leaf(leaf) | {
        "names": certificate_names(leaf)[:names_limit],
        "issuer": _readable(leaf.issuer),
        "not_before": max(each.not_valid_before_utc for each in own).date().isoformat(),
        "not_after": min(each.not_valid_after_utc for each in own).date().isoformat(),
        "chain_length": len(chain),
    }


def _describe_leaf(leaf: x509.Certificate) -> dict[str, Any]:
    """What some apps look at and others don't: since when, for how many days, for what, with which list."""
    revocation = _extension(leaf, x509.CRLDistributionPoints)
    usage = _extension(leaf, x509.ExtendedKeyUsage)
    return {
        "issued": leaf.not_valid_before_utc.date().isoformat(),
        "valid_days": (leaf.not_valid_after_utc - leaf.not_valid_before_utc).days,
        "revocation_list": revocation is not None,
        "for_servers": usage is not None and ExtendedKeyUsageOID.SERVER_AUTH in usage,
    }


def _extension(certificate: x509.Certificate, kind: type[_Extension]) -> _Extension | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return None


def expires_within(chain: Sequence[x509.Certificate], now: datetime, days: int) -> bool:
    """Whether any certificate that the server has to renew ends before so many days have passed."""
    ends = min(certificate.not_valid_after_utc for certificate in _without_root(chain))
    return ends - now < timedelta(days=days)


def _as_far_as_needed(
    chain: Sequence[x509.Certificate], roots: Collection[x509.Name]
) -> list[x509.Certificate]:
    """The chain up to where a client has a root of its own: some servers send what ended long ago besides."""
    needed = [chain[0]]
    for certificate in chain[1:]:
        if needed[-1].issuer in roots:
            break
        needed.append(certificate)
    return needed


def _without_root(chain: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """What the server has to renew: clients have roots of their own, and skip one that is sent along."""
    return [chain[0], *(certificate for certificate in chain[1:] if not _signed_itself(certificate))]


def certificate_names(certificate: x509.Certificate) -> list[str]:
    """The names in the subjectAltName; nobody reads the common name any more (RFC 9525 section 2)."""
    alternatives = _extension(certificate, x509.SubjectAlternativeName)
    if alternatives is None:
        return []
    names = alternatives.get_values_for_type(x509.DNSName)
    addresses = [str(address) for address in alternatives.get_values_for_type(x509.IPAddress)]
    return [*names, *addresses]


def _matches(pattern: str, name: str) -> bool:
    """RFC 9525 section 6.3: a wildcard stands for exactly one left-most label."""
    try:
        return ipaddress.ip_address(pattern) == ipaddress.ip_address(name)
    except ValueError:
        pass
    pattern, name = pattern.lower().rstrip("."), name.lower().rstrip(".")
    if pattern.startswith("*."):
        return name.partition(".")[2] == pattern[2:]
    return pattern == name


def _date_problems(chain: Sequence[x509.Certificate], now: datetime) -> list[CertificateProblem]:
    problems = []
    for position, certificate in enumerate(chain):
        if position and _signed_itself(certificate):
            continue
        if now > certificate.not_valid_after_utc:
            code = Code.CERT_INTERMEDIATE_EXPIRED if position else Code.CERT_EXPIRED
            date = certificate.not_valid_after_utc
        elif now < certificate.not_valid_before_utc:
            code, date = Code.CERT_NOT_YET, certificate.not_valid_before_utc
        else:
            continue
        whose = {"date": date.date().isoformat(), "position": position}
        problems.append(CertificateProblem(code, whose))
    return problems


def _strength_problems(chain: Sequence[x509.Certificate]) -> list[CertificateProblem]:
    problems = []
    for position, certificate in enumerate(_without_root(chain)):
        try:
            key, digest = certificate.public_key(), certificate.signature_hash_algorithm
        except (ValueError, UnsupportedAlgorithm):
            continue
        weak_rsa = isinstance(key, rsa.RSAPublicKey) and key.key_size < _RSA_BITS
        weak_ec = isinstance(key, ec.EllipticCurvePublicKey) and key.key_size < _EC_BITS
        if isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey) and (weak_rsa or weak_ec):
            evidence = {"key": f"{'RSA' if weak_rsa else 'EC'} {key.key_size}", "position": position}
            problems.append(CertificateProblem(Code.CERT_WEAK_KEY, evidence))
        # Nobody checks the signature of a root: being on the list is what makes it trusted.
        weak_digest = isinstance(digest, hashes.SHA1 | hashes.MD5)
        if weak_digest and digest is not None and not _signed_itself(certificate):
            evidence = {"signature": digest.name, "position": position}
            problems.append(CertificateProblem(Code.CERT_WEAK_SHA1, evidence))
    return problems


def _signed_itself(certificate: x509.Certificate) -> bool:
    if certificate.issuer != certificate.subject:
        return False
    try:
        certificate.verify_directly_issued_by(certificate)
    except InvalidSignature:
        return False
    except (UnsupportedAlgorithm, TypeError, ValueError):
        # SHA-1 is not verified any more, and old roots are signed with it; the name has to do.
        return True
    return True


def _readable(name: x509.Name) -> str:
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for attribute in name.get_attributes_for_oid(kind):
            return str(attribute.value)
    return name.rfc4514_string()
