"""Thunderbird sets itself up from our answer alone, reads and sends."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from mailsetup.clientconfig import Hosting, Protocol, ServiceType, SocketType, Source
from mailsetup.hosting.models import Domain, Server, Service
from tests.clients.thunderbird import Thunderbird, running_thunderbird
from tests.guides.shapes import render_for
from tests.mail.lab import MailLab
from tests.mail.oracles import Mail

SSL, STARTTLS = SocketType.SSL, SocketType.STARTTLS
# Thunderbird's own numbers: nsMsgSocketType, nsMsgAuthMethod.
NUMBERS = {SSL: 3, STARTTLS: 2}
PASSWORD_CLEARTEXT = 3
# What the words in its fields mean to it.
WORDS = {"SSL/TLS": 3, "STARTTLS": 2, "Normal password": PASSWORD_CLEARTEXT}
pytestmark = pytest.mark.django_db(transaction=True)


def publish(lab: MailLab, socket_type: SocketType) -> None:
    """The lab's domain as a provider tells us of it."""
    server = Server.objects.create(name="lab", webmail_url="https://webmail.lab.test/")
    for position, kind in enumerate(ServiceType):
        settings = lab.server_settings(kind, socket_type)
        Service.objects.create(
            server=server,
            position=position,
            type=kind.value,
            hostname=settings.hostname,
            port=settings.port,
            socket_type=socket_type.value,
        )
    Domain.objects.create(name=lab.domain, server=server)


@pytest.fixture
def thunderbird(live_server: LiveServer, mail_lab: MailLab) -> Iterator[Thunderbird]:
    port = int(live_server.url.rpartition(":")[2])
    # Nobody answers by HTTPS here, so what it finds comes by HTTP, which it asks besides.
    with running_thunderbird({80: port, 443: 9}) as thunderbird:
        thunderbird.trust(mail_lab.ca_file.read_text())
        yield thunderbird


@pytest.mark.parametrize("protocol", ["imap", "pop3"])
@pytest.mark.parametrize("socket_type", [SSL, STARTTLS])
def test_it_finds_reads_and_sends(
    mail_lab: MailLab, thunderbird: Thunderbird, tmp_path: Path, protocol: str, socket_type: SocketType
) -> None:
    publish(mail_lab, socket_type)
    anna = mail_lab.users["anna"]

    found = thunderbird.discover(anna.address)

    incoming = mail_lab.server_settings(ServiceType(protocol), socket_type)
    outgoing = mail_lab.server_settings(ServiceType.SMTP, socket_type)
    rest = [NUMBERS[socket_type], PASSWORD_CLEARTEXT, anna.address]
    assert ["smtp", outgoing.hostname, outgoing.port, *rest] == found["outgoing"]
    assert [protocol, incoming.hostname, incoming.port, *rest] in [found["incoming"], *found["others"]]
    assert found["incoming"][0] == "imap", "the one that it offers first"

    thunderbird.create(anna.address, anna.password, protocol)
    reads_and_sends(thunderbird, mail_lab, tmp_path)


def reads_and_sends(thunderbird: Thunderbird, lab: MailLab, folder: Path) -> None:
    anna = lab.users["anna"]
    mail = Mail("anna")
    mail.content.replace_header("Subject", f"Thunderbird {mail.token}")
    message = folder / "message.eml"
    message.write_bytes(mail.content.as_bytes())
    thunderbird.send(message, anna.address, anna.password)
    assert mail.arrives_in(lab, "INBOX")
    assert anna.address in thunderbird.receive(f"Thunderbird {mail.token}")


@pytest.mark.parametrize(("protocol", "socket_type"), [("imap", STARTTLS), ("pop3", SSL)])
def test_it_works_with_what_the_guide_says_to_type(
    mail_lab: MailLab, thunderbird: Thunderbird, tmp_path: Path, protocol: str, socket_type: SocketType
) -> None:
    """The values are taken off the rendered page, not out of the database."""
    anna = mail_lab.users["anna"]
    services = tuple(mail_lab.server_settings(kind, socket_type) for kind in ServiceType)
    hosting = Hosting(mail_lab.domain, mail_lab.domain, Source.DOMAIN, "Lab", services)
    page = render_for(anna.address, hosting, "thunderbird", Protocol(protocol))

    incoming, outgoing = page.step_of("incoming").part.fields, page.step_of("outgoing").part.fields

    assert incoming["Protocol"].lower() == protocol
    thunderbird.type("Anna", typed(incoming, protocol), typed(outgoing, "smtp"))
    thunderbird.create(anna.address, anna.password, protocol)
    reads_and_sends(thunderbird, mail_lab, tmp_path)


def typed(fields: dict[str, str], kind: str) -> dict[str, Any]:
    return {
        "type": kind,
        "hostname": fields["Hostname"],
        "port": int(fields["Port"]),
        "socketType": WORDS[fields["Connection security"]],
        "auth": WORDS[fields["Authentication method"]],
        "username": fields["Username"],
    }
