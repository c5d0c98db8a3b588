"""The programs of the terminal read and send with the files that we render."""

import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from mailsetup.clientconfig import Hosting, Protocol, SocketType, parse_address, resolve
from mailsetup.formats import FORMATS
from mailsetup.guides.clients import GUIDES
from tests.clients.terminal import Home
from tests.guides.page import Page
from tests.mail.lab import MailLab
from tests.mail.oracles import Mail, is_still_there

SSL, STARTTLS = SocketType.SSL, SocketType.STARTTLS
IMAP, POP3 = Protocol.IMAP, Protocol.POP3
Render = Callable[..., bytes]
# Its password has what shells, quotes and files of settings stumble over.
USERS = ["bert", "anna"]


@pytest.fixture
def render(
    mail_lab: MailLab,
    hosting: Callable[[Protocol, SocketType], Hosting],
    page_of: Callable[[str, str, Protocol, SocketType], Page],
) -> Render:
    """The file of one format for one mailbox of the lab, as the app's guide shows it if it has one."""

    def file_of(slug: str, user: str, protocol: Protocol, socket_type: SocketType) -> bytes:
        guides = [each for each in GUIDES.values() if slug in each.files and protocol in each.protocols]
        if not guides:
            address = parse_address(mail_lab.users[user].address)
            return FORMATS[slug].render(resolve(address, hosting(protocol, socket_type), protocol))
        (section,) = (
            part
            for part in page_of(guides[0].slug, user, protocol, socket_type).root.parts("section")
            if part.attributes.get("aria-labelledby") == f"file-{slug}"
        )
        (file,) = section.parts("pre")
        return file.content.encode()

    return file_of


def fetched_into(folder: Path, token: str) -> bool:
    return any(token in path.read_text() for path in folder.rglob("*") if path.is_file())


# --- Fetching ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("socket_type", [SSL, STARTTLS])
@pytest.mark.parametrize("user", USERS)
def test_mbsync(
    home: Home, render: Render, received: Callable[[str], str], user: str, socket_type: SocketType
) -> None:
    token = received(user)
    file = home.write_rendered(".mbsyncrc", render("mbsync", user, IMAP, socket_type))
    home.make_folder(f"Mail/{user}@lab.test")
    home.run("mbsync", "-c", file, "-a")
    assert fetched_into(home.folder / "Mail" / f"{user}@lab.test" / "INBOX", token)


@pytest.mark.parametrize("socket_type", [SSL, STARTTLS])
@pytest.mark.parametrize("user", USERS)
def test_offlineimap(
    home: Home, render: Render, received: Callable[[str], str], user: str, socket_type: SocketType
) -> None:
    token = received(user)
    file = home.write_rendered(".offlineimaprc", render("offlineimap", user, IMAP, socket_type))
    home.make_folder("Mail")
    command = ("offlineimap", "-c", file, "-o", "-1", "-u", "quiet")
    # Its library reads on in a thread of its own while STARTTLS begins, and may take a part of the handshake
    # (imaplib2): now and then it stands still or sees an alert, and not the next time.
    for _attempt in range(4 if socket_type is STARTTLS else 0):
        with suppress(subprocess.TimeoutExpired, AssertionError):
            home.run(*command, seconds=15)
            break
    else:
        home.run(*command)
    assert fetched_into(home.folder / "Mail" / f"{user}@lab.test", token)


@pytest.mark.parametrize("protocol", [IMAP, POP3])
@pytest.mark.parametrize("user", USERS)
def test_getmail(
    mail_lab: MailLab,
    home: Home,
    render: Render,
    received: Callable[[str], str],
    user: str,
    protocol: Protocol,
) -> None:
    token = received(user)
    file = home.write_rendered("getmail/getmailrc", render("getmail", user, protocol, SSL))
    for part in ("cur", "new", "tmp"):
        inbox = home.make_folder(f"Mail/inbox/{part}").parent
    home.run("getmail", f"--getmaildir={file.parent}", f"--rcfile={file}")
    assert fetched_into(inbox, token)
    assert is_still_there(mail_lab, user, token)


