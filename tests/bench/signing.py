"""A profile for one address, signed with the key that most certificates have."""

import datetime
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from mailsetup.clientconfig import (
    Hosting,
    Protocol,
    ServerSettings,
    ServiceType,
    SocketType,
    Source,
    parse_address,
    resolve,
)
from mailsetup.formats import FORMATS
from tests.bench.report import Promise

PROFILES = 100


def measure() -> list[Promise]:
    from mailsetup.discovery.signing import ProfileSigner  # noqa: PLC0415  # once Django is set up

    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bench")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    signer = ProfileSigner(builder.sign(key, hashes.SHA256()), key)
    service = ServerSettings(ServiceType.IMAP, "mail.example.com", 993, SocketType.SSL)
    sending = ServerSettings(ServiceType.SMTP, "mail.example.com", 465, SocketType.SSL)
    hosting = Hosting("example.com", "example.com", Source.DOMAIN, "Example", (service, sending))
    config = resolve(parse_address("anna@example.com"), hosting, Protocol.IMAP)
    started = time.process_time()
    for _ in range(PROFILES):
        signer.sign(FORMATS["mobileconfig"].render(config))
    return [Promise("signed profile, CPU", (time.process_time() - started) / PROFILES * 1000, 8, "ms")]
