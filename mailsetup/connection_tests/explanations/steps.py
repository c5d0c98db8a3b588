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

# The same within a sentence.
STEP_NAMES: dict[Step, Text] = {
    Step.DNS: _("find the server"),
    Step.CONNECT: _("connect"),
    Step.TLS: _("encryption"),
    Step.GREETING: _("greeting"),
    Step.CAPABILITIES: _("what the server can do"),
    Step.SIGN_IN: _("sign in"),
    Step.MAILBOX: _("open the mailbox"),
    Step.PUSH: _("new-mail alerts"),
    Step.SEND: _("send a message"),
    Step.ARRIVE: _("the message arrives"),
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

# What a step says that passed, unless it found something to show.
STEP_PASSED: dict[Step, Text] = {
    Step.CONNECT: _("The server answered"),
    Step.GREETING: _("It’s a mail server, and it’s ready"),
    Step.CAPABILITIES: _("It offers what a mail app needs"),
    Step.SIGN_IN: _("Password accepted"),
    Step.MAILBOX: _("Your inbox opens"),
    Step.PUSH: _("Push is on: new mail shows up within seconds"),
    Step.SEND: _("Our test message was accepted"),
    Step.ARRIVE: _("Our test reached your inbox"),
}

SKIPPED: dict[Code, Text] = {
    Code.NOT_REACHED: _("Not checked: the test didn’t get this far"),
    Code.NO_PASSWORD: _("Not checked: no password was given"),
    Code.NOT_ASKED: _("Not checked: no test message was asked for"),
    Code.RECEIVING_FIRST: _("Not checked: we sign in here once receiving mail works"),
    Code.PASSWORD_REJECTED_ELSEWHERE: _("Not checked: the same password was refused already"),
    Code.UNVERIFIED: _("Not checked: we send no password over a connection we can’t verify"),
}
