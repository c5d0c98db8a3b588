"""The mailbox, sending and arriving."""

from typing import Any

from mailsetup.probes.findings import Code
from tests.faults import Maildrop
from tests.probes.planted.base import planted
from tests.probes.stage import IMAP, SMTP, Shown, Stage

# --- The mailbox ---------------------------------------------------------------------------------------


@planted(Code.MAILBOX_MISSING, "an INBOX that answers NO [NONEXISTENT]")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, answers={"SELECT": "NO [NONEXISTENT] Mailbox doesn't exist"}))


@planted(Code.MAILBOX_UNAVAILABLE, "an INBOX that answers NO [SERVERBUG]")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, answers={"SELECT": "NO [SERVERBUG] Internal error occurred"}))


@planted(Code.OVER_QUOTA, "NO [OVERQUOTA] in reply to the sign-in")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, answers={"AUTHENTICATE": "NO [OVERQUOTA] Mailbox is full"}))


@planted(Code.OVER_QUOTA, "an IMAP quota of which 97 % is used; Dovecot’s too")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, quota=(970, 1000)))


@planted(Code.OVER_QUOTA, "a full mailbox, to which a message is taken and not delivered")
def _(stage: Stage) -> Shown:
    stage.limited(probe_push_seconds=0.1, probe_arrive_seconds=0.2)
    stage.maildrop.delivers_to = None
    return stage.goes_around(stage.server(IMAP, quota=(1000, 1000)), stage.server(SMTP), 1)


@planted(Code.IDLE_MISSING, "an IMAP server without IDLE")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, capabilities="IMAP4rev1 UIDPLUS SASL-IR AUTH=PLAIN"))


@planted(Code.SESSION_LOST, "an IMAP server that is gone in the middle of IDLE")
def _(stage: Stage) -> Shown:
    return stage.receives(stage.server(IMAP, answers={"IDLE": "* BYE Shutting down"}))


@planted(Code.SESSION_LOST, "a submission server that is gone when it has the message")
def _(stage: Stage) -> Shown:
    class Gone(Maildrop):
        def deliver(self, _message: str) -> None:
            raise ConnectionError

    stage.maildrop = Gone()
    return stage.goes_around(stage.server(IMAP), stage.server(SMTP), 1)


@planted(Code.IDLE_SILENT, "an IMAP server that announces nothing in IDLE")
def _(stage: Stage) -> Shown:
    stage.limited(probe_push_seconds=0.2)
    return stage.goes_around(stage.server(IMAP, announces=False), stage.server(SMTP), 0)


# --- Sending and arriving ------------------------------------------------------------------------------


@planted(Code.AUTH_REQUIRED, "530 in reply to MAIL")
def _(stage: Stage) -> Shown:
    return refused(stage, {"MAIL": "530 5.7.0 Authentication required"})


@planted(Code.RELAY_DENIED, "554 5.7.1 Relay access denied")
def _(stage: Stage) -> Shown:
    return refused(stage, {"RCPT": "554 5.7.1 <anna@example.test>: Relay access denied"})


@planted(Code.SENDER_MISMATCH, "553 5.7.1 Sender address rejected: not owned by user; Postfix’s own too")
def _(stage: Stage) -> Shown:
    words = "Sender address rejected: not owned by user bert@example.test"
    return refused(stage, {"RCPT": f"553 5.7.1 <anna@example.test>: {words}"})


@planted(Code.RCPT_UNKNOWN, "550 5.1.1 in reply to RCPT")
def _(stage: Stage) -> Shown:
    return refused(stage, {"RCPT": "550 5.1.1 <anna@example.test>: User unknown in virtual mailbox table"})


@planted(Code.OVER_QUOTA, "552 5.2.2 in reply to RCPT")
def _(stage: Stage) -> Shown:
    return refused(stage, {"RCPT": "552 5.2.2 Quota exceeded (mailbox for user is full)"})


@planted(Code.SIZE_LIMIT, "552 5.3.4 in reply to MAIL")
def _(stage: Stage) -> Shown:
    return refused(stage, {"MAIL": "552 5.3.4 Message size exceeds fixed limit"})


@planted(Code.CONTENT_REJECTED, "550 5.7.1 after the message")
def _(stage: Stage) -> Shown:
    return stage.goes_around(stage.server(IMAP), stage.server(SMTP, verdict="550 5.7.1 Looks like spam"), 1)


@planted(Code.SEND_RATE_LIMITED, "450 4.7.1 sending limit in reply to RCPT")
def _(stage: Stage) -> Shown:
    return refused(stage, {"RCPT": "450 4.7.1 Hourly sending limit reached"})


@planted(Code.GREYLIST, "451 4.7.1 Greylisted in reply to RCPT")
def _(stage: Stage) -> Shown:
    return refused(stage, {"RCPT": "451 4.7.1 Greylisted, please try again in 5 minutes"})


@planted(Code.SEND_REJECTED, "554 5.5.0 in reply to DATA")
def _(stage: Stage) -> Shown:
    return refused(stage, {"DATA": "554 5.5.0 no valid recipients"})


@planted(Code.SEND_TEMP_FAILURE, "452 4.3.1 in reply to MAIL")
def _(stage: Stage) -> Shown:
    return refused(stage, {"MAIL": "452 4.3.1 Insufficient system storage"})


@planted(Code.RT_LOST, "a server that takes the message and delivers it nowhere")
def _(stage: Stage) -> Shown:
    stage.limited(probe_push_seconds=0.2, probe_arrive_seconds=0.4)
    stage.maildrop.delivers_to = None
    return stage.goes_around(stage.server(IMAP), stage.server(SMTP), 1)


@planted(Code.RT_IN_JUNK, "a message that is delivered to the folder \\\\Junk; Dovecot’s Sieve too")
def _(stage: Stage) -> Shown:
    return delivered_to(stage, "Spam mail")


@planted(Code.RT_OTHER_FOLDER, "a message that is delivered to the folder Lists")
def _(stage: Stage) -> Shown:
    stage.limited(probe_arrive_seconds=0.3)
    return delivered_to(stage, "Lists", folders=('() "/" INBOX', '() "/" Lists'))


@planted(Code.RT_DELAYED, "a message that comes after the time that is usual")
def _(stage: Stage) -> Shown:
    stage.limited(probe_delayed_seconds=0.01)
    stage.maildrop.delay = 0.1
    return stage.goes_around(stage.server(IMAP), stage.server(SMTP), 1)


def delivered_to(stage: Stage, folder: str, **options: Any) -> Shown:
    """A message that arrives, and not in the inbox."""
    stage.limited(probe_push_seconds=0.1)
    stage.maildrop.delivers_to = folder
    return stage.goes_around(stage.server(IMAP, **options), stage.server(SMTP), 1)


def refused(stage: Stage, answers: dict[str, str]) -> Shown:
    """A message that the submission server does not take."""
    return stage.goes_around(stage.server(IMAP), stage.server(SMTP, answers=answers), 1)
