"""From a code to what a person reads: what happened, why it matters, what to do, in the reader's language.

Nothing here comes from a mail server: its own words go to support's report only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mailsetup.clientconfig import ServerSettings, ServiceType, SocketType
from mailsetup.probes.findings import Code, Step

Text = Promise | str


class Fixer(StrEnum):
    """Who can put it right."""

    CUSTOMER = "customer"
    PROVIDER = "provider"
    NOBODY = "nobody"  # it passes by itself, or nothing is wrong
    PORTAL = "portal"  # our side: the test, not the mail


@dataclass(frozen=True, slots=True)
class Explanation:
    """The words for one code; `topic` is the part of a guide where the customer can put it right."""

    title: Text
    happened: Text
    why: Text
    todo: Text
    fixer: Fixer
    topic: str = ""

    def filled(self, values: Mapping[str, Any]) -> "Explanation":
        """The same with its {placeholders} replaced."""
        return Explanation(
            title=str(self.title).format_map(values),
            happened=str(self.happened).format_map(values),
            why=str(self.why).format_map(values),
            todo=str(self.todo).format_map(values),
            fixer=self.fixer,
            topic=self.topic,
        )


_OUR_SIDE = _("Nothing to change. It’s on our side; give support the reference and we’ll put it right.")
_AGAIN = _("Test again in a few minutes. If it stays, call support with the reference.")

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

EXPLANATIONS: dict[Code, Explanation] = {
    Code.LOST_RUN: Explanation(
        _("The test was interrupted"),
        _("Our test service stopped before the test was over."),
        _("This says nothing about your mail, which may be working fine."),
        _("Start the test again."),
        Fixer.PORTAL,
    ),
    Code.NOT_TESTABLE_HERE: Explanation(
        _("We can’t test this from here"),
        _("Our test service has no way to reach {hostname} at the moment."),
        _("This says nothing about your mail, which may be working fine."),
        _AGAIN,
        Fixer.PORTAL,
    ),
    Code.DNS_NXDOMAIN: Explanation(
        _("There’s no server of that name"),
        _("We can’t find a server called {hostname}."),
        _("No mail app can find it either. The name isn’t in the internet’s directory (DNS)."),
        _(
            "Compare the server name in your app with the one in your guide, letter by letter. If they’re the same, it’s ours to fix: give support the reference."
        ),
        Fixer.PROVIDER,
        "{lane}",
    ),
    Code.DNS_NO_ADDRESS: Explanation(
        _("The server’s name leads nowhere"),
        _("The name {hostname} exists, but no address is stored for it."),
        _("Your app knows whom to ask for, but not where to go."),
        _OUR_SIDE,
        Fixer.PROVIDER,
    ),
    Code.DNS_TIMEOUT: Explanation(
        _("The name lookup wasn’t answered"),
        _("We asked where {hostname} is and got no answer in time."),
        _("Without that answer no app can connect. It often passes by itself."),
        _AGAIN,
        Fixer.PROVIDER,
    ),
    Code.DNS_SERVFAIL: Explanation(
        _("The domain’s name service has a fault"),
        _("The name servers for {hostname} answered with an error."),
        _("Until that is mended, apps can’t find the server."),
        _OUR_SIDE,
        Fixer.PROVIDER,
    ),
    Code.DNS_PRIVATE_ADDRESS: Explanation(
        _("The server’s name points inside a private network"),
        _("The name {hostname} leads to an address that works only inside an office or a VPN."),
        _("From anywhere else, your app can’t reach it, and neither can we."),
        _OUR_SIDE,
        Fixer.PROVIDER,
    ),
    Code.TCP_REFUSED: Explanation(
        _("The server refused the connection"),
        _("The server {hostname} is there, but nothing answers on port {port}."),
        _("The mail service isn’t running there at the moment, or it runs on another port."),
        _("Check that your app uses port {port}. If it does, it’s ours to fix: give support the reference."),
        Fixer.PROVIDER,
        "{lane}",
    ),
    Code.TCP_TIMEOUT: Explanation(
        _("No answer from the server"),
        _("The server {hostname} didn’t answer on port {port}."),
        _("The server is busy, being serviced, or something in between keeps us out."),
        _AGAIN,
        Fixer.PROVIDER,
    ),
    Code.TCP_RESET: Explanation(
        _("The connection was cut"),
        _("Something cut the connection to {hostname} on port {port}."),
        _("A firewall or an overloaded server does that."),
        _AGAIN,
        Fixer.PROVIDER,
    ),
    Code.NET_UNREACHABLE: Explanation(
        _("There’s no way to the server"),
        _("The network has no route to {hostname}."),
        _("Until that is mended, apps on some networks can’t connect."),
        _OUR_SIDE,
        Fixer.PROVIDER,
    ),
    Code.CLOSED_AT_ONCE: Explanation(
        _("The server hung up"),
        _("The server {hostname} took the call on port {port} and hung up at once."),
        _("It’s overloaded, or it keeps our test out."),
        _AGAIN,
        Fixer.PROVIDER,
    ),
    Code.SILENT: Explanation(
        _("The server says nothing"),
        _("The server {hostname} took the call on port {port}, but said nothing."),
        _("The mail service is stuck, or the port and the kind of encryption don’t fit together."),
        _OUR_SIDE,
        Fixer.PROVIDER,
    ),
    Code.DRIBBLE: Explanation(
        _("The server is far too slow"),
        _("The server {hostname} answers letter by letter and doesn’t get to the end of a line."),
        _("Mail apps give up on it. It’s overloaded, or slows us down on purpose."),
        _AGAIN,
        Fixer.PROVIDER,
    ),
    Code.BANNER_GARBAGE: Explanation(
        _("That isn’t a mail server"),
        _("What answers on {hostname}, port {port}, doesn’t speak any language a mail app knows."),
        _("The port probably belongs to something else."),
        _(
            "Compare name and port with your guide. If they’re the same, it’s ours to fix: give support the reference."
        ),
        Fixer.PROVIDER,
        "{lane}",
    ),
    Code.WRONG_SERVICE: Explanation(
        _("That isn’t a mail server"),
        _("What answers on {hostname}, port {port}, is another kind of server."),
        _("Your app would wait for mail where there is none."),
        _(
            "Compare name and port with your guide. If they’re the same, it’s ours to fix: give support the reference."
        ),
        Fixer.PROVIDER,
        "{lane}",
    ),
    Code.BYE_GREETING: Explanation(
        _("The server is closed at the moment"),
        _("The server {hostname} answered that it can’t take anybody just now."),
        _("It’s being serviced or has too much to do."),
        _AGAIN,
        Fixer.PROVIDER,
    ),
    Code.PROTO_PLAIN_ON_TLS: Explanation(
        _("The server doesn’t encrypt on this port"),
        _("Port {port} of {hostname} should speak encrypted from the first word, and speaks in the open."),
        _("Your password would travel where others can read it, so we stopped."),
        _OUR_SIDE,
        Fixer.PROVIDER,
    ),
    Code.TLS_TO_STARTTLS_PORT: Explanation(
        _("The port and the kind of encryption don’t fit together"),
        _(
            "Port {port} starts plain and then switches to encryption (STARTTLS); SSL/TLS at once doesn’t work there."
        ),
        _("An app that is set this way can’t connect at all."),
        _(
            "Choose STARTTLS next to port {port}. If your guide says otherwise, the guide is wrong: give support the reference."
        ),
        Fixer.PROVIDER,
        "{lane}",
    ),
    Code.TLS_HANDSHAKE: Explanation(
        _("Encryption could not be set up"),
        _("The server {hostname} broke off while we agreed on encryption."),
        _("Without encryption your password isn’t safe, so we stopped."),
        _OUR_SIDE,
        Fixer.PROVIDER,
    ),
    Code.TLS_OLD_ONLY: Explanation(
        _("The server only knows outdated encryption"),
        _("The server {hostname} offers only a kind of encryption that current apps refuse."),
        _("New phones and programs can’t connect to it."),
        _OUR_SIDE,
        Fixer.PROVIDER,
    ),
    Code.STARTTLS_MISSING: Explanation(
        _("The server offers no encryption here"),
        _("On port {port}, {hostname} doesn’t offer to switch to encryption (STARTTLS)."),
        _("Your password would travel in the open, so we stopped. Your app should stop there too."),
        _OUR_SIDE,
        Fixer.PROVIDER,
    ),
    Code.STARTTLS_REFUSED: Explanation(
        _("The server refused to encrypt"),
        _("The server {hostname} offers encryption on port {port}, but refused to start it."),
        _("Without it your password isn’t safe, so we stopped."),
        _OUR_SIDE,
        Fixer.PROVIDER,
    ),
    Code.STARTTLS_INJECTION: Explanation(
        _("We stopped the test for your security"),
        _("Something was slipped into the conversation with {hostname} just before encryption began."),
        _("That’s a fault in the server, or somebody in between. Your password wasn’t sent."),
        _OUR_SIDE,
        Fixer.PROVIDER,
    ),
    Code.PREAUTH: Explanation(
        _("The server doesn’t ask who you are"),
        _("The server {hostname} let us in without signing in."),
        _("That must not happen on the internet, so we stopped."),
        _OUR_SIDE,
        Fixer.PROVIDER,
    ),
    Code.CERT_EXPIRED: Explanation(
        _("The server’s certificate ran out"),
        _("The certificate of {hostname} was good until {not_after}."),
        _(
            "Apps warn or refuse, because they can’t be sure it’s really our server. Don’t switch that check off."
        ),
        _OUR_SIDE,
        Fixer.PROVIDER,
    ),
    Code.CERT_NOT_YET: Explanation(
        _("The server’s certificate isn’t valid yet"),
        _("The certificate of {hostname} is only good from {not_before}."),
        _("Apps refuse it. A wrong clock does the same: check the date on your device."),
        _OUR_SIDE,
        Fixer.PROVIDER,
    ),
    Code.CERT_WRONG_NAME: Explanation(
        _("The server’s certificate is for a different name"),
        _(
            "Your app asks for {hostname}. The server that answered proved it is {certificate_names}. The names don’t match, so the connection was stopped."
        ),
        _(
            "The name check is how your app knows it’s talking to us and not to someone in between. Don’t switch it off and don’t choose “Continue anyway”."
        ),
        _(
            "Type exactly the server name from your guide. If it’s the same one, it’s ours to fix: give support the reference."
        ),
        Fixer.PROVIDER,
        "{lane}",
    ),
    Code.CERT_SELF_SIGNED: Explanation(
        _("The server vouches for itself"),
        _("The certificate of {hostname} is home-made: nobody else vouches for it."),
        _("Your app can’t tell our server from someone in between. Don’t tell it to trust the certificate."),
        _OUR_SIDE,
        Fixer.PROVIDER,
    ),
    Code.CERT_UNKNOWN_CA: Explanation(
        _("Nobody your device knows vouches for the server"),
        _("The certificate of {hostname} is signed by somebody that phones and computers don’t know."),
        _("Apps warn or refuse. Don’t tell them to trust it: the check protects your password."),
        _OUR_SIDE,
        Fixer.PROVIDER,
    ),
    Code.CERT_WEAK: Explanation(
        _("The server’s certificate is too weak"),
        _("The certificate of {hostname} uses a key or a signature that can be forged by now."),
        _("New devices refuse it."),
        _OUR_SIDE,
        Fixer.PROVIDER,
    ),
    Code.CERT_EXPIRES_SOON: Explanation(
        _("The certificate runs out soon"),
        _("The certificate of {hostname} is good until {not_after}."),
        _("Your mail works today. It stops working that day if we don’t renew it."),
        _OUR_SIDE,
        Fixer.PROVIDER,
    ),
    Code.NO_USABLE_MECH: Explanation(
        _("The server wants another way to sign in"),
        _("The server {hostname} doesn’t accept a user name and password here."),
        _("Your app would ask for the password again and again."),
        _OUR_SIDE,
        Fixer.PROVIDER,
    ),
    Code.AUTH_NOT_OFFERED: Explanation(
        _("The server doesn’t let anybody sign in here"),
        _("On port {port}, {hostname} offers no way to sign in."),
        _("Sending needs a sign-in, so this port is of no use to mail apps."),
        _OUR_SIDE,
        Fixer.PROVIDER,
    ),
    Code.AUTH_FAILED: Explanation(
        _("The server didn’t accept the password"),
        _("The server {hostname} refused the user name {username} with this password."),
        _("It may have a typing mistake, or it was changed recently."),
        _(
            "Type the password again, with care for capital letters. Still no? Try it in webmail, or have a new one set; it works at once. The user name is your whole address."
        ),
        Fixer.CUSTOMER,
        "password",
    ),
    Code.AUTH_TEMP_FAILURE: Explanation(
        _("The server can’t check passwords just now"),
        _("The server {hostname} answered that its sign-in service isn’t working at the moment."),
        _("Your password isn’t wrong; nobody can sign in."),
        _AGAIN,
        Fixer.PROVIDER,
    ),
    Code.AUTH_REJECTED_OTHER: Explanation(
        _("The server didn’t let us sign in"),
        _("The server {hostname} refused the sign-in, for a reason of its own."),
        _("It may be the password, a locked mailbox, or a rule on the server. Support can see the reason."),
        _("Call support and give the reference."),
        Fixer.PROVIDER,
        "password",
    ),
    Code.AUTH_DROPPED: Explanation(
        _("The server hung up during sign-in"),
        _("The server {hostname} cut the connection while we signed in."),
        _("It’s overloaded, or has blocked sign-ins from our test."),
        _AGAIN,
        Fixer.PROVIDER,
    ),
    Code.TOO_MANY_CONNECTIONS: Explanation(
        _("Too many apps are connected"),
        _("The server {hostname} takes no more connections for this mailbox."),
        _(
            "Each phone, tablet and computer holds some. When the number is used up, the next one is turned away."
        ),
        _("Close mail on devices you don’t use now, wait a minute, and test again."),
        Fixer.CUSTOMER,
    ),
    Code.MAILBOX_UNAVAILABLE: Explanation(
        _("The mailbox can’t be opened"),
        _("Signing in to {hostname} worked, but the inbox can’t be opened."),
        _("Your settings are right. Something is wrong with the mailbox itself."),
        _OUR_SIDE,
        Fixer.PROVIDER,
    ),
    Code.SEND_REJECTED: Explanation(
        _("The server wouldn’t take the message"),
        _("Signing in to {hostname} worked, but it refused a message from you to you."),
        _("Mail that you send would be refused as well."),
        _("Call support and give the reference."),
        Fixer.PROVIDER,
        "outgoing",
    ),
    Code.SEND_TEMP_FAILURE: Explanation(
        _("The server can’t take messages just now"),
        _("The server {hostname} asked us to try again later."),
        _("Mail that you send now may wait in your outbox."),
        _AGAIN,
        Fixer.PROVIDER,
    ),
    Code.RT_LOST: Explanation(
        _("The message was sent, but hasn’t arrived"),
        _("The server took our test message, and it wasn’t in your inbox a minute later."),
        _("It may be late, or a rule may have moved or forwarded it."),
        _("Look into your other folders. If it isn’t there in ten minutes, give support the reference."),
        Fixer.PROVIDER,
    ),
    Code.RT_DELAYED: Explanation(
        _("The message took its time"),
        _("Our test message arrived, but late."),
        _("Your settings are right. The server is slow at the moment."),
        _("Nothing to change."),
        Fixer.PROVIDER,
    ),
    Code.IDLE_MISSING: Explanation(
        _("Mail works, but it won’t arrive by itself"),
        _("The server {hostname} has no push (IMAP IDLE)."),
        _("New mail shows up when your app looks for it, not in the moment it comes."),
        _("Set your app to look every 5 minutes."),
        Fixer.CUSTOMER,
    ),
    Code.IDLE_SILENT: Explanation(
        _("Mail works, but the alert didn’t come"),
        _("The server {hostname} promises push (IMAP IDLE), but didn’t announce our test message."),
        _("New mail shows up when your app looks for it."),
        _("Set your app to look every 5 minutes. Give support the reference, so that we can mend push."),
        Fixer.PROVIDER,
    ),
}


def explain(code: Code, service: ServerSettings | None, evidence: Mapping[str, Any]) -> Explanation:
    """What to tell about `code` found at `service`; LOST_RUN has no service."""
    names = evidence.get("names") or [_("another server")]
    values = {
        "hostname": service.hostname if service else "",
        "port": service.port if service else "",
        "username": service.username if service else "",
        "certificate_names": ", ".join(str(name) for name in names),
        "not_after": readable_date(evidence.get("not_after", "")),
        "not_before": readable_date(evidence.get("not_before", "")),
    }
    found = EXPLANATIONS[code].filled(values)
    if found.topic == "{lane}":
        lane = "outgoing" if service and service.type is ServiceType.SMTP else "incoming"
        return Explanation(found.title, found.happened, found.why, found.todo, found.fixer, lane)
    return found


def readable_date(iso: str) -> str:
    """A date of a certificate as people write it; probes say it as ISO 8601."""
    return date_format(date.fromisoformat(iso), "j F Y") if iso else ""


def encryption_label(socket_type: SocketType) -> Text:
    return _("None: not safe") if socket_type is SocketType.PLAIN else ENCRYPTION_LABELS[socket_type]


ENCRYPTION_LABELS = {SocketType.SSL: "SSL/TLS", SocketType.STARTTLS: "STARTTLS"}
