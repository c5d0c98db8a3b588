"""Evolution reads and sends with what its page says to type."""

from collections.abc import Callable

import pytest

from mailsetup.clientconfig import Protocol, SocketType
from tests.clients.evolution import fill_in, running_evolution, trust
from tests.clients.terminal import Home
from tests.guides.page import Page
from tests.mail.lab import MailLab
from tests.mail.oracles import Mail, is_still_there


@pytest.mark.parametrize(
    ("protocol", "socket_type"), [(Protocol.IMAP, SocketType.STARTTLS), (Protocol.POP3, SocketType.SSL)]
)
def test_evolution(
    mail_lab: MailLab,
    home: Home,
    page_of: Callable[[str, str, Protocol, SocketType], Page],
    received: Callable[[str], str],
    protocol: Protocol,
    socket_type: SocketType,
) -> None:
    token, bert, message = received("bert"), mail_lab.users["bert"], Mail("bert")
    page = page_of("evolution", "bert", protocol, socket_type)
    _open, who, incoming, options, outgoing, _password = (step.part for step in page.steps)
    parts = {"who": who, "incoming": incoming, "options": options, "outgoing": outgoing}
    fill_in(home, parts, bert.password)
    trust(home, "localhost", mail_lab.folder / "certificate.pem")
    with running_evolution(home, bert.address, message.token) as evolution:
        evolution.press_send(message.token)
        assert message.arrives_in(mail_lab, "INBOX", "Subject")
        assert evolution.receives("A message of the tests")
    assert is_still_there(mail_lab, "bert", token), (
        "with POP3 it deletes what it has, unless it is told to leave it"
    )
