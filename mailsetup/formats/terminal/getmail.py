"""getmail6: fetches by IMAP or POP3 over implicit TLS (its docs/configuration.html). It has no STARTTLS."""

from mailsetup.clientconfig import ClientConfig, Protocol
from mailsetup.formats.base import NothingToOffer, pick
from mailsetup.formats.terminal.base import TerminalFormat, starttls


class Getmail(TerminalFormat):
    slug = "getmail"
    program = "getmail 6"
    path = "~/.config/getmail/getmailrc"

    def lines(self, config: ClientConfig, address: str) -> list[str]:
        incoming = pick(config, config.protocol.service_type)
        if starttls(incoming):
            raise NothingToOffer(
                f"getmail has no STARTTLS, and this server has nothing else for {config.protocol.upper()}."
            )
        kind = "IMAP" if config.protocol is Protocol.IMAP else "POP3"
        return [
            "[retriever]",
            f"type = Simple{kind}SSLRetriever",
            f"server = {incoming.hostname}",
            f"port = {incoming.port}",
            f"username = {incoming.username}",
            # A tuple as Python writes it; no shell comes in between.
            f"password_command = {('pass', 'show', f'mail/{address}')!r}",
            *(['mailboxes = ("INBOX",)'] if config.protocol is Protocol.IMAP else []),
            "ca_certs = /etc/ssl/certs/ca-certificates.crt",
            "",
            "# It has to be there: mkdir -p ~/Mail/inbox/cur ~/Mail/inbox/new ~/Mail/inbox/tmp",
            "[destination]",
            "type = Maildir",
            "path = ~/Mail/inbox/",
            "",
            "[options]",
            "read_all = false",
            # Its own default, said because of what it would do otherwise.
            "delete = false",
        ]


FORMAT = Getmail()
