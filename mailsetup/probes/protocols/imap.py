"""IMAP (RFC 3501), as much of it as a test needs."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from mailsetup.probes.app_settings import ProbeSettings
from mailsetup.probes.faults import Fault
from mailsetup.probes.findings import Code
from mailsetup.probes.protocols.driver import Driver
from mailsetup.probes.protocols.rejections import (
    farewell,
    greeting_refusal,
    imap_sign_in,
    imap_sign_in_not_understood,
    lacks_mechanism,
    mailbox_refusal,
)
from mailsetup.probes.wire.stream import ConnectionClosed, LineStream, ProtocolError

INBOX = "INBOX"
_LITERAL = re.compile(r"\{(\d{1,6})\+?\}$")
_LIST = re.compile(r'\* LIST \(([^)]*)\) (?:"(?:\\.|[^"])"|NIL) (.+)$', re.I)
_ENCODED = re.compile(r"&([A-Za-z0-9+,]*)-")
_EXISTS = re.compile(r"\* (\d{1,10}) EXISTS\b", re.I)
# RFC 3501 section 9: "nz-number".
_UID = re.compile(r"[1-9][0-9]{0,9}")
_ALERT = re.compile(r"\* (?:NO|BAD) \[ALERT\] (.*)", re.I)
_UIDNEXT = re.compile(r"\* OK \[UIDNEXT (\d{1,10})\]", re.I)
_FETCHED = re.compile(
    r'\* \d+ FETCH \(.*?BODY\[HEADER[^\]]{0,200}\](?:<\d{1,10}>)? "((?:\\.|[^"\\])*)"', re.I | re.S
)
# A resource, how much of it is used, and its limit.
_RESOURCE = re.compile(r"\b(?:STORAGE|MESSAGE) (\d{1,18}) (\d{1,18})(?=[ )])", re.I)
# Folders that no rule moves mail to: views of others, copies of what was sent.
_NOT_A_RULES = frozenset({"\\noselect", "\\nonexistent", "\\all", "\\drafts", "\\flagged", "\\sent"})
_SENT = re.compile(r"\bsent\b", re.I)
_JUNK_NAMES = (
    "junk",
    "junk e-mail",
    "junk email",
    "spam",
    "inbox.junk",
    "inbox.spam",
    "inbox/junk",
)


@dataclass(frozen=True, slots=True)
class ImapReply:
    """The end of a command: OK, NO or BAD, its text, and the untagged lines before it."""

    status: str
    text: str
    untagged: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return self.status == "OK"

    @property
    def alerts(self) -> list[str]:
        """What whoever reads is warned of besides (RFC 3501 section 7.1)."""
        return [match.group(1) for line in self.untagged if (match := _ALERT.match(line))]


class ImapDriver(Driver):
    protocol = "imap"
    early_command = "early NOOP"

    def __init__(self, stream: LineStream, limits: ProbeSettings) -> None:
        super().__init__(stream, limits)
        self._commands = 0
        self._announced = False
        self._bye = ""
        # What comes into the open folder gets this UID or a higher one, as far as the server says so.
        self._next_uid = 1
        self._next_in_inbox = 1
        self.junk_folder: str | None = None
        # Where a rule may put a message, besides INBOX and Junk.
        self.other_folders: list[str] = []

    async def read_greeting(self) -> str:
        line = await self.stream.read_line()
        match = re.match(r"\* (OK|PREAUTH|BYE)\b ?(.*)", line, re.I)
        if not match:
            raise self.unexpected_greeting(line)
        kind, text = match.group(1).upper(), match.group(2)
        if kind == "PREAUTH":
            raise Fault(Code.PREAUTH, server=line)
        if kind == "BYE":
            raise Fault(greeting_refusal(text), server=line)
        return line

    async def ask_capabilities(self) -> None:
        reply = await self._command("CAPABILITY")
        words = [
            word
            for line in reply.untagged
            if line.upper().startswith("* CAPABILITY ")
            for word in line.upper().split()[2:]
        ]
        if reply.status == "NO":
            raise Fault(greeting_refusal(reply.text), server=reply.text)
        if not reply.ok or not words:
            raise Fault(Code.BANNER_GARBAGE, server=reply.text)
        self.capabilities = dict.fromkeys(words, "")

    @property
    def offers_starttls(self) -> bool:
        return "STARTTLS" in self.capabilities

    async def request_starttls(self, early: str = "") -> None:
        tag = self._send("STARTTLS", *filter(None, [early]))
        reply = await self._tagged(tag)
        if not reply.ok:
            raise Fault(Code.STARTTLS_REFUSED, server=reply.text)

    @property
    def refuses_plain(self) -> Code | None:
        """RFC 3501 section 6.2.3."""
        return Code.IMAP_LOGINDISABLED if "LOGINDISABLED" in self.capabilities else None

    def describe_capabilities(self) -> dict[str, Any]:
        return {**super().describe_capabilities(), "idle": "IDLE" in self.capabilities}

    async def sign_in(self, username: str, password: str) -> str:
        try:
            reply = await self._try_ways_in(username, password)
        except ConnectionClosed as error:
            if self._bye:
                raise Fault(farewell(self._bye[len("* BYE ") :]), server=self._bye) from error
            raise
        if reply.status == "NO":
            raise Fault(imap_sign_in(reply.text, reply.alerts), server=reply.text)
        if not reply.ok:
            raise Fault(imap_sign_in_not_understood(reply.text), server=reply.text)
        await self._update_capabilities(reply)
        return reply.text

    async def _try_ways_in(self, username: str, password: str) -> ImapReply:
        reply: ImapReply | None = None
        if "AUTH=PLAIN" in self.capabilities:
            reply = await self._authenticate_plain(username, password)
        # A mechanism that is offered and isn't there has judged no password: apps go on to the next.
        missing = reply is None or (reply.status == "NO" and lacks_mechanism(reply.text))
        if missing and "LOGINDISABLED" not in self.capabilities:
            return await self._login(username, password)
        if reply is None:
            other = any(name.startswith("AUTH=") for name in self.capabilities)
            code = Code.NO_USABLE_MECH if other else Code.IMAP_LOGINDISABLED
            raise Fault(code, **self.describe_capabilities())
        return reply

    async def _update_capabilities(self, reply: ImapReply) -> None:
        """Many servers offer IDLE only after the sign-in, and some list it in the reply (RFC 3501 7.1)."""
        listed = re.match(r"\[CAPABILITY ([^\]]+)\]", reply.text, re.I)
        if listed:
            self.capabilities = dict.fromkeys(listed.group(1).upper().split(), "")
        else:
            await self.ask_capabilities()

    async def _authenticate_plain(self, username: str, password: str) -> ImapReply:
        secret = base64.b64encode(f"\0{username}\0{password}".encode()).decode()
        if "SASL-IR" in self.capabilities:  # RFC 4959
            return await self._command(f"AUTHENTICATE PLAIN {secret}", shown="AUTHENTICATE PLAIN [password]")
        return await self._command("AUTHENTICATE PLAIN", (secret.encode() + b"\r\n",), ("[password]",))

    async def _login(self, username: str, password: str) -> ImapReply:
        """LOGIN with quoted strings, or with literals where quoting can't carry the characters."""
        if all(text.isascii() and text.isprintable() for text in (username, password)):
            line = f"LOGIN {_quoted(username)} {_quoted(password)}"
            return await self._command(line, shown=f"LOGIN {_quoted(username)} [password]")
        user, secret = username.encode(), password.encode()
        pieces = (user + f" {{{len(secret)}}}\r\n".encode(), secret + b"\r\n")
        return await self._command(f"LOGIN {{{len(user)}}}", pieces, ("[user name]", "[password]"))

    async def open_inbox(self) -> dict[str, Any]:
        """Selects INBOX and looks at the folders: how many messages, how many folders."""
        messages = await self.select(INBOX)
        self._next_in_inbox = self._next_uid
        reply = await self._command('LIST "" "*"', limit=self._limits.probe_folders_limit)
        folders = [_folder(match) for line in reply.untagged if (match := _LIST.match(line))]
        # What holds control characters can't be asked for, and nobody's rule moves mail there.
        folders = [folder for folder in folders if folder.name.isprintable()]
        self.junk_folder = _find_junk(folders)
        self.other_folders = [
            folder.name
            for folder in folders
            if folder.name.upper() != INBOX
            and folder.name != self.junk_folder
            and not folder.flags & _NOT_A_RULES
            and not _SENT.search(folder.name)
        ]
        return {"messages": messages, "folders": len(folders)}

    async def percent_full(self) -> int | None:
        """How much of its quota the mailbox uses, at most 100 (RFC 9208); None: nobody says."""
        if not any(name == "QUOTA" or name.startswith("QUOTA=") for name in self.capabilities):
            return None
        reply = await self._command("GETQUOTAROOT INBOX")
        used = [
            min(100, 100 * int(match.group(1)) // max(int(match.group(2)), 1))
            for line in reply.untagged
            if line.upper().startswith("* QUOTA ")
            for match in _RESOURCE.finditer(line)
        ]
        return max(used, default=None) if reply.ok else None

    async def select(self, folder: str) -> int:
        """How many messages the folder holds, now that it is selected."""
        # Only INBOX is our word; the other names are the server's.
        shown = None if folder == "INBOX" else "SELECT [folder]"
        reply = await self._command(f"SELECT {_quoted(folder)}", shown=shown)
        if not reply.ok:
            raise Fault(mailbox_refusal(reply.text), server=reply.text, folder=folder)
        self._announced = False
        self._next_uid = _last_number(_UIDNEXT, reply.untagged) or 1
        return _last_number(_EXISTS, reply.untagged)

    async def find(self, header: str, value: str, *, new: bool = False) -> str | None:
        """The UID of the message in the selected folder whose `header` holds `value`.

        `new`: the folder is the inbox, and what was there when it was opened first isn't looked at. Many
        servers open every message for such a search.
        """
        self._announced = False
        await self._command("NOOP")
        within = f"UID {self._next_in_inbox}:* " if new else ""
        uids = await self._search(f"{within}HEADER {header} {_quoted(value)}")
        if new:
            # "n:*" has the last message in it even if its UID is below n (RFC 3501 section 6.4.8).
            uids = [uid for uid in uids if int(uid) >= self._next_in_inbox]
        return uids[-1] if uids else None

    async def find_all(self, header: str, since: datetime) -> list[str]:
        """The UIDs of all messages with `header` that came since that day and aren't deleted."""
        # RFC 3501 section 9 has dates in English, as RFC 5322 has them.
        day = "-".join(format_datetime(since).split()[1:4])
        return await self._search(f'UNDELETED SINCE {day} HEADER {header} ""')

    async def _search(self, criteria: str) -> list[str]:
        reply = await self._command(f"UID SEARCH {criteria}")
        if not reply.ok:
            return []
        return [
            word
            for line in reply.untagged
            if line.upper().startswith("* SEARCH ")
            for word in line.split()[2:]
            # Behind the numbers there may be more (RFC 7162 section 3.1.5).
            if _UID.fullmatch(word)
        ]

    async def fetch_header(self, uid: str, names: Sequence[str]) -> str:
        """These fields of the header of one message, as far as a header is read; empty without an answer."""
        part = f"BODY.PEEK[HEADER.FIELDS ({' '.join(names)})]<0.{self._limits.probe_header_max_bytes}>"
        reply = await self._command(f"UID FETCH {uid} {part}")
        fetched = (match for line in reply.untagged if (match := _FETCHED.match(line)))
        return next((_unquoted(match.group(1)) for match in fetched), "")

    async def remove(self, uid: str) -> bool:
        """Deletes one message. Without UIDPLUS (RFC 4315) it is only marked, for EXPUNGE takes others too."""
        stored = await self._command(f"UID STORE {uid} +FLAGS.SILENT (\\Deleted)")
        if not stored.ok or "UIDPLUS" not in self.capabilities:
            return False
        return (await self._command(f"UID EXPUNGE {uid}")).ok

    async def start_idle(self) -> None:
        """RFC 2177: from here on the server sends responses unasked."""
        tag = self._send("IDLE")
        while not (line := await self._line()).startswith("+"):
            if line.startswith(f"{tag} "):
                raise Fault(Code.IDLE_SILENT, server=line.removeprefix(f"{tag} "))

    async def next_announcement(self) -> None:
        """Returns when the server says that there is a new number of messages."""
        while not self._announced:
            await self._line()
        self._announced = False

    async def end_idle(self) -> None:
        self.stream.send_line("DONE")
        await self._tagged(f"m{self._commands}")

    async def quit(self) -> None:
        await self._command("LOGOUT")

    async def quit_after_early_command(self) -> bool:
        reply = await self._command("LOGOUT")
        return any(line.startswith("early ") for line in reply.untagged)

    async def _command(
        self,
        line: str,
        continued: Sequence[bytes] = (),
        continued_shown: Sequence[str] = (),
        *,
        shown: str | None = None,
        limit: int | None = None,
    ) -> ImapReply:
        """Sends a command and its continuations, each after the server asked for it.

        `shown` stands for a line that holds a secret, `continued_shown` says what the continuations are.
        `limit` is of untagged lines, where it is another one than usual.
        """
        tag = self._send(line, shown=shown)
        for piece, piece_shown in zip(continued, continued_shown, strict=True):
            while not (answer := await self._line()).startswith("+"):
                if answer.startswith(f"{tag} "):
                    return _reply(answer, ())
            self.stream.send(piece, shown=piece_shown)
        return await self._tagged(tag, limit)

    def _send(self, line: str, *more: str, shown: str | None = None) -> str:
        self._commands += 1
        tag = f"m{self._commands}"
        if shown is None:
            # The numbers of messages are the server's, which may have chosen what it was sent.
            shown = re.sub(r"\d+", "[number]", line) if line.startswith("UID ") else line
        self.stream.send_line(f"{tag} {line}", *more, shown=f"{tag} {shown}")
        return tag

    async def _tagged(self, tag: str, limit: int | None = None) -> ImapReply:
        untagged: list[str] = []
        for _ in range(limit or self._limits.probe_response_lines_limit):
            line = await self._line()
            if line.startswith(f"{tag} "):
                return _reply(line, tuple(untagged))
            untagged.append(line)
        raise ProtocolError(untagged[-1])

    async def _line(self) -> str:
        """A line with its literals put in as quoted strings; notes EXISTS and BYE."""
        pieces = [await self.stream.read_line()]
        while literal := _LITERAL.search(pieces[-1]):
            pieces[-1] = pieces[-1][: literal.start()]
            pieces.append(_quoted(await self.stream.read_exactly(int(literal.group(1)))))
            pieces.append(await self.stream.read_line())
        line = "".join(pieces)
        if _EXISTS.match(line):
            self._announced = True
        if line.upper().startswith("* BYE"):
            self._bye = line
        return line


def _reply(line: str, untagged: tuple[str, ...]) -> ImapReply:
    _, _, rest = line.partition(" ")
    status, _, text = rest.partition(" ")
    return ImapReply(status.upper(), text, untagged)


def _last_number(pattern: re.Pattern[str], lines: Sequence[str]) -> int:
    """What the last of the lines that fit says; 0 where none does."""
    return next((int(match.group(1)) for line in reversed(lines) if (match := pattern.match(line))), 0)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def readable(folder: str) -> str:
    """The name of a folder as people know it: IMAP has it in a UTF-7 of its own (RFC 3501 section 5.1.3)."""
    return _ENCODED.sub(_decoded, folder)


def _decoded(shifted: re.Match[str]) -> str:
    if not shifted.group(1):
        return "&"
    encoded = shifted.group(1).replace(",", "/")
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4)).decode("utf-16-be", "replace")
    except binascii.Error:
        return shifted.group()


def _unquoted(escaped: str) -> str:
    return re.sub(r"\\(.)", r"\1", escaped, flags=re.S)


@dataclass(frozen=True, slots=True)
class _Folder:
    """A line of LIST: its flags in lower case, its name."""

    flags: frozenset[str]
    name: str


def _folder(match: re.Match[str]) -> _Folder:
    name = match.group(2)
    if name.startswith('"'):
        name = _unquoted(name[1:-1])
    return _Folder(frozenset(match.group(1).lower().split()), name)


def _find_junk(folders: Sequence[_Folder]) -> str | None:
    """The folder that is \\Junk (RFC 6154), or called so on servers that don't mark it."""
    marked = (folder.name for folder in folders if "\\junk" in folder.flags)
    names = {folder.name.lower(): folder.name for folder in folders}
    return next(marked, None) or next((names[known] for known in _JUNK_NAMES if known in names), None)
