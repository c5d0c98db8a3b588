"""Claws Mail reads and sends with what its page says to type."""

from collections.abc import Callable

import pytest

from mailsetup.clientconfig import Protocol, SocketType
from tests.clients.claws_mail import fill_in, queue, running_claws_mail
from tests.clients.terminal import Home
from tests.guides.page import Page
from tests.mail.lab import MailLab
from tests.mail.oracles import Mail, is_still_there


@pytest.mark.parametrize("socket_type", [SocketType.SSL, SocketType.STARTTLS])
@pytest.mark.parametrize("protocol", Protocol)
def test_claws_mail(
    mail_lab: MailLab,
    home: Home,
    page_of: Callable[[str, str, Protocol, SocketType], Page],
    received: Callable[[str], str],
    protocol: Protocol,
    socket_type: SocketType,
) -> None:
    token, message = received("bert"), Mail("bert")
    page = page_of("claws-mail", "bert", protocol, socket_type)
    _open, who, incoming, outgoing, _save = (step.part for step in page.steps)
    inbox = fill_in(home, who, incoming, outgoing, mail_lab.users["bert"].password)
    queue(home, message)
    with running_claws_mail(home, inbox) as claws_mail:
        assert message.arrives_in(mail_lab, "INBOX")
        assert claws_mail.receives("A message of the tests", token)
    assert is_still_there(mail_lab, "bert", token), "with POP3, for some days"
