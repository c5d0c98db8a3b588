"""mbsync of isync: IMAP to a Maildir (man mbsync). 1.5 calls SSLType TLSType and still takes the old name."""

from mailsetup.clientconfig import ClientConfig, Protocol
from mailsetup.formats.base import NothingToOffer, pick
from mailsetup.formats.terminal.base import TerminalFormat, password_command, quoted, starttls


class Mbsync(TerminalFormat):
    slug = "mbsync"
    program = "mbsync 1.4"
    path = "~/.mbsyncrc"

    def lines(self, config: ClientConfig, address: str) -> list[str]:
        if config.protocol is not Protocol.IMAP:
            raise NothingToOffer("mbsync reads IMAP only.")
        imap = pick(config, Protocol.IMAP.service_type)
        name = quoted(address)
        folder = quoted(f"~/Mail/{address}/")
        # A blank line ends a section.
        return [
            f"IMAPAccount {name}",
            f"Host {imap.hostname}",
            f"Port {imap.port}",
            f"User {quoted(imap.username)}",
            f"PassCmd {quoted(password_command(address))}",
            f"SSLType {'STARTTLS' if starttls(imap) else 'IMAPS'}",
            "",
            f"IMAPStore {quoted(f'{address}-remote')}",
            f"Account {name}",
            "",
            f"MaildirStore {quoted(f'{address}-local')}",
            f"Path {folder}",
            f"Inbox {quoted(f'~/Mail/{address}/INBOX')}",
            "SubFolders Verbatim",
            "",
            f"Channel {name}",
            f"Far {quoted(f':{address}-remote:')}",
            f"Near {quoted(f':{address}-local:')}",
            "Patterns *",
            "Create Both",
            "SyncState *",
        ]


FORMAT = Mbsync()
