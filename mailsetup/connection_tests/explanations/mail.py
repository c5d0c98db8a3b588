"""After the sign-in: the mailbox, alerts, sending and arriving."""

from django.utils.translation import gettext_lazy as _

from mailsetup.connection_tests.explanations.base import AGAIN, OUR_SIDE, Explanation, Fixer
from mailsetup.probes.findings import Code

EXPLANATIONS: dict[Code, Explanation] = {
    Code.MAILBOX_UNAVAILABLE: Explanation(
        title=_("The mailbox can’t be opened"),
        happened=_("Signing in to {hostname} worked, but the inbox can’t be opened."),
        why=_("Your settings are right. Something is wrong with the mailbox itself."),
        todo=OUR_SIDE,
        fixer=Fixer.PROVIDER,
        staff=_(
            "Signed in, and INBOX can’t be selected. Rights, mail_location or a full disk; the server’s "
            "log has the reason."
        ),
    ),
    Code.SEND_REJECTED: Explanation(
        title=_("The server wouldn’t take the message"),
        happened=_("Signing in to {hostname} worked, but it refused a message from you to you."),
        why=_("Mail that you send would be refused as well."),
        todo=_("Call support and give the reference."),
        fixer=Fixer.PROVIDER,
        staff=_("The message was refused for good; the evidence has the reply and the command it answers."),
        topic="outgoing",
    ),
    Code.SEND_TEMP_FAILURE: Explanation(
        title=_("The server can’t take messages just now"),
        happened=_("The server {hostname} asked us to try again later."),
        why=_("Mail that you send now may wait in your outbox."),
        todo=AGAIN,
        fixer=Fixer.NOBODY,
        staff=_("A temporary refusal (4xx), or the connection ended. Queue, disk or a policy service."),
    ),
    Code.RT_LOST: Explanation(
        title=_("The message was sent, but hasn’t arrived"),
        happened=_(
            "The server took our test message, and it wasn’t in your inbox {arrive_seconds} seconds later."
        ),
        why=_("It may be late, or a rule may have moved or forwarded it."),
        todo=_("Look into your other folders. If it isn’t there in ten minutes, give support the reference."),
        fixer=Fixer.EITHER,
        staff=_(
            "Accepted, and not found before the time was up. The queue’s number stands in the server’s "
            "log at that minute; look for a bounce too."
        ),
    ),
    Code.RT_DELAYED: Explanation(
        title=_("The message took its time"),
        happened=_("Our test message arrived, but late."),
        why=_("Your settings are right. The server is slow at the moment."),
        todo=_("Nothing to change."),
        fixer=Fixer.NOBODY,
        staff=_(
            "Found, and later than {delayed_seconds} seconds after it was accepted. Look at the queue and "
            "at content filters."
        ),
    ),
    Code.IDLE_MISSING: Explanation(
        title=_("Mail works, but it won’t arrive by itself"),
        happened=_("The server {hostname} has no push (IMAP IDLE)."),
        why=_("New mail shows up when your app looks for it, not in the moment it comes."),
        todo=_("Set your app to look every 5 minutes."),
        fixer=Fixer.CUSTOMER,
        staff=_(
            "IDLE is not among the capabilities after the sign-in: imap_capability, or a proxy that "
            "strips it."
        ),
    ),
    Code.IDLE_SILENT: Explanation(
        title=_("Mail works, but the alert didn’t come"),
        happened=_("The server {hostname} promises push (IMAP IDLE), but didn’t announce our test message."),
        why=_("New mail shows up when your app looks for it."),
        todo=_("Set your app to look every 5 minutes. Give support the reference, so that we can mend push."),
        fixer=Fixer.PROVIDER,
        staff=_(
            "IDLE was entered or promised, and nothing announced the message. inotify is off or used up, "
            "or the mail lies on NFS."
        ),
    ),
}
