"""msmtp: sends (man msmtp). A value ends with its line; quotes around it are taken off, those inside stay."""

from mailsetup.clientconfig import ClientConfig, ServiceType
from mailsetup.formats.base import pick
from mailsetup.formats.terminal.base import TerminalFormat, password_command, starttls


class Msmtp(TerminalFormat):
    slug = "msmtp"
    program = "msmtp 1.8"
    path = "~/.msmtprc"

    def lines(self, config: ClientConfig, address: str) -> list[str]:
        smtp = pick(config, ServiceType.SMTP)
        return [
            f"account {_value(address)}",
            f"host {smtp.hostname}",
            f"port {smtp.port}",
            "tls on",
            # It is on where it is missing, also on port 465, which then waits for ever.
            f"tls_starttls {'on' if starttls(smtp) else 'off'}",
            "auth on",
            f"from {_value(address)}",
            f"user {_value(smtp.username)}",
            f"passwordeval {_value(password_command(address))}",
            "",
            f"account default : {address}",
        ]


def _value(text: str) -> str:
    return f'"{text}"'


FORMAT = Msmtp()
