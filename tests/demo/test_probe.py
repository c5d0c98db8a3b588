"""The demo's mail server is one that a connection test finds nothing wrong with."""

import asyncio
import ipaddress

import pytest

from mailsetup.clientconfig import ServerSettings, ServiceType, SocketType
from mailsetup.probes import beside
from mailsetup.probes.findings import Code, Step
from mailsetup.probes.look import look
from mailsetup.probes.vantage import Vantage
from tests.demo.servers import MailServer

NAME = "mail.lindqvist.example"


@pytest.mark.parametrize("kind", [ServiceType.IMAP, ServiceType.SMTP])
def test_it_forgets_what_was_sent_before_encryption(mail_server: MailServer, kind: ServiceType) -> None:
    beside.FORGETS_EARLY_COMMANDS.clear()
    port = mail_server.imap_port if kind is ServiceType.IMAP else mail_server.smtp_port
    vantage = Vantage(
        allowed_networks=(ipaddress.ip_network("127.0.0.0/8"),),
        ca_file=str(mail_server.state / "authority" / "authority.pem"),
        hosts={NAME: ("127.0.0.1",)},
    )
    (report,) = asyncio.run(look([ServerSettings(kind, NAME, port, SocketType.STARTTLS)], vantage))
    codes = {step.step: step.code for step in report.steps}
    assert codes[Step.TLS] is Code.OK
