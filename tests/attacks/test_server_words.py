"""A hostile mail server repeats the password that it was sent, so that it shows up in reports and backups."""

import asyncio
import base64
import codecs
import html
import ipaddress
import json
import quopri
import ssl
import urllib.parse
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsetup.clientconfig import ServiceType
from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.probes.findings import Side, Step
from mailsetup.probes.server_text import ServerText
from mailsetup.probes.vantage import Vantage
from tests.faults import HOST, Authority, ImapServer, Maildrop, ServerThread, SubmissionServer
from tests.probes.prober import QUICK, Prober

Disguise = Callable[[str], str]
LATER = (Step.GREETING, Step.CAPABILITIES, Step.SIGN_IN)
PASSWORD = "Zwölf-Tr0ub4dor&3"


def full_width(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if 33 <= ord(each) <= 126 else each for each in text)


DISGUISES: dict[str, Disguise] = {
    "as it is": lambda text: text,
    "capitals": str.swapcase,
    "reversed": lambda text: text[::-1],
    "ROT13": lambda text: codecs.encode(text, "rot13"),
    "full width": full_width,
    "hex": lambda text: text.encode().hex(),
    "percent": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "quoted-printable": lambda text: quopri.encodestring(text.encode(), quotetabs=True).decode(),
    "quoted-printable of everything": lambda text: "".join(f"={byte:02X}" for byte in text.encode()),
    "entities": lambda text: "".join(f"&#{ord(each)};" for each in text),
    "named entities": html.escape,
    "URL": urllib.parse.quote,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 of UTF-16": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    "base32": lambda text: base64.b32encode(text.encode()).decode(),
    "base85": lambda text: base64.b85encode(text.encode()).decode(),
    "octal": lambda text: " ".join(f"{byte:03o}" for byte in text.encode()),
    "decimal": lambda text: " ".join(str(byte) for byte in text.encode()),
}
SEPARATORS = ("", " ", "-", ".", "_", "\x1b[0m", "\x00", "\u200b", "\u00ad", "/", "=", " and ", "5.7.8 ")


def letters(text: str) -> str:
    return "".join(each for each in text.casefold() if each.isalnum())


def windows(text: str) -> set[str]:
    """Every piece of four letters and digits."""
    plain = letters(text)
    return {plain[start : start + 4] for start in range(len(plain) - 3)}


@given(
    password=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=6, max_size=24),
    disguises=st.lists(st.sampled_from(sorted(DISGUISES)), min_size=1, max_size=2),
    piece=st.integers(min_value=1, max_value=6),
    separator=st.sampled_from(SEPARATORS),
    around=st.sampled_from(
        ("535 5.7.8 {}", "authentication failed for {} try again", "{}", "[{}] no", "* OK {} 1")
    ),
)
def test_nothing_of_a_password_is_left_of_any_echo(
    password: str, disguises: list[str], piece: int, separator: str, around: str
) -> None:
    echo = password
    for disguise in disguises:
        echo = DISGUISES[disguise](echo)
    pieces = separator.join(echo[start : start + piece] for start in range(0, len(echo), piece))
    server_text = ServerText(password, ("mail.example.test", "anna@example.test"), ProbeSettings())

    for key in ("server", "capabilities", "mechanisms", "anything new"):
        said = around.format(pieces)
        kept = json.dumps(server_text.evidence({key: said.split() if key.endswith("s") else said}))

        shown = kept.replace(key, "").replace("left_out", "").replace("left out", "")
        # What is said around it is no secret.
        assert not (windows(echo) & windows(shown)) - windows(around), kept


@pytest.mark.parametrize("disguise", sorted(DISGUISES))
@pytest.mark.parametrize("around", ["{}", "My {} mail"])
def test_a_folder_is_not_called_by_the_password(disguise: str, around: str) -> None:
    echo = DISGUISES[disguise](PASSWORD)
    server_text = ServerText(PASSWORD, (), ProbeSettings())
    kept = json.dumps(server_text.evidence({"folder": around.format(echo)}))
    assert not windows(echo) & windows(kept)


