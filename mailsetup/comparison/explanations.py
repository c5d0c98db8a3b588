"""From what an app's message means to words for a person, the settings behind it, and a test's codes."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mailsetup.clientconfig import SocketType
from mailsetup.comparison.judgement import Encryption, Setting
from mailsetup.guides.clients import GUIDES, Guide, Meaning
from mailsetup.probes.findings import Code

Text = Promise | str

SETTING_NAMES: dict[Setting, Text] = {
    Setting.INCOMING_SERVER: _("Receiving: server"),
    Setting.INCOMING_PORT: _("Receiving: port"),
    Setting.INCOMING_ENCRYPTION: _("Receiving: encryption"),
    Setting.USER_NAME: _("User name"),
    Setting.OUTGOING_SERVER: _("Sending: server"),
    Setting.OUTGOING_PORT: _("Sending: port"),
    Setting.OUTGOING_ENCRYPTION: _("Sending: encryption"),
    Setting.OUTGOING_SIGN_IN: _("Sending: sign-in"),
}

# The same in the middle of a sentence.
SETTINGS_IN_WORDS: dict[Setting, Text] = {
    Setting.INCOMING_SERVER: _("the server for receiving"),
    Setting.INCOMING_PORT: _("the port for receiving"),
    Setting.INCOMING_ENCRYPTION: _("the encryption for receiving"),
    Setting.USER_NAME: _("the user name"),
    Setting.OUTGOING_SERVER: _("the server for sending"),
    Setting.OUTGOING_PORT: _("the port for sending"),
    Setting.OUTGOING_ENCRYPTION: _("the encryption for sending"),
    Setting.OUTGOING_SIGN_IN: _("the sign-in for sending"),
}

_SERVERS = (Setting.INCOMING_SERVER, Setting.OUTGOING_SERVER)
_PORTS = (Setting.INCOMING_PORT, Setting.OUTGOING_PORT)
ENCRYPTION_SETTINGS = (Setting.INCOMING_ENCRYPTION, Setting.OUTGOING_ENCRYPTION)
_CERTIFICATES = tuple(
    code for code in Code if code.value.startswith("cert_") and code is not Code.CERT_EXPIRES_SOON
)
# Where every hint at a way around would be one to switch encryption off.
KEEP_ENCRYPTION = _("Don’t switch encryption off to make the message go away.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words for one meaning; `{app}` is the app's name, and begins no sentence but the first.

    `title` heads the page where there is nothing but the message, `hint` stands under the message in a list.
    `settings` are those that it comes from, the likeliest first, and `codes` what a test finds then.
    `password`: it may be the password as well, which nobody compares. `warning` is what not to do about it.
    """

    title: Text
    hint: Text
    says: Text
    todo: Text
    settings: tuple[Setting, ...] = ()
    codes: tuple[Code, ...] = ()
    password: bool = False
    warning: Text = ""


