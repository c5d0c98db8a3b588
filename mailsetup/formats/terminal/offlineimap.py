"""OfflineIMAP 3: IMAP to a Maildir (its offlineimap.conf). In the file % is doubled."""

from mailsetup.clientconfig import ClientConfig, Protocol
from mailsetup.formats.base import NothingToOffer, pick
from mailsetup.formats.terminal.base import TerminalFormat, starttls


class OfflineImap(TerminalFormat):
    slug = "offlineimap"
    program = "OfflineIMAP 3"
    path = "~/.offlineimaprc"

    def lines(self, config: ClientConfig, address: str) -> list[str]:
        if config.protocol is not Protocol.IMAP:
            raise NothingToOffer("OfflineIMAP reads IMAP only.")
        imap = pick(config, Protocol.IMAP.service_type)
        command = ["pass", "show", f"mail/{address}"]
        lines = [
            "[general]",
            "accounts = mail",
            "",
            "[Account mail]",
            "localrepository = local",
            "remoterepository = remote",
            "",
            "[Repository local]",
            "type = Maildir",
            f"localfolders = ~/Mail/{address}",
            "",
            "[Repository remote]",
            "type = IMAP",
            f"remotehost = {imap.hostname}",
            f"remoteport = {imap.port}",
            f"remoteuser = {imap.username}",
            # An expression of Python; no shell comes in between.
            f'remotepasseval = __import__("subprocess").check_output({command!r}, text=True).strip()',
            f"ssl = {'no' if starttls(imap) else 'yes'}",
            f"starttls = {'yes' if starttls(imap) else 'no'}",
            "sslcacertfile = /etc/ssl/certs/ca-certificates.crt",
        ]
        return [line.replace("%", "%%") for line in lines]


FORMAT = OfflineImap()
