"""curl: command lines that show whether one can sign in; it asks for the password (man curl)."""

import shlex

from mailsetup.clientconfig import ClientConfig, Protocol, ServerSettings, ServiceType
from mailsetup.formats.base import NothingToOffer, pick
from mailsetup.formats.terminal.base import TerminalFormat, starttls


class Curl(TerminalFormat):
    slug = "curl"
    program = "curl 7.88"
    path = "a shell"

    def head(self, config: ClientConfig) -> list[str]:
        return [
            f"{self.program}: {config.address}. Lines for a shell; each asks for the password.",
            "The first lists the inbox, the second sends the message in message.txt to yourself.",
        ]

    def lines(self, config: ClientConfig, address: str) -> list[str]:
        incoming, outgoing = pick(config, config.protocol.service_type), pick(config, ServiceType.SMTP)
        scheme, folder = ("imap", "INBOX?ALL") if config.protocol is Protocol.IMAP else ("pop3", "")
        return [
            _line(_url(scheme, incoming, folder), incoming),
            _line(
                _url("smtp", outgoing, ""),
                outgoing,
                *("--mail-from", address, "--mail-rcpt", address, "--upload-file", "message.txt"),
            ),
        ]


def _url(scheme: str, service: ServerSettings, path: str) -> str:
    return f"{scheme}{'' if starttls(service) else 's'}://{service.hostname}:{service.port}/{path}"


def _line(url: str, service: ServerSettings, *options: str) -> str:
    # Without it curl goes on in the clear where a server has no STARTTLS.
    encrypted = ("--ssl-reqd",) if starttls(service) else ()
    if ":" in service.username:
        raise NothingToOffer("curl would end this user name at its colon.")
    return shlex.join(["curl", *encrypted, "--user", service.username, "--url", url, *options])


FORMAT = Curl()