WORDS: dict[Meaning, Words] = {
    Meaning.SIGN_IN: Words(
        title=_("Your app can’t sign in"),
        hint=_("The server said no: mostly the user name or the password."),
        says=_(
            "{app} shows this for any sign-in that didn’t work, so it isn’t always about the password. The "
            "server doesn’t say which of the two was wrong."
        ),
        todo=_(
            "Check the user name first, letter by letter. If it’s right, type the password once more, with "
            "care for capital letters, for receiving and for sending."
        ),
        settings=(Setting.USER_NAME, *ENCRYPTION_SETTINGS),
        codes=(
            Code.AUTH_FAILED,
            Code.AUTH_UNKNOWN_USER,
            Code.AUTH_PERM_FAILURE,
            Code.AUTH_REJECTED_OTHER,
            Code.PASSWORD_EXPIRED,
            Code.ACCOUNT_DISABLED,
            Code.ACCOUNT_LOCKED,
            Code.APP_PASSWORD_NEEDED,
            Code.WEB_LOGIN_REQUIRED,
            Code.BANNED,
            Code.RATE_LIMITED,
        ),
        password=True,
    ),
    Meaning.SENDING_SIGN_IN: Words(
        title=_("Your app doesn’t sign in before it sends"),
        hint=_("Sending needs a sign-in too: mostly it’s switched off."),
        says=_(
            "The server takes mail to others only from people that it knows, and {app} wanted to send "
            "without saying who you are."
        ),
        todo=_(
            "Switch the sign-in for sending on, with the same user name and password as for receiving, and "
            "look at the port: other ports than ours may not let anybody sign in."
        ),
        settings=(Setting.OUTGOING_SIGN_IN, Setting.OUTGOING_PORT, Setting.OUTGOING_SERVER),
        codes=(Code.AUTH_REQUIRED, Code.RELAY_DENIED, Code.AUTH_NOT_OFFERED),
    ),
    Meaning.NO_ENCRYPTION: Words(
        title=_("Your app connects without encryption"),
        hint=_("The server wants encryption first: choose it next to the port."),
        says=_(
            "Our server takes a password over an encrypted connection only. That of {app} isn’t, so nobody "
            "was let in. That protects your password."
        ),
        todo=_("Choose the encryption next to the port. Then see that the port is still the right one."),
        settings=(*ENCRYPTION_SETTINGS, *_PORTS),
        codes=(Code.IMAP_LOGINDISABLED, Code.AUTH_ONLY_AFTER_TLS),
        warning=KEEP_ENCRYPTION,
    ),
    Meaning.ENCRYPTION: Words(
        title=_("The encryption doesn’t come about"),
        hint=_("Mostly the port and the kind of encryption don’t fit together."),
        says=_(
            "{app} and the server couldn’t agree on how to encrypt. Each port has its own kind: some are "
            "encrypted from the first moment (SSL/TLS), others switch to it (STARTTLS)."
        ),
        todo=_("Compare the port and the encryption as a pair, for receiving and for sending."),
        settings=(*ENCRYPTION_SETTINGS, *_PORTS),
        codes=(
            Code.PROTO_PLAIN_ON_TLS,
            Code.TLS_TO_STARTTLS_PORT,
            Code.PROTO_TLS_ON_PLAIN,
            Code.TLS_ALERT_HANDSHAKE,
            Code.TLS_EOF,
            Code.TLS_HANDSHAKE,
            Code.TLS_OLD_ONLY,
            Code.STARTTLS_MASKED,
            Code.STARTTLS_MISSING,
            Code.STARTTLS_REFUSED,
            Code.STARTTLS_INJECTION,
        ),
        warning=KEEP_ENCRYPTION,
    ),
    Meaning.CERTIFICATE: Words(
        title=_("Your app doubts the server’s certificate"),
        hint=_("Mostly the server’s name isn’t exactly ours."),
        says=_(
            "{app} wants proof that it talks to the right server, and the proof didn’t fit the name that "
            "it has. A wrong date on the device does the same, and so do some virus scanners."
        ),
        todo=_(
            "Compare the servers’ names letter by letter, and look at the date and time of the device. If "
            "they’re right, it’s on our side: the test says so."
        ),
        settings=_SERVERS,
        codes=(*_CERTIFICATES, Code.TLS_UNRECOGNIZED_NAME),
        warning=_("Don’t accept the certificate to make the message go away."),
    ),
    Meaning.NO_SERVER: Words(
        title=_("Your app finds no server of that name"),
        hint=_("Mostly a typing mistake in the server’s name."),
        says=_("There’s no such name on the internet, or the device isn’t online."),
        todo=_("Compare the servers’ names letter by letter. Look also whether a web page opens."),
        settings=_SERVERS,
        codes=(
            Code.DNS_NXDOMAIN,
            Code.DNS_NO_ADDRESS,
            Code.DNS_CNAME_LOOP,
            Code.DNSSEC_BOGUS,
            Code.DNS_TIMEOUT,
            Code.DNS_SERVFAIL,
        ),
    ),
    Meaning.UNREACHABLE: Words(
        title=_("Your app can’t reach the server"),
        hint=_("No answer: mostly the port, or the server’s name."),
        says=_(
            "{app} called the server and nobody picked up. That’s mostly a port that isn’t ours, or one "
            "that the network blocks: for sending, port 25 is blocked nearly everywhere."
        ),
        todo=_(
            "Compare the ports, then the servers’ names. Look also whether it works from another network."
        ),
        settings=(*_PORTS, *_SERVERS),
        codes=(
            Code.TCP_REFUSED,
            Code.TCP_TIMEOUT,
            Code.NET_UNREACHABLE,
            Code.NET_UNREACHABLE_V6,
            Code.V6_BROKEN_V4_OK,
            Code.SILENT,
            Code.DNS_NXDOMAIN,
            Code.DNS_NO_ADDRESS,
            Code.GREET_521,
            Code.GREET_554,
        ),
    ),
    Meaning.CUT: Words(
        title=_("The connection breaks off"),
        hint=_("It was cut: mostly the kind of encryption."),
        says=_(
            "The conversation with the server began and then ended. Often {app} and the server waited for "
            "different kinds of encryption; some virus scanners cut in as well."
        ),
        todo=_("Compare the encryption and the port as a pair."),
        settings=(*ENCRYPTION_SETTINGS, *_PORTS),
        codes=(
            Code.CLOSED_AT_ONCE,
            Code.TCP_RESET,
            Code.AUTH_DROPPED,
            Code.TLS_EOF,
            Code.BANNER_GARBAGE,
            Code.WRONG_SERVICE,
            Code.PROTO_TLS_ON_PLAIN,
            Code.PROTO_PLAIN_ON_TLS,
        ),
        warning=KEEP_ENCRYPTION,
    ),
    Meaning.SIGN_IN_METHOD: Words(
        title=_("Your app signs in in a way that the server doesn’t know"),
        hint=_("The password would be sent in a way that the server doesn’t know."),
        says=_(
            "{app} is set to a special way of sending the password. Ours is the usual one: the connection "
            "is encrypted, and the password travels inside it."
        ),
        todo=_(
            "Choose the normal password where {app} asks how to sign in. Nothing called NTLM, SPA or "
            "Kerberos."
        ),
        settings=ENCRYPTION_SETTINGS,
        codes=(Code.NO_USABLE_MECH, Code.AUTH_NOT_OFFERED),
        warning=KEEP_ENCRYPTION,
    ),
    Meaning.SENDER_REFUSED: Words(
        title=_("The server doesn’t let you send as that address"),
        hint=_("The sender’s address isn’t yours, or has a typing mistake."),
        says=_("The sender in {app} is another address than the one that you sign in with, or is misspelt."),
        todo=_("Look at the email address in the account’s settings, and at the user name for sending."),
        settings=(Setting.USER_NAME, Setting.OUTGOING_SIGN_IN),
        codes=(Code.SENDER_MISMATCH,),
    ),
    Meaning.APP_PASSWORD: Words(
        title=_("The server wants an app password"),
        hint=_("Signing in takes two steps here, and apps can’t do the second."),
        says=_(
            "The usual password isn’t taken from a mail app, because signing in with a second step is "
            "switched on."
        ),
        todo=_("Make an app password where you set your password, and type it into {app}."),
        codes=(Code.APP_PASSWORD_NEEDED,),
    ),
    Meaning.MAILBOX_FULL: Words(
        title=_("The mailbox is full"),
        hint=_("There’s no room for more mail."),
        says=_(
            "Your settings are fine: the server has no room left in this mailbox, or in that of the "
            "recipient."
        ),
        todo=_(
            "Delete large messages, and empty the trash. If it isn’t your mailbox, tell the recipient "
            "another way."
        ),
        codes=(Code.OVER_QUOTA,),
    ),
    Meaning.MAILBOX_IN_USE: Words(
        title=_("Another program is reading this mailbox"),
        hint=_("With POP3 only one program reads at a time."),
        says=_(
            "Your settings are fine: with POP3 one program at a time holds the mailbox, and another has it "
            "now."
        ),
        todo=_(
            "Wait some minutes, or close the mail app on the other device. With IMAP all of them read at "
            "once."
        ),
        codes=(Code.POP_IN_USE, Code.POP_LOGIN_DELAY),
    ),
    Meaning.TOO_MANY_CONNECTIONS: Words(
        title=_("Too many connections at once"),
        hint=_("Several devices and apps read this mailbox together."),
        says=_(
            "Your settings are fine: too many devices or apps hold a connection to this mailbox at the "
            "moment."
        ),
        todo=_("Close the mail app on a device or two, and try again in a few minutes."),
        codes=(Code.TOO_MANY_CONNECTIONS,),
    ),
    Meaning.SERVER_BUSY: Words(
        title=_("The server is busy"),
        hint=_("It usually passes by itself."),
        says=_(
            "Your settings are most likely fine: the server couldn’t answer just then. It isn’t about your "
            "password."
        ),
        todo=_("Try again in a few minutes. Don’t change anything before that."),
        codes=(
            Code.SMTP_421_BUSY,
            Code.BYE_GREETING,
            Code.AUTH_TEMP_FAILURE,
            Code.SEND_TEMP_FAILURE,
            Code.RATE_LIMITED,
            Code.SEND_RATE_LIMITED,
        ),
    ),
    Meaning.NOT_FOUND: Words(
        title=_("Your app didn’t find the settings by itself"),
        hint=_("No fault: the settings are typed in by hand."),
        says=_(
            "Nothing is broken. {app} looked for the settings by itself, and found none for your address."
        ),
        todo=_("Type the settings in by hand, as in your guide."),
        settings=tuple(Setting),
    ),
}


def app_name(guide: Guide) -> str:
    """What sentences call the app."""
    return gettext("your app") if guide is GUIDES["other"] else guide.name


def encryption_word(value: Encryption | SocketType, guide: Guide) -> str:
    """How the app says it: by a word of its own, or by a tick."""
    none = value in (Encryption.NONE, SocketType.PLAIN)
    if value is Encryption.AUTOMATIC:
        return gettext("Automatic")
    if value is Encryption.TICKED or (guide.tick and not none):
        return gettext("Ticked")
    if value is SocketType.PLAIN:
        return gettext("None: not safe")
    if none:
        return gettext("Not ticked") if guide.tick else gettext("None")
    return guide.word_for(SocketType(value.value))
