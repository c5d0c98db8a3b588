"""What every test of a mail app begins with: a home to run in, the app's page, and mail to find."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mailsetup.clientconfig import Hosting, Protocol, ServiceType, SocketType, Source
from tests.clients.terminal import Home
from tests.guides.page import Page
from tests.guides.shapes import render_for
from tests.mail.lab import MailLab
from tests.mail.oracles import Mail, submission


@pytest.fixture
def home(mail_lab: MailLab) -> Iterator[Home]:
    passwords = {user.address: user.password for user in mail_lab.users.values()}
    # Not in pytest's own folder, which nobody but root can enter.
    with tempfile.TemporaryDirectory(prefix="mlh-") as folder:
        yield Home.furnished(Path(folder), mail_lab.ca_file.read_text(), passwords)


@pytest.fixture
def hosting(mail_lab: MailLab) -> Callable[[Protocol, SocketType], Hosting]:
    """The lab as a provider tells us of it, under a name that programs find without a name server."""

    def services(protocol: Protocol, socket_type: SocketType) -> Hosting:
        kinds = (protocol.service_type, ServiceType.SMTP)
        found = [mail_lab.server_settings(kind, socket_type) for kind in kinds]
        named = [replace(each, hostname="localhost", username="%EMAILADDRESS%") for each in found]
        return Hosting(mail_lab.domain, mail_lab.domain, Source.DOMAIN, "Lab", tuple(named))

    return services


@pytest.fixture
def page_of(
    mail_lab: MailLab, hosting: Callable[[Protocol, SocketType], Hosting]
) -> Callable[[str, str, Protocol, SocketType], Page]:
    """The page of an app for somebody's mailbox in the lab, as they see it."""

    def rendered(app: str, user: str, protocol: Protocol, socket_type: SocketType) -> Page:
        return render_for(mail_lab.users[user].address, hosting(protocol, socket_type), app, protocol)

    return rendered


@pytest.fixture
def received(mail_lab: MailLab) -> Callable[[str], str]:
    """Puts a message into somebody's inbox and returns what it can be told by."""

    def deliver(user: str) -> str:
        message = Mail(user)
        with submission(mail_lab, "submissions", user) as client:
            client.send_message(message.content)
        assert message.arrives_in(mail_lab, "INBOX")
        return message.token

    return deliver
