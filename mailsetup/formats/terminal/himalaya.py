"""Himalaya 2: IMAP and sending (its config.sample.toml). Version 1 has other names and does not read this."""

import json

from mailsetup.clientconfig import ClientConfig, Protocol, ServerSettings, ServiceType
from mailsetup.formats.base import Evidence, NothingToOffer, pick
from mailsetup.formats.terminal.base import TerminalFormat, password_command, starttls


class Himalaya(TerminalFormat):
    slug = "himalaya"
    program = "Himalaya 2"
    path = "~/.config/himalaya/config.toml"
    evidence = Evidence.SOURCE

    def lines(self, config: ClientConfig, address: str) -> list[str]:
        if config.protocol is not Protocol.IMAP:
            raise NothingToOffer("Himalaya reads IMAP only.")
        imap, smtp = pick(config, ServiceType.IMAP), pick(config, ServiceType.SMTP)
        return [
            f"[accounts.{_text(address)}]",
            "default = true",
            f"email = {_text(address)}",
            *_server("imap", imap, address),
            *_server("smtp", smtp, address),
        ]


def _server(name: str, service: ServerSettings, address: str) -> list[str]:
    scheme = name if starttls(service) else f"{name}s"
    return [
        "",
        f"{name}.server = {_text(f'{scheme}://{service.hostname}:{service.port}')}",
        f"{name}.starttls = {'true' if starttls(service) else 'false'}",
        f"{name}.sasl.plain.username = {_text(service.username)}",
        f"{name}.sasl.plain.password.command = {_text(password_command(address))}",
    ]


def _text(text: str) -> str:
    """A basic string of TOML: JSON's escapes are among its own."""
    return json.dumps(text)


FORMAT = Himalaya()
