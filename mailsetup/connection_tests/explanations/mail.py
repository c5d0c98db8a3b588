"""After the sign-in: the mailbox, alerts, sending and arriving."""

from django.utils.translation import gettext_lazy as _

from mailsetup.connection_tests.explanations.base import AGAIN, OUR_SIDE, Explanation, Place
from mailsetup.probes.findings import Code

EXPLANATIONS: dict[Code, Explanation] = {
    Code.MAILBOX_MISSING: Explanation(
        title=_("The mailbox isn’t there"),
        happened=_("Signing in to {hostname} worked, but there is no inbox, or you may not open it."),
        why=_("Your settings are right. The mailbox hasn’t been made yet, or its rights are wrong."),
        todo=OUR_SIDE,
        staff=_(
            "SELECT INBOX was answered by [NONEXISTENT] or [NOPERM]. Look at the mail location, the owner "
            "of its files and the ACL."
        ),
    ),
    Code.MAILBOX_UNAVAILABLE: Explanation(
        title=_("The mailbox can’t be opened"),
        happened=_("Signing in to {hostname} worked, but the inbox can’t be opened."),
        why=_("Your settings are right. Something is wrong with the mailbox itself."),
        todo=OUR_SIDE,
        staff=_(
            "Signed in, and INBOX can’t be selected, or the answer doesn’t come or doesn’t end. Rights, "
            "mail_location or a full disk; the server’s log has the reason."
        ),
    ),
    Code.AUTH_REQUIRED: Explanation(
        title=_("The server forgot that we signed in"),
        happened=_("Signing in to {hostname} worked, and then it asked for it again when we sent a message."),
        why=_(
            "Apps say then that sending needs a sign-in. In your app it may also be switched off for sending."
        ),
        todo=_(
            "If the sign-in for sending is on in your app, there’s nothing to change. It’s on our side; give "
            "support the reference and we’ll put it right."
        ),
        staff=_(
            "530, 5.7.57 or “Access denied” although AUTH had succeeded. With Postfix "
            "permit_sasl_authenticated is missing, or comes too late in the restrictions."
        ),
        topic="authentication",
    ),
    Code.RELAY_DENIED: Explanation(
        title=_("The server won’t pass mail on for you"),
        happened=_("Signing in to {hostname} worked, but it refused to pass a message on."),
        why=_("It treats you like a stranger who didn’t sign in."),
        todo=_("Call support and give the reference."),
        staff=_(
            "“Relay access denied” after a sign-in that succeeded (454 is Postfix’ default): "
            "permit_sasl_authenticated is missing, or the domain isn’t among those that the server takes "
            "mail for."
        ),
        topic="outgoing",
    ),
    Code.SENDER_MISMATCH: Explanation(
        title=_("The server doesn’t let you send as this address"),
        happened=_(
            "Signing in to {hostname} as {username} worked, but not sending from the address that we test."
        ),
        why=_("You may send only under addresses that belong to your mailbox."),
        todo=_(
            "If the sender in your app is the address of your mailbox, there’s nothing to change. It’s on "
            "our side; give support the reference and we’ll put it right."
        ),
        staff=_(
            "553 5.7.1 “not owned by user”, or 5.7.60. The address or its alias is missing in "
            "smtpd_sender_login_maps, or in send-as rights."
        ),
        topic="outgoing",
    ),
    Code.RCPT_UNKNOWN: Explanation(
        title=_("The server doesn’t know your address"),
        happened=_(
            "Signing in to {hostname} worked, but it says that there’s nobody at the address we test."
        ),
        why=_("Mail that others send you comes back to them."),
        todo=OUR_SIDE,
        staff=_(
            "550 5.1.1 to our own recipient. A new mailbox whose map isn’t built yet, an alias that is "
            "missing, or a domain that this server doesn’t keep."
        ),
    ),
    Code.OVER_QUOTA: Explanation(
        title=_("Your mailbox is full"),
        happened=_("Your mailbox on {hostname} has no room left, or hardly any."),
        why=_("Once there’s none, new mail comes back to the people who wrote to you."),
        todo=_("Delete or move large messages and empty the trash, then test again."),
        staff=_(
            "GETQUOTAROOT says {full_percent} % or more, or a message or the sign-in itself was refused with "
            "x.2.2 or [OVERQUOTA]. With submission and LMTP a full mailbox takes the message and then "
            "bounces it: refuse at RCPT with quota-status."
        ),
        places=(Place.WEBMAIL,),
    ),
    Code.SIZE_LIMIT: Explanation(
        title=_("The message was too large for the server"),
        happened=_("The server {hostname} refused even our test message, which is tiny, for its size."),
        why=_("Hardly anything can be sent while that’s so."),
        todo=OUR_SIDE,
        staff=_(
            "x.3.4 or x.2.3 to a message below one kilobyte: message_size_limit, a disk that is nearly "
            "full (queue_minfree), or a filter’s own limit."
        ),
    ),
    Code.CONTENT_REJECTED: Explanation(
        title=_("A filter refused the message"),
        happened=_(
            "Signing in to {hostname} worked, but it took our test message for spam, or against a rule."
        ),
        why=_("It says little about your own mail, but some of it may meet the same filter."),
        todo=_("Call support and give the reference."),
        staff=_(
            "Refused for its content or by a policy (SPF, DKIM, DMARC, milter). Find the message by its "
            "token, which is the reference, in the filter’s log."
        ),
    ),
    Code.SEND_REJECTED: Explanation(
        title=_("The server wouldn’t take the message"),
        happened=_("Signing in to {hostname} worked, but it refused a message from you to you."),
        why=_("Mail that you send would be refused as well."),
        todo=_("Call support and give the reference."),
        staff=_(
            "The message was refused for good; the evidence has the reply and the command it answers. Words "
            "of a blocklist are about the portal’s address: whoever has signed in should be exempt."
        ),
        topic="outgoing",
    ),
    Code.SEND_RATE_LIMITED: Explanation(
        title=_("Too many messages in a short time"),
        happened=_("The server {hostname} takes no more messages from this mailbox for a while."),
        why=_(
            "It counts what is sent, to stop spam. If you sent little, somebody else may be sending as you."
        ),
        todo=_(
            "Wait an hour before you send more. If you hardly sent anything, change your password and give "
            "support the reference."
        ),
        staff=_(
            "A limit of messages or recipients for each sender. If the log shows more than the customer "
            "sent, the mailbox is being used by somebody else."
        ),
        topic="password",
        places=(Place.PASSWORD,),
    ),
    Code.GREYLIST: Explanation(
        title=_("The server makes new senders wait"),
        happened=_("The server {hostname} put our message off, as it does with senders it doesn’t know yet."),
        why=_("Your app tries again by itself. The message arrives some minutes later."),
        todo=_("Nothing to change."),
        staff=_(
            "Greylisting on a port for submission: whoever has signed in should be exempt "
            "(permit_sasl_authenticated before the policy service)."
        ),
    ),
    Code.SEND_TEMP_FAILURE: Explanation(
        title=_("The server can’t take messages just now"),
        happened=_("The server {hostname} asked us to try again later, or gave no answer in time."),
        why=_("Mail that you send now may wait in your outbox."),
        todo=AGAIN,
        staff=_("A temporary refusal (4xx), or no answer in time. Queue, disk or a policy service."),
    ),
    Code.RT_LOST: Explanation(
        title=_("The message was sent, but hasn’t arrived"),
        happened=_(
            "The server took our test message, and it wasn’t in your inbox {arrive_seconds} seconds later."
        ),
        why=_("It may be late, or a rule may have moved or forwarded it."),
        todo=_("Look into your other folders. If it isn’t there in ten minutes, give support the reference."),
        staff=_(
            "Accepted, and not found before the time was up. The queue’s number stands in the server’s "
            "log at that minute; look for a bounce too."
        ),
    ),
    Code.RT_IN_JUNK: Explanation(
        title=_("Your own message landed in junk"),
        happened=_("Our test message arrived, in the junk folder."),
        why=_("Mail works, but the filter is suspicious. What others send you may end there too."),
        todo=_(
            "Look into the junk folder now and then, and mark good mail as “not junk”. Give support the "
            "reference, so that we can look at the filter."
        ),
        staff=_(
            "Found in {folder}, marked \\Junk or called so. A message from a mailbox to itself, signed in: "
            "the filter’s own header says what it disliked."
        ),
        places=(Place.WEBMAIL,),
    ),
    Code.RT_OTHER_FOLDER: Explanation(
        title=_("A rule moved the message"),
        happened=_("Our test message arrived in {folder}, not in the inbox."),
        why=_("A rule in your mailbox sorts it elsewhere. It may do so with mail that you wait for."),
        todo=_(
            "Look at the rules of your mailbox, in webmail. If you didn’t make that rule, change your "
            "password and give support the reference."
        ),
        staff=_(
            "Found in {folder}, not in INBOX. A rule (Sieve). One that nobody remembers making is a sign "
            "of somebody else in the mailbox: look for a forward too."
        ),
        places=(Place.WEBMAIL, Place.PASSWORD),
    ),
    Code.RT_DELAYED: Explanation(
        title=_("The message took its time"),
        happened=_("Our test message arrived, but late."),
        why=_("Your settings are right. The server is slow at the moment."),
        todo=_("Nothing to change."),
        staff=_(
            "Found, and later than {delayed_seconds} seconds after it was accepted. The way of the message "
            "says between which servers the time went; look at the queue and at content filters there."
        ),
    ),
    Code.SESSION_LOST: Explanation(
        title=_("The server broke off"),
        happened=_("The server {hostname} ended the connection in the middle of our test."),
        why=_("It was stopped or started again, or something broke on its side. Your settings are fine."),
        todo=AGAIN,
        staff=_(
            "The sign-in went well, and the connection ended later, without a word: the service was stopped "
            "or killed, crashed, or ended the session. Its log says which, at the time of this test."
        ),
    ),
    Code.IDLE_MISSING: Explanation(
        title=_("Mail works, but it won’t arrive by itself"),
        happened=_("The server {hostname} has no push (IMAP IDLE)."),
        why=_("New mail shows up when your app looks for it, not in the moment it comes."),
        todo=_("Set your app to look every 5 minutes."),
        staff=_(
            "IDLE is not among the capabilities after the sign-in: imap_capability, or a proxy that "
            "strips it."
        ),
    ),
    Code.IDLE_SILENT: Explanation(
        title=_("Mail works, but the alert didn’t come"),
        happened=_("The server {hostname} promises push (IMAP IDLE), but doesn’t announce new mail."),
        why=_("New mail shows up when your app looks for it."),
        todo=_("Set your app to look every 5 minutes. Give support the reference, so that we can mend push."),
        staff=_(
            "IDLE was entered or promised, and nothing announced the message. inotify is off or used up, "
            "or the mail lies on NFS."
        ),
    ),
}
