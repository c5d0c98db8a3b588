"""Apple configuration profile for iPhone, iPad and Mac (Apple's com.apple.mail.managed payload).

Keys and their types: github.com/apple/device-management, mdm/profiles/com.apple.mail.managed.yaml.
"""

import plistlib
import re
import uuid
from typing import Any

from mailsetup.clientconfig import (
    AddressError,
    Authentication,
    ClientConfig,
    Protocol,
    ServerSettings,
    ServiceType,
    parse_address,
)
from mailsetup.formats.base import (
    Evidence,
    Format,
    NothingToOffer,
    Reader,
    Scope,
    pick,
    printable,
)

_NAME_MAX = 60
# Identifiers of profiles hang below this name, so that the same address always gets the same ones.
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://www.rfc-editor.org/rfc/rfc6068#mail-account")
_ACCOUNT_TYPES = {Protocol.IMAP: "EmailTypeIMAP", Protocol.POP3: "EmailTypePOP"}
_AUTHENTICATION = {
    Authentication.PASSWORD_CLEARTEXT: "EmailAuthPassword",
    Authentication.PASSWORD_ENCRYPTED: "EmailAuthCRAMMD5",
}


class MobileConfig(Format):
    slug = "mobileconfig"
    media_type = "application/x-apple-aspen-config"
    readers = (Reader("Mail on iPhone, iPad and Mac", "takes it as a profile to install", Evidence.VENDOR),)
    scope = Scope.ADDRESS
    public = False
    signed = True

    def filename(self, config: ClientConfig) -> str:
        words = re.sub(r"[^a-z0-9]+", "-", config.address).strip("-")
        return f"mail-{words}.mobileconfig"

    def render(self, config: ClientConfig) -> bytes:
        """The unsigned profile for one address and protocol, without a password; raises NothingToOffer."""
        try:
            address = parse_address(config.address)
        except AddressError:
            raise NothingToOffer("A profile is made for one address.") from None
        organization = printable(config.display_name or config.domain, _NAME_MAX)
        reverse_domain = ".".join(reversed(address.domain.split(".")))
        identifier = f"{reverse_domain}.mail.{_uuid(config, 'identifier')}"
        profile: dict[str, Any] = {
            "PayloadType": "Configuration",
            "PayloadVersion": 1,
            "PayloadIdentifier": identifier,
            "PayloadUUID": _uuid(config, "profile"),
            "PayloadDisplayName": f"{address.display} ({config.protocol.upper()})",
            "PayloadDescription": f"Sets up the mail account {address.display}. It holds no password.",
            "PayloadOrganization": organization,
            "PayloadScope": "User",  # on a Mac: for this user alone
            "PayloadContent": [_account(config, f"{identifier}.account")],
        }
        return plistlib.dumps(profile, fmt=plistlib.FMT_XML, sort_keys=True)


def _account(config: ClientConfig, identifier: str) -> dict[str, Any]:
    # The profile has one key, UseSSL, and Apple does not say how it treats a port that starts in the clear.
    incoming = pick(config, config.protocol.service_type)
    outgoing = pick(config, ServiceType.SMTP)
    # With one user name for both, the iPhone asks for the password once.
    same_sign_in = incoming.username == outgoing.username
    return {
        "PayloadType": "com.apple.mail.managed",
        "PayloadVersion": 1,
        "PayloadIdentifier": identifier,
        "PayloadUUID": _uuid(config, "account"),
        "PayloadDisplayName": config.address,
        "EmailAccountType": _ACCOUNT_TYPES[config.protocol],
        "EmailAccountDescription": config.address,
        "EmailAddress": config.address,
        **_server("Incoming", incoming),
        **_server("Outgoing", outgoing),
        "OutgoingPasswordSameAsIncomingPassword": same_sign_in,
    }


def _server(direction: str, service: ServerSettings) -> dict[str, Any]:
    return {
        f"{direction}MailServerHostName": service.hostname,
        f"{direction}MailServerPortNumber": service.port,
        f"{direction}MailServerUseSSL": True,  # Apple's default is false
        f"{direction}MailServerUsername": service.username,
        f"{direction}MailServerAuthentication": _AUTHENTICATION[service.authentication],
    }


def _uuid(config: ClientConfig, kind: str) -> str:
    """Stable, so that installing again replaces the account; one per address, protocol and kind."""
    return str(uuid.uuid5(_NAMESPACE, f"{kind}:{config.protocol.value}:{config.address}")).upper()


FORMAT = MobileConfig()
