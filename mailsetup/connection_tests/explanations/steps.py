"""The steps of a test: what each is called, and what it says of itself."""

from django.utils.translation import gettext_lazy as _

from mailsetup.connection_tests.explanations.base import Text
from mailsetup.probes.findings import Code, Step

STEP_TITLES: dict[Step, Text] = {
    Step.DNS: _("Find the server"),
    Step.CONNECT: _("Connect"),
    Step.TLS: _("Encryption"),
    Step.GREETING: _("Greeting"),
    Step.CAPABILITIES: _("What the server can do"),
    Step.SIGN_IN: _("Sign in"),
    Step.MAILBOX: _("Open the mailbox"),
    Step.PUSH: _("New-mail alerts"),
    Step.SEND: _("Send a message"),
    Step.ARRIVE: _("The message arrives"),
}

# What a step says while it is still to come.
STEP_HINTS: dict[Step, Text] = {
    Step.PUSH: _("Push (IMAP IDLE)"),
    Step.SEND: _("A short test, from you to you"),
}

STEP_RUNNING: dict[Step, Text] = {
    Step.DNS: _("Finding the server…"),
    Step.CONNECT: _("Connecting…"),
    Step.TLS: _("Checking the encryption…"),
    Step.GREETING: _("Waiting for the server’s greeting…"),
    Step.CAPABILITIES: _("Asking what the server can do…"),
    Step.SIGN_IN: _("Signing in…"),
    Step.MAILBOX: _("Opening your mailbox…"),
    Step.PUSH: _("Checking new-mail alerts…"),
    Step.SEND: _("Sending a short test message…"),
    Step.ARRIVE: _("Waiting for the message to arrive…"),
}

SKIPPED: dict[Code, Text] = {
    Code.NOT_REACHED: _("Not checked"),
    Code.NO_PASSWORD: _("Not checked: no password was given"),
    Code.NOT_ASKED: _("Not checked: no test message was asked for"),
    Code.PASSWORD_REJECTED_ELSEWHERE: _("Not checked: the same password was refused already"),
    Code.UNVERIFIED: _("Not checked: we don’t send your password over a connection we can’t verify"),
}
