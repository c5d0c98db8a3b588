"""aerc: IMAP and sending (aerc-imap(5), aerc-smtp(5)). The names of 0.14, in Debian; the URLs are encoded."""

from urllib.parse import quote

from mailsetup.clientconfig import ClientConfig, Protocol, ServerSettings, ServiceType
from mailsetup.formats.base import NothingToOffer, pick
from mailsetup.formats.terminal.base import TerminalFormat, password_command, starttls


class Aerc(TerminalFormat):
    slug = "aerc"
    program = "aerc 0.14"
    path = "~/.config/aerc/accounts.conf"

    def lines(self, config: ClientConfig, address: str) -> list[str]:
        if config.protocol is not Protocol.IMAP:
            raise NothingToOffer("aerc reads IMAP only.")
        imap, smtp = pick(config, ServiceType.IMAP), pick(config, ServiceType.SMTP)
        command = password_command(address)
        return [
            f"[{address}]",
            # Of its schemes "imap" is STARTTLS and "imap+insecure" nothing at all.
            f"source = {_url('imap' if starttls(imap) else 'imaps', imap)}",
            f"source-cred-cmd = {command}",
            f"outgoing = {_url('smtp' if starttls(smtp) else 'smtps', smtp)}",
            f"outgoing-cred-cmd = {command}",
            # "smtp" alone may send in the clear. Its manual says "true", which the program doesn't know.
            *(["smtp-starttls = yes"] if starttls(smtp) else []),
            f"from = <{address}>",
            "default = INBOX",
            "copy-to = Sent",
        ]


def _url(scheme: str, service: ServerSettings) -> str:
    return f"{scheme}://{quote(service.username, safe='')}@{service.hostname}:{service.port}"


FORMAT = Aerc()
