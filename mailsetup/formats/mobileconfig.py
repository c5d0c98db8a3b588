"""Apple configuration profile for iPhone, iPad and Mac (Apple's com.apple.mail.managed payload).

Keys and their types: github.com/apple/device-management, mdm/profiles/com.apple.mail.managed.yaml.
"""

import plistlib
import re
import uuid
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from mailsetup.clientconfig import (
    Address,
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
_HTTPS_PORT = 443
# What a file name can't hold on some system; quotes and semicolons would end it in a header.
_NOT_IN_NAMES = re.compile(r"[^\w@.+-]+", re.ASCII)
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
        """With the address in it as people write it, so that they know the file again."""
        return f"mail-{_NOT_IN_NAMES.sub('-', config.address).strip('-')}.mobileconfig"

    def render(self, config: ClientConfig) -> bytes:
        """The unsigned profile for one address and protocol, without a password; raises NothingToOffer."""
        address = _address(config)
        return _profile(
            _identifier(config),
            _uuid(config, "profile"),
            title=f"{address.display} ({config.protocol.upper()})",
            description=f"Sets up the mail account {address.display}. It holds no password.",
            configs=[config],
        )

    def render_several(self, configs: Sequence[ClientConfig], owner: str) -> bytes:
        """One profile for several addresses of a person; raises NothingToOffer.

        `owner` tells the person from others: another profile for the same owner replaces this one. Each
        account is the same as in a profile of its own, so that none is made twice.
        """
        first = configs[0]
        listed = ", ".join(_address(config).display for config in configs)
        number = uuid.uuid5(_NAMESPACE, f"several:{first.protocol.value}:{owner}")
        return _profile(
            f"{_reverse_domain(_address(first))}.mail.several.{str(number).upper()}",
            str(uuid.uuid5(_NAMESPACE, f"profile:{number}")).upper(),
            title=f"{len(configs)} addresses ({first.protocol.upper()})",
            description=f"Sets up the mail accounts {listed}. It holds no password.",
            configs=configs,
        )


def _profile(
    identifier: str, number: str, *, title: str, description: str, configs: Sequence[ClientConfig]
) -> bytes:
    first = configs[0]
    profile: dict[str, Any] = {
        "PayloadType": "Configuration",
        "PayloadVersion": 1,
        "PayloadIdentifier": identifier,
        "PayloadUUID": number,
        "PayloadDisplayName": title,
        "PayloadDescription": description,
        "PayloadOrganization": printable(first.display_name or first.domain, _NAME_MAX),
        "PayloadScope": "User",  # on a Mac: for this user alone
        "PayloadContent": [payload for config in configs for payload in _payloads(config)],
    }
    return plistlib.dumps(profile, fmt=plistlib.FMT_XML, sort_keys=True)


def _address(config: ClientConfig) -> Address:
    try:
        return parse_address(config.address)
    except AddressError:
        raise NothingToOffer("A profile is made for one address.") from None


def _reverse_domain(address: Address) -> str:
    return ".".join(reversed(address.domain.split(".")))


def _identifier(config: ClientConfig) -> str:
    return f"{_reverse_domain(_address(config))}.mail.{_uuid(config, 'identifier')}"


def _payloads(config: ClientConfig) -> list[dict[str, Any]]:
    """The mail account, and the calendars and address books where the server has them."""
    payloads = [_account(config)]
    for kind, url in (("CalDAV", config.caldav_url), ("CardDAV", config.carddav_url)):
        # Apple's payload signs in by password, so never over an unencrypted connection.
        if url.startswith("https://"):
            payloads.append(_collection(config, kind, url))
    return payloads


def _account(config: ClientConfig) -> dict[str, Any]:
    # The profile has one key, UseSSL, and Apple does not say how it treats a port that starts in the clear.
    incoming = pick(config, config.protocol.service_type)
    outgoing = pick(config, ServiceType.SMTP)
    # With one user name for both, the iPhone asks for the password once.
    same_sign_in = incoming.username == outgoing.username
    return {
        "PayloadType": "com.apple.mail.managed",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"{_identifier(config)}.account",
        "PayloadUUID": _uuid(config, "account"),
        "PayloadDisplayName": config.address,
        "EmailAccountType": _ACCOUNT_TYPES[config.protocol],
        "EmailAccountDescription": config.address,
        "EmailAddress": config.address,
        **_server("Incoming", incoming),
        **_server("Outgoing", outgoing),
        "OutgoingPasswordSameAsIncomingPassword": same_sign_in,
    }


def _collection(config: ClientConfig, kind: str, url: str) -> dict[str, Any]:
    """Keys: mdm/profiles/com.apple.caldav.account.yaml and com.apple.carddav.account.yaml."""
    parts = urlsplit(url)
    payload: dict[str, Any] = {
        "PayloadType": f"com.apple.{kind.lower()}.account",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"{_identifier(config)}.{kind.lower()}",
        "PayloadUUID": _uuid(config, kind.lower()),
        "PayloadDisplayName": f"{config.address} ({kind})",
        f"{kind}AccountDescription": config.address,
        f"{kind}HostName": parts.hostname or "",
        f"{kind}Port": parts.port or _HTTPS_PORT,
        f"{kind}UseSSL": True,
        f"{kind}Username": config.incoming.username,
    }
    if parts.path not in ("", "/"):
        payload[f"{kind}PrincipalURL"] = parts.path
    return payload


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
