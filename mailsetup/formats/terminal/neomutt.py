"""NeoMutt (neomuttrc(5)): reads IMAP or POP3 and sends, by itself."""

from urllib.parse import quote

from mailsetup.clientconfig import ClientConfig, Protocol, ServerSettings, ServiceType
from mailsetup.formats.base import NothingToOffer, pick
from mailsetup.formats.terminal.base import TerminalFormat, password_command, starttls


class NeoMutt(TerminalFormat):
    slug = "neomutt"
    program = "NeoMutt 2022"
    path = "~/.config/neomutt/neomuttrc"

    def lines(self, config: ClientConfig, address: str) -> list[str]:
        incoming = pick(config, config.protocol.service_type)
        outgoing = pick(config, ServiceType.SMTP)
        if "`" in address:
            raise NothingToOffer("NeoMutt would run what is between backticks.")
        command = f'"`{password_command(address)}`"'
        return [
            f"set from = {_text(address)}",
            # Before the folders: naming one opens it, and it asks for a password that it does not have yet.
            f"set {'imap' if config.protocol is Protocol.IMAP else 'pop'}_pass = {command}",
            *(_imap(incoming) if config.protocol is Protocol.IMAP else _pop3(incoming)),
            "",
            f"set smtp_url = {_text(_url('smtp', outgoing))}",
            f"set smtp_pass = {command}",
            "",
            "set ssl_starttls = yes",
            "set ssl_force_tls = yes",
        ]


def _imap(imap: ServerSettings) -> list[str]:
    return [
        f"set imap_user = {_text(imap.username)}",
        f"set folder = {_text(_url('imap', imap, user=False))}",
        "set spool_file = +INBOX",
        "mailboxes +INBOX",
    ]


def _pop3(pop3: ServerSettings) -> list[str]:
    return [
        f"set pop_user = {_text(pop3.username)}",
        f"set pop_host = {_text(_url('pop', pop3, user=False))}",
        # Otherwise it asks, and a yes empties the mailbox on the server.
        "set pop_delete = no",
    ]


def _url(scheme: str, service: ServerSettings, *, user: bool = True) -> str:
    name = f"{quote(service.username, safe='')}@" if user else ""
    return f"{scheme}{'' if starttls(service) else 's'}://{name}{service.hostname}:{service.port}/"


def _text(text: str) -> str:
    """In single quotes, where nothing is special; in double ones with escapes where it holds a single one."""
    if "'" not in text:
        return f"'{text}'"
    for special in '\\"`$':
        text = text.replace(special, f"\\{special}")
    return f'"{text}"'


FORMAT = NeoMutt()
