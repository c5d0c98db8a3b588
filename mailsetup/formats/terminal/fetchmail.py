"""fetchmail: fetches by IMAP or POP3 (man fetchmail). It has no command for the password and asks for it."""

from mailsetup.clientconfig import ClientConfig
from mailsetup.formats.base import pick
from mailsetup.formats.terminal.base import TerminalFormat, quoted, starttls


class Fetchmail(TerminalFormat):
    slug = "fetchmail"
    program = "fetchmail 6.4"
    path = "~/.fetchmailrc"

    def head(self, config: ClientConfig) -> list[str]:
        return [
            f"{self.program}: {config.address}. This belongs into {self.path}.",
            "Readable by you alone: chmod 600. fetchmail asks for the password, or looks into ~/.netrc.",
        ]

    def lines(self, config: ClientConfig, address: str) -> list[str]:  # noqa: ARG002  # no name is needed
        incoming = pick(config, config.protocol.service_type)
        encryption = "" if starttls(incoming) else "ssl "
        return [
            f"poll {incoming.hostname} protocol {config.protocol.upper()} service {incoming.port}",
            f"    user {quoted(incoming.username)}",
            # sslproto asks for STARTTLS where "ssl" does not come first.
            f'    {encryption}sslproto "TLS1.2+" sslcertck',
            # Without this word it deletes what it has fetched from the server.
            "    keep",
        ]


FORMAT = Fetchmail()
