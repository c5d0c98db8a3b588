"""Signing in."""

from django.utils.translation import gettext_lazy as _

from mailsetup.connection_tests.explanations.base import AGAIN, OUR_SIDE, Explanation, Fixer
from mailsetup.probes.findings import Code

EXPLANATIONS: dict[Code, Explanation] = {
    Code.PREAUTH: Explanation(
        title=_("The server doesn’t ask who you are"),
        happened=_("The server {hostname} let us in without signing in."),
        why=_("That must not happen on the internet, so we stopped."),
        todo=OUR_SIDE,
        fixer=Fixer.PROVIDER,
        staff=_(
            "The IMAP greeting was PREAUTH. Somebody is trusted by address: look at "
            "login_trusted_networks and at proxies in front."
        ),
    ),
    Code.NO_USABLE_MECH: Explanation(
        title=_("The server wants another way to sign in"),
        happened=_("The server {hostname} doesn’t accept a user name and password here."),
        why=_("Your app would ask for the password again and again."),
        todo=OUR_SIDE,
        fixer=Fixer.PROVIDER,
        staff=_(
            "None of the offered mechanisms is PLAIN or LOGIN, or this portal’s settings ask for OAuth. "
            "They are in the evidence."
        ),
    ),
    Code.AUTH_NOT_OFFERED: Explanation(
        title=_("The server doesn’t let anybody sign in here"),
        happened=_("On port {port}, {hostname} offers no way to sign in."),
        why=_("Sending needs a sign-in, so this port is of no use to mail apps."),
        todo=OUR_SIDE,
        fixer=Fixer.PROVIDER,
        staff=_(
            "EHLO on port {port} lists no AUTH, or it was refused as unknown. smtpd_sasl_auth_enable is "
            "off for this port."
        ),
    ),
    Code.AUTH_FAILED: Explanation(
        title=_("The server didn’t accept the password"),
        happened=_("The server {hostname} refused the user name {username} with this password."),
        why=_("It may have a typing mistake, or it was changed recently."),
        todo=_(
            "Type the password again, with care for capital letters. Still no? "
            "Try it in webmail, or have a new one set; it works at once. "
            "The user name is your whole address."
        ),
        fixer=Fixer.CUSTOMER,
        staff=_(
            "The server’s own word for wrong credentials: AUTHENTICATIONFAILED, [AUTH], 535. A wrong "
            "password and an unknown user look the same."
        ),
        topic="password",
    ),
    Code.AUTH_TEMP_FAILURE: Explanation(
        title=_("The server can’t check passwords just now"),
        happened=_("The server {hostname} answered that its sign-in service isn’t working at the moment."),
        why=_("Your password isn’t wrong; nobody can sign in."),
        todo=AGAIN,
        fixer=Fixer.NOBODY,
        staff=_(
            "A temporary answer to the sign-in (UNAVAILABLE, SERVERBUG, SYS/TEMP, 4xx). Its backend, such "
            "as SQL or LDAP, is down."
        ),
    ),
    Code.AUTH_REJECTED_OTHER: Explanation(
        title=_("The server didn’t let us sign in"),
        happened=_("The server {hostname} refused the sign-in, for a reason of its own."),
        why=_(
            "It may be the password, a locked mailbox, or a rule on the server. Support can see the reason."
        ),
        todo=_("Call support and give the reference."),
        fixer=Fixer.PROVIDER,
        staff=_(
            "Refused without a code or word that we know. The server’s line, as far as it may be kept, is "
            "in the evidence."
        ),
        topic="password",
    ),
    Code.AUTH_DROPPED: Explanation(
        title=_("The server hung up during sign-in"),
        happened=_("The server {hostname} cut the connection while we signed in."),
        why=_("It’s overloaded, or has blocked sign-ins from our test."),
        todo=AGAIN,
        fixer=Fixer.NOBODY,
        staff=_(
            "The connection ended between the password and the answer. A crash of the sign-in process, "
            "process_limit, or an intrusion prevention system."
        ),
    ),
    Code.TOO_MANY_CONNECTIONS: Explanation(
        title=_("Too many apps are connected"),
        happened=_("The server {hostname} takes no more connections for this mailbox."),
        why=_(
            "Each phone, tablet and computer holds some. "
            "When the number is used up, the next one is turned away."
        ),
        todo=_("Close mail on devices you don’t use now, wait a minute, and test again."),
        fixer=Fixer.CUSTOMER,
        staff=_(
            "LIMIT or its like: mail_max_userip_connections (Dovecot). Webmail and proxies share one "
            "address, so the limit is reached soon."
        ),
    ),
}