@pytest.mark.parametrize("piece", [1, 2, 3, 50])
@pytest.mark.parametrize("disguise", ["as it is", "capitals", "reversed", "ROT13", "hex", "base32"])
def test_servers_on_the_way_do_not_spell_the_password(disguise: str, piece: int) -> None:
    """A hop's name can be anything; it comes in lower case."""
    echo = letters(DISGUISES[disguise]("Tr0ub4dor&3"))
    hops = [{"by": f"{echo[start : start + piece]}", "seconds": 0} for start in range(0, len(echo), piece)]
    server_text = ServerText("Tr0ub4dor&3", (), ProbeSettings())
    kept = json.dumps(server_text.evidence({"hops": hops})["hops"])
    assert not windows(echo) & windows("".join(hop.get("by", "") for hop in json.loads(kept)))


class Eavesdropper(Maildrop):
    """Remembers the password, tells the next server, and lets the customer in."""

    def __init__(self, disguise: Disguise) -> None:
        super().__init__()
        self.disguise, self.knows, self.secret = disguise, asyncio.Event(), ""

    def accepts(self, _username: str, password: str) -> bool:
        self.secret = self.disguise(password)
        self.knows.set()
        return True


class TalkativeImap(ImapServer):
    """Says the password at every turn once it has been told."""

    maildrop: Eavesdropper

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        said = self.maildrop.disguise(PASSWORD)
        self.answers = {"SELECT": f"NO [NOPERM {said}] {said}"}
        await super().handle(reader, writer)


class TalkativeSubmission(SubmissionServer):
    maildrop: Eavesdropper

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self.maildrop.knows.wait()
        said = self.maildrop.secret
        self.greeting = f"220-{said}\r\n220 mail.example.test {said}"
        self.extensions = (f"X-{said}", f"AUTH PLAIN {said}", said)
        self.answers = {"AUTH": f"535 5.7.8 {said} {{argument}}"}
        await super().handle(reader, writer)


@pytest.mark.parametrize("disguise", sorted(set(DISGUISES) - {"named entities", "full width"}))
def test_what_one_server_heard_the_other_one_cannot_leave_in_the_report(
    authority: Authority, disguise: str
) -> None:
    tls: ssl.SSLContext = authority.good()
    drop = Eavesdropper(DISGUISES[disguise])
    allowed = (ipaddress.ip_network("127.0.0.0/8"),)
    vantage = Vantage(allowed, ca_file=authority.ca_file, hosts={HOST: ("127.0.0.1",)}, limits=QUICK)
    prober = Prober(vantage, tls)
    with ServerThread() as servers:
        reports = prober.both(
            prober.settings(ServiceType.IMAP, servers.listen(TalkativeImap(drop).handle, tls)),
            prober.settings(ServiceType.SMTP, servers.listen(TalkativeSubmission(drop).handle, tls)),
            password=PASSWORD,
        )

    found = {(index, step.step): step.evidence for index, step in prober.steps}
    kept = json.dumps([found[0, Step.SIGN_IN], found[0, Step.MAILBOX], *(found[1, step] for step in LATER)])
    lines = [line.text for report in reports for line in report.transcript if line.side is not Side.EVENT]
    assert windows(drop.secret), "the server heard it"
    assert not windows(drop.secret) & windows(kept)
    assert any(line.startswith("535 5.7.8 [left out]") for line in lines)
    assert not windows(drop.secret) & windows(json.dumps(lines))
    assert found[0, Step.MAILBOX]["server"].startswith("NOPERM [left out]")
    assert found[1, Step.GREETING]["server"] == "220 [left out] mail.example.test [left out]"
    assert found[1, Step.CAPABILITIES]["capabilities"] == ["AUTH"]
    assert found[1, Step.SIGN_IN]["server"].startswith("535 5.7.8 [left out]")
