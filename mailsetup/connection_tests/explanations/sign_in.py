"""Signing in."""

from django.utils.translation import gettext_lazy as _

from mailsetup.connection_tests.explanations.base import AGAIN, OUR_SIDE, SERVER, Explanation, Place
from mailsetup.probes.findings import Code

EXPLANATIONS: dict[Code, Explanation] = {
    Code.PREAUTH: Explanation(
        title=_("The server doesn’t ask who you are"),
        happened=_("The server {hostname} let us in without signing in."),
        why=_("That must not happen on the internet, so we stopped."),
        todo=OUR_SIDE,
        staff=_(
            "The IMAP greeting was PREAUTH. Somebody is trusted by address: look at "
            "login_trusted_networks and at proxies in front."
        ),
    ),
    Code.IMAP_LOGINDISABLED: Explanation(
        title=_("The server takes no password without encryption"),
        happened=_("The server {hostname} doesn’t let anybody sign in over this connection on port {port}."),
        why=_(
            "It wants encryption first, so that no password travels in the open. Our guide leaves it out, or "
            "the server didn’t notice it."
        ),
        todo=_(
            "Compare the encryption next to port {port} in your app with your guide. If it’s the same, "
            "there’s nothing to change. It’s on our side; give support the reference and we’ll put it right."
        ),
        staff=_(
            "LOGINDISABLED or [PRIVACYREQUIRED]. As it should be without TLS: then this portal’s settings "
            "are wrong. With TLS, a proxy in front ends it and doesn’t say so (login_trusted_networks, ssl "
            "= required)."
        ),
        topic=SERVER,
    ),
    Code.AUTH_ONLY_AFTER_TLS: Explanation(
        title=_("The server wants encryption before the password"),
        happened=_("On port {port}, {hostname} lets nobody sign in before the connection is encrypted."),
        why=_(
            "That’s right: your password would travel in the open otherwise. Our guide leaves encryption "
            "out, or the server didn’t notice it."
        ),
        todo=_(
            "Compare the encryption next to port {port} in your app with your guide. If it’s the same, "
            "there’s nothing to change. It’s on our side; give support the reference and we’ll put it right."
        ),
        staff=_(
            "STARTTLS is offered and no sign-in before it, or AUTH was answered by 530 or 538. Correct the "
            "kind of encryption in this portal’s settings."
        ),
        topic=SERVER,
    ),
    Code.NO_USABLE_MECH: Explanation(
        title=_("The server wants another way to sign in"),
        happened=_("The server {hostname} doesn’t accept a user name and password here."),
        why=_("Your app would ask for the password again and again."),
        todo=OUR_SIDE,
        staff=_(
            "None of the offered mechanisms is PLAIN or LOGIN, or the server doesn’t take the one that it "
            "offers (504, “basic authentication is disabled”, “no mechanism available”), or this portal’s "
            "settings ask for OAuth. They are in the evidence."
        ),
    ),
    Code.AUTH_NOT_OFFERED: Explanation(
        title=_("The server doesn’t let anybody sign in here"),
        happened=_("On port {port}, {hostname} offers no way to sign in."),
        why=_("Sending needs a sign-in, so this port is of no use to mail apps."),
        todo=OUR_SIDE,
        staff=_(
            "EHLO on port {port} lists no AUTH, or it was refused as unknown. smtpd_sasl_auth_enable is "
            "off for this port."
        ),
    ),
    Code.BANNED: Explanation(
        title=_("The server has shut us out for a while"),
        happened=_(
            "The server {hostname} blocks sign-ins from where they come from, because of earlier ones."
        ),
        why=_(
            "Often an old phone keeps trying a password that was changed. It says nothing about your "
            "password now."
        ),
        todo=_(
            "Wait an hour and test again; put the new password on every device meanwhile. If it stays, give "
            "support the reference: we can lift it."
        ),
        staff=_(
            "The server says that an address is banned. It may be the portal’s: lift the ban and exempt "
            "the portal (fail2ban ignoreip, SmarterMail’s allow list), or each customer’s test ends here."
        ),
        topic="password",
    ),
    Code.RATE_LIMITED: Explanation(
        title=_("There were too many sign-ins in a short time"),
        happened=_(
            "The server {hostname} has had too many attempts to sign in, and lets nobody try for a while."
        ),
        why=_("Often an old phone or tablet keeps trying a password that was changed."),
        todo=_(
            "Wait a quarter of an hour without trying. Then put the new password on every device that "
            "reads this mailbox."
        ),
        staff=_(
            "The server counts attempts, by address or by account. Look in its log who tries; exempt the "
            "portal’s address."
        ),
        topic="password",
    ),
    Code.REFERRAL: Explanation(
        title=_("The mailbox has moved to another server"),
        happened=_("The server {hostname} answered that this mailbox lives elsewhere now."),
        why=_(
            "Apps don’t follow such a hint, and shouldn’t: it would carry your password to an unknown place."
        ),
        todo=OUR_SIDE,
        staff=_(
            "[REFERRAL] in reply to the sign-in. Proxy the mailbox (director, proxy passdb) or correct the "
            "domain’s server in this portal. It is never followed."
        ),
    ),
    Code.ACCOUNT_DISABLED: Explanation(
        title=_("The mailbox is switched off"),
        happened=_("The server {hostname} answered that this mailbox or its sign-in has been switched off."),
        why=_(
            "Your password isn’t the trouble. Somebody switched it off on purpose, or the contract has ended."
        ),
        todo=_("Call support and give the reference."),
        staff=_(
            "The server’s word: disabled, suspended, expired, not enabled for IMAP or POP, or 5.7.13. Look "
            "at the mailbox and at the customer’s account. Some servers say so only to whoever has the right "
            "password."
        ),
    ),
    Code.ACCOUNT_LOCKED: Explanation(
        title=_("The mailbox is locked"),
        happened=_("The server {hostname} answered that this mailbox is locked."),
        why=_(
            "Your password isn’t the trouble. It may be locked for safety, after strange mail or many "
            "wrong passwords."
        ),
        todo=_("Call support and give the reference."),
        staff=_(
            "The server’s word: locked. With Dovecot’s nologin only IMAP and POP3 are locked, and "
            "submission still lets in; use a deny passdb for both."
        ),
    ),
    Code.PASSWORD_EXPIRED: Explanation(
        title=_("The password has run out"),
        happened=_("The server {hostname} answered that the password of {username} is too old."),
        why=_("It has to be changed from time to time. Until then no app gets in."),
        todo=_("Set a new password, then type it in on every device."),
        staff=_("[EXPIRED] (RFC 5530), or the server’s words for it: a policy of the directory."),
        topic="password",
        places=(Place.PASSWORD,),
    ),
    Code.APP_PASSWORD_NEEDED: Explanation(
        title=_("The server wants an app password"),
        happened=_("The server {hostname} doesn’t take your usual password from a mail app."),
        why=_("Signing in with a second step is switched on, and mail apps can’t do that step."),
        todo=_(
            "Make an app password where you set your password, and use it in the app in place of the usual "
            "one."
        ),
        staff=_(
            "The words “application-specific password”, often with 534 5.7.9. A second factor is on for "
            "this mailbox."
        ),
        topic="password",
        places=(Place.PASSWORD,),
    ),
    Code.WEB_LOGIN_REQUIRED: Explanation(
        title=_("The server wants to see you in a browser first"),
        happened=_("The server {hostname} asks you to sign in once in webmail."),
        why=_("It isn’t sure that it’s you, or wants you to confirm something."),
        todo=_("Sign in to webmail, answer what it asks, and test again."),
        staff=_("[WEBALERT] or 534 5.7.14. The address that the server names is neither kept nor opened."),
        topic="password",
        places=(Place.WEBMAIL,),
    ),
    Code.AUTH_UNKNOWN_USER: Explanation(
        title=_("The server doesn’t know this mailbox"),
        happened=_("The server {hostname} answered that there is no user {username}."),
        why=_("The address may have a typing mistake, or the mailbox isn’t there yet."),
        todo=_(
            "Compare your address letter by letter. If it’s right, the mailbox is missing: give support "
            "the reference."
        ),
        staff=_(
            "The server says so itself ([NONEXISTENT], “no such user”), which also tells strangers who "
            "exists. Is the mailbox there, and is %EMAILADDRESS% the form of user name that it wants?"
        ),
        topic="user_name",
    ),
    Code.AUTH_FAILED: Explanation(
        title=_("The server didn’t accept the password"),
        happened=_("The server {hostname} refused the user name {username} with this password."),
        why=_("It may have a typing mistake, or it was changed recently."),
        todo=_(
            "Type the password again, with care for capital letters. Still no? "
            "Try it in webmail, or have a new one set; it works at once. "
            "The user name has to be {username}, all of it."
        ),
        staff=_(
            "The server’s own word for wrong credentials: AUTHENTICATIONFAILED, [AUTH], 535. A wrong "
            "password and an unknown user look the same."
        ),
        topic="password",
        places=(Place.WEBMAIL, Place.PASSWORD),
    ),
    Code.AUTH_PERM_FAILURE: Explanation(
        title=_("The server can’t let anybody in until it’s mended"),
        happened=_("The server {hostname} answered that it has a fault of its own."),
        why=_("Your password isn’t wrong. The mailbox or the sign-in on the server is broken."),
        todo=OUR_SIDE,
        staff=_(
            "[SYS/PERM] (RFC 3206): a failure that wants a person. A mailbox that can’t be opened, a full "
            "disk, rights."
        ),
    ),
    Code.AUTH_TEMP_FAILURE: Explanation(
        title=_("The server can’t check passwords just now"),
        happened=_(
            "The server {hostname} can’t check anybody’s password at the moment: it said so, or gave no "
            "answer."
        ),
        why=_("Your password isn’t wrong, as far as anybody can tell."),
        todo=AGAIN,
        staff=_(
            "A temporary answer to the sign-in (UNAVAILABLE, SERVERBUG, SYS/TEMP, 4xx, “generic failure”), "
            "or none in time. Its backend, such as SQL, LDAP or saslauthd, is down or slow."
        ),
    ),
    Code.AUTH_REJECTED_OTHER: Explanation(
        title=_("The server didn’t let us sign in"),
        happened=_("The server {hostname} refused the sign-in, for a reason of its own."),
        why=_(
            "It may be the password, a locked mailbox, or a rule on the server. Support can see the reason."
        ),
        todo=_("Call support and give the reference."),
        staff=_(
            "Refused without a code or word that we know. The server’s line, as far as it may be kept, is "
            "in the evidence."
        ),
        topic="password",
        places=(Place.WEBMAIL,),
    ),
    Code.AUTH_DROPPED: Explanation(
        title=_("The server hung up during sign-in"),
        happened=_("The server {hostname} cut the connection while we signed in."),
        why=_("It’s overloaded, was just stopped, or has blocked sign-ins from our test."),
        todo=AGAIN,
        staff=_(
            "The connection ended between the password and the answer. A crash of the sign-in process, a "
            "service that was stopped, process_limit, or an intrusion prevention system."
        ),
    ),
    Code.TOO_MANY_CONNECTIONS: Explanation(
        title=_("Too many apps are connected"),
        happened=_("The server {hostname} takes no more connections at the moment."),
        why=_(
            "Each phone, tablet and computer holds some, and so does webmail. When the number is used up, "
            "yours or that of all, the next one is turned away."
        ),
        todo=_("Close mail on devices you don’t use now, wait a minute, and test again."),
        staff=_(
            "LIMIT or its like: mail_max_userip_connections (Dovecot). Webmail and proxies share one "
            "address, so the limit is reached soon. In a greeting, before anybody signed in, it’s the limit "
            "of all, or of the portal’s address."
        ),
    ),
    Code.POP_IN_USE: Explanation(
        title=_("Another program is reading the mailbox"),
        happened=_("The server {hostname} lets one program at a time into this mailbox, and one is in it."),
        why=_("With POP3 that’s usual. It’s over when the other program has fetched its mail."),
        todo=_("Close mail on your other devices, wait a minute, and test again."),
        staff=_(
            "[IN-USE] (RFC 2449), or “mailbox is locked”. If no session is open, a lock was left behind."
        ),
    ),
    Code.POP_LOGIN_DELAY: Explanation(
        title=_("The mailbox was opened a moment ago"),
        happened=_("The server {hostname} wants some time between two looks into this mailbox."),
        why=_("Apps that look every minute are turned away most of the time."),
        todo=_("Set your app to look every 15 minutes."),
        staff=_("[LOGIN-DELAY] (RFC 2449). CAPA says how many seconds the server wants."),
    ),
}