@pytest.mark.parametrize("socket_type", [SSL, STARTTLS])
@pytest.mark.parametrize("protocol", [IMAP, POP3])
def test_fetchmail(
    mail_lab: MailLab,
    home: Home,
    render: Render,
    received: Callable[[str], str],
    protocol: Protocol,
    socket_type: SocketType,
) -> None:
    token = received("bert")
    file = home.write_rendered(".fetchmailrc", render("fetchmail", "bert", protocol, socket_type))
    bert = mail_lab.users["bert"]
    home.write(".netrc", f'machine localhost login {bert.address} password "{bert.password}"\n')
    home.run("fetchmail", "-f", file, "--pidfile", "fetchmail.pid", "--mda", "cat >> inbox")
    assert token in (home.folder / "inbox").read_text()
    assert is_still_there(mail_lab, "bert", token), (
        "fetchmail deletes what it has, unless it is told to keep it"
    )


# --- Sending -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("socket_type", [SSL, STARTTLS])
@pytest.mark.parametrize("user", USERS)
def test_msmtp(mail_lab: MailLab, home: Home, render: Render, user: str, socket_type: SocketType) -> None:
    file = home.write_rendered(".msmtprc", render("msmtp", user, IMAP, socket_type))
    message = Mail(user)
    # GnuTLS looks for its roots in one place only.
    options = (f"--file={file}", f"--tls-trust-file={home.ca_file}")
    home.run("msmtp", *options, f"{user}@lab.test", typed=message.content.as_string())
    assert message.arrives_in(mail_lab, "INBOX")


# --- Both ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("socket_type", [SSL, STARTTLS])
@pytest.mark.parametrize("protocol", [IMAP, POP3])
def test_neomutt(
    mail_lab: MailLab,
    home: Home,
    render: Render,
    received: Callable[[str], str],
    protocol: Protocol,
    socket_type: SocketType,
) -> None:
    received("bert")
    rendered = home.write_rendered("neomuttrc", render("neomutt", "bert", protocol, socket_type))
    # GnuTLS looks for its roots in one place only.
    roots = f"set ssl_ca_certificates_file={home.ca_file}\nsource {rendered}\n"
    file = home.write("neomuttrc-of-the-lab", roots)
    message = Mail("bert")
    token = ("-e", f"my_hdr X-Token: {message.token}")
    home.run("neomutt", "-F", file, *token, "-s", "Hello", "--", "bert@lab.test", typed="Sent by NeoMutt.")
    assert message.arrives_in(mail_lab, "INBOX")

    port = mail_lab.server_settings(protocol.service_type, socket_type).port
    scheme = "pop" if socket_type is STARTTLS else "pops"
    inbox = "+INBOX" if protocol is IMAP else f"{scheme}://localhost:{port}/"
    # With POP3 it wants a folder for what one saves.
    answers = {"Create it?": "y"}
    home.run_at_a_terminal("neomutt", "-F", file, "-f", inbox, shows="A message of the tests", typed=answers)


@pytest.mark.parametrize("socket_type", [SSL, STARTTLS])
def test_aerc(
    mail_lab: MailLab,
    home: Home,
    render: Render,
    received: Callable[[str], str],
    socket_type: SocketType,
) -> None:
    received("bert")
    home.write_rendered(".config/aerc/accounts.conf", render("aerc", "bert", IMAP, socket_type))
    # The editor in which one would write.
    home.write(".config/aerc/aerc.conf", "[compose]\neditor = true\n")
    message = Mail("bert")
    with home.at_a_terminal("aerc") as aerc:
        aerc.until("A message of the tests")
        aerc.settles()
        aerc.type(f":compose -H 'To: bert@lab.test' -H 'X-Token: {message.token}'\r")
        aerc.until("Send this email?")
        aerc.type("y")
        assert message.arrives_in(mail_lab, "INBOX")


@pytest.mark.parametrize("socket_type", [SSL, STARTTLS])
@pytest.mark.parametrize("protocol", [IMAP, POP3])
def test_curl(
    mail_lab: MailLab,
    home: Home,
    render: Render,
    received: Callable[[str], str],
    protocol: Protocol,
    socket_type: SocketType,
) -> None:
    token = received("anna")
    message = Mail("anna")
    home.write("message.txt", message.content.as_string())
    script = home.write_rendered("lines", render("curl", "anna", protocol, socket_type))
    password = mail_lab.users["anna"].password
    read, send = [line for line in script.read_text().splitlines() if line.startswith("curl")]
    shown = home.run_at_a_terminal(
        "sh", "-c", f"{read}; echo; echo DO''NE", shows="DONE", typed={"password for user": f"{password}\n"}
    )
    assert token in shown or "1 " in shown
    home.run_at_a_terminal(
        "sh", "-c", f"{send}; echo; echo DO''NE", shows="DONE", typed={"password for user": f"{password}\n"}
    )
    assert message.arrives_in(mail_lab, "INBOX")
