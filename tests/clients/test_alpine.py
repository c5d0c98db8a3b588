"""Alpine is set up with what its page says to type, reads and sends."""

from collections.abc import Callable

import pytest

from mailsetup.clientconfig import Protocol, SocketType
from tests.clients.terminal import Home, Terminal
from tests.guides.page import Page, Part
from tests.mail.lab import MailLab
from tests.mail.oracles import Mail

ENTER, CTRL_K, CTRL_X = "\r", "\x0b", "\x18"


@pytest.mark.parametrize("socket_type", [SocketType.SSL, SocketType.STARTTLS])
@pytest.mark.parametrize("protocol", Protocol)
def test_alpine(
    mail_lab: MailLab,
    home: Home,
    page_of: Callable[[str, str, Protocol, SocketType], Page],
    received: Callable[[str], str],
    protocol: Protocol,
    socket_type: SocketType,
) -> None:
    received("bert")
    bert, message = mail_lab.users["bert"], Mail("bert")
    # Each of its warnings would take no key for three seconds; and it would keep what it sends in the home of
    # the system's list of users, which "nobody" has not.
    alpine = ("alpine", "-P", home.write("system", 'status-message-delay=-1\ndefault-fcc=""\n'))
    home.make_folder("mail")
    with home.at_a_terminal(*alpine) as terminal:
        follow(page_of("alpine", "bert", protocol, socket_type), terminal)

    with home.at_a_terminal(*alpine, "-i") as terminal:
        password = (("PASSWORD", bert.password + ENTER), ("Preserve password", "N"))
        press(terminal, *password, ("A message of the tests", "C"))
        press(terminal, ("Get Help", f"{bert.address}{ENTER * 3}{message.token}{CTRL_X}"))
        press(terminal, ("Send message?", "Y"), *password)
        assert message.arrives_in(mail_lab, "INBOX", "Subject")


def follow(page: Page, terminal: Terminal) -> None:
    """Types what the page says to type: keys, and a line under the label that stands above it."""
    first, who, incoming, outgoing, save, _password = (step.part for step in page.steps)
    past_greeting, setup, configuration, *_ = keys_of(first)
    press(terminal, ("greeting text", past_greeting), ("SETUP", setup), ("onfig", configuration))

    name, sender = labels_of(who)
    fill_in(terminal, name, who.fields[name])
    fill_in(terminal, sender, line_of(who))
    for part in (incoming, outgoing):
        fill_in(terminal, labels_of(part)[0], line_of(part))

    leave_list, commit, leave = keys_of(save)
    press(terminal, ("WhereIs", leave_list), (labels_of(save)[0], commit), ("QUIT", leave))
    press(terminal, ("Really quit", commit))
    terminal.until("Alpine finished")


def fill_in(terminal: Terminal, label: str, value: str) -> None:
    press(terminal, ("WhereIs", "W"), ("Word to find", label + ENTER), ("WhereIs", ENTER))
    # "Enter the text to be added", "Enter the replacement text", "Name of Inbox server"
    press(terminal, (" : ", CTRL_K + value + ENTER))


def press(terminal: Terminal, *answers: tuple[str, str]) -> None:
    for question, keys in answers:
        terminal.until(question)
        terminal.type(keys)


def keys_of(part: Part) -> list[str]:
    return [key.text for key in part.parts("kbd")]


def labels_of(part: Part) -> list[str]:
    return [label.text for label in part.parts("span") if label.attributes.get("class") == "ui"]


def line_of(part: Part) -> str:
    (line,) = part.parts("pre")
    return line.content
