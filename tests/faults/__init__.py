"""Small real servers on 127.0.0.1: good ones, and ones with a planted fault."""

from tests.faults.authority import HOST, Authority
from tests.faults.handlers import (
    SILENCE,
    alerts,
    answers_like_a_web_server,
    closes_at_once,
    dribbles,
    floods,
    greets,
    is_silent,
    replies,
    resets,
    sends_and_closes,
)
from tests.faults.imap import ImapServer
from tests.faults.maildrop import ADDRESS, PASSWORD, Maildrop
from tests.faults.nameserver import FaultyNameServer
from tests.faults.pop3 import Pop3Server
from tests.faults.sockets import closed_port, full_backlog
from tests.faults.submission import SubmissionServer
from tests.faults.thread import FaultyServer, ServerThread

__all__ = [
    "ADDRESS",
    "HOST",
    "PASSWORD",
    "SILENCE",
    "Authority",
    "FaultyNameServer",
    "FaultyServer",
    "ImapServer",
    "Maildrop",
    "Pop3Server",
    "ServerThread",
    "SubmissionServer",
    "alerts",
    "answers_like_a_web_server",
    "closed_port",
    "closes_at_once",
    "dribbles",
    "floods",
    "full_backlog",
    "greets",
    "is_silent",
    "replies",
    "resets",
    "sends_and_closes",
]
