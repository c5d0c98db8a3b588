"""On the way to the server: its name, the connection, its first words."""

from django.utils.translation import gettext_lazy as _

from mailsetup.connection_tests.explanations.base import (
    AGAIN,
    OUR_SIDE,
    SAME_AS_GUIDE,
    SERVER,
    THEIR_DNS,
    Explanation,
)
from mailsetup.probes.findings import Code

EXPLANATIONS: dict[Code, Explanation] = {
    Code.DNS_NXDOMAIN: Explanation(
        title=_("There’s no server of that name"),
        happened=_("We can’t find a server called {hostname}."),
        why=_("No mail app can find it either. The name isn’t in the internet’s directory (DNS)."),
        todo=THEIR_DNS,
        staff=_(
            "DNS answered NXDOMAIN for {hostname}. The record is missing in the zone, or the domain’s DNS "
            "is kept elsewhere and nobody added it."
        ),
    ),
    Code.DNS_NO_ADDRESS: Explanation(
        title=_("The server’s name leads nowhere"),
        happened=_("The name {hostname} exists, but no address is stored for it."),
        why=_("Your app knows whom to ask for, but not where to go."),
        todo=THEIR_DNS,
        staff=_(
            "{hostname} has neither A nor AAAA, or a CNAME to a name that isn’t there. Add an address, or "
            "the CNAME that the domain should have."
        ),
    ),
    Code.DNS_CNAME_LOOP: Explanation(
        title=_("The server’s name leads back to itself"),
        happened=_("The name {hostname} points to another name, and that one points back."),
        why=_("Every app goes round in a circle and never gets to a server."),
        todo=THEIR_DNS,
        staff=_("The CNAME records behind {hostname} form a circle. Replace one of them by the address."),
    ),
    Code.DNSSEC_BOGUS: Explanation(
        title=_("The domain’s signature isn’t valid"),
        happened=_("The name {hostname} is there, but the signature over its entry (DNSSEC) is wrong."),
        why=_("Many networks refuse such names, so your mail works in some places and not in others."),
        todo=THEIR_DNS,
        staff=_(
            "SERVFAIL, and an answer as soon as checking is disabled (CD). Signatures that ran out, or a "
            "DS record that doesn’t fit the key."
        ),
    ),
    Code.DNS_TIMEOUT: Explanation(
        title=_("The name lookup wasn’t answered"),
        happened=_("We asked where {hostname} is and got no answer in time."),
        why=_("Without that answer no app can connect. It often passes by itself."),
        todo=AGAIN,
        staff=_(
            "No name server answered in time: the resolver of this portal, or all of the zone’s. Ask each "
            "of them from here."
        ),
    ),
    Code.DNS_SERVFAIL: Explanation(
        title=_("The domain’s name service has a fault"),
        happened=_("The name servers for {hostname} answered with an error."),
        why=_("Until that is mended, apps can’t find the server."),
        todo=THEIR_DNS,
        staff=_(
            "The resolver answered SERVFAIL and no signature is to blame. Look for a delegation to "
            "servers that don’t know the zone."
        ),
    ),
    Code.DNS_PRIVATE_ADDRESS: Explanation(
        title=_("The server’s name points inside a private network"),
        happened=_("The name {hostname} leads to an address that works only inside an office or a VPN."),
        why=_("From anywhere else, your app can’t reach it, and neither can we."),
        todo=THEIR_DNS,
        staff=_(
            "An address behind {hostname} is not public. Inside view in the outside zone? If the portal "
            "must reach it, name its network in PROBE_ALLOWED_NETWORKS."
        ),
    ),
    Code.TCP_REFUSED: Explanation(
        title=_("The server refused the connection"),
        happened=_("The server {hostname} is there, but nothing answers on port {port}."),
        why=_("The mail service isn’t running there at the moment, or it runs on another port."),
        todo=SAME_AS_GUIDE,
        staff=_(
            "Reset in reply to SYN on port {port}: nothing listens there, or a firewall rejects. Is the "
            "service running and bound to this address?"
        ),
        topic=SERVER,
    ),
    Code.TCP_TIMEOUT: Explanation(
        title=_("No answer from the server"),
        happened=_("The server {hostname} didn’t answer on port {port}."),
        why=_("The server is busy, being serviced, or something in between keeps us out."),
        todo=AGAIN,
        staff=_(
            "SYN to port {port} was never answered. Look first whether a firewall or fail2ban has banned "
            "the portal’s address."
        ),
    ),
    Code.TCP_RESET: Explanation(
        title=_("The connection was cut"),
        happened=_("Something cut the connection to {hostname} on port {port}."),
        why=_("It’s on the server’s side, or on the way there. Your settings aren’t the trouble."),
        todo=AGAIN,
        staff=_(
            "The open connection was reset. Typical of an intrusion prevention system, TCP wrappers or a "
            "limit of connections."
        ),
    ),
    Code.NET_UNREACHABLE: Explanation(
        title=_("There’s no way to the server"),
        happened=_("The network has no route to {hostname}."),
        why=_("Until that is mended, apps on some networks can’t connect."),
        todo=OUR_SIDE,
        staff=_(
            "The kernel has no route to the address, or a router on the way says so. Check the address "
            "record and the routing."
        ),
    ),
    Code.CLOSED_AT_ONCE: Explanation(
        title=_("The server hung up"),
        happened=_("The server {hostname} took the call on port {port} and hung up on us."),
        why=_("It’s overloaded, it was just stopped, or it keeps our test out."),
        todo=AGAIN,
        staff=_(
            "Accepted, and closed before anybody signed in: process or client limit, hosts.deny, postscreen, "
            "a service that was stopped at that moment, or a ban of the portal’s address."
        ),
    ),
    Code.SILENT: Explanation(
        title=_("The server gives no answer"),
        happened=_("The server {hostname} took the call on port {port}, and then gave no answer in time."),
        why=_(
            "The mail service is stuck, or slower than most apps wait for. Your settings aren’t the trouble, "
            "and your password wasn’t sent."
        ),
        todo=OUR_SIDE,
        staff=_(
            "Connected, and at the step that failed not one byte came in time, in reply to a TLS handshake "
            "neither: a hung process, or one that waits for something itself, such as the portal’s name in "
            "reverse DNS."
        ),
    ),
    Code.DRIBBLE: Explanation(
        title=_("The server is far too slow"),
        happened=_("The server {hostname} answers letter by letter and doesn’t get to the end of a line."),
        why=_("Mail apps give up on it. It’s overloaded, or slows us down on purpose."),
        todo=AGAIN,
        staff=_("Bytes came, and no line ended in time: a tarpit, or a machine that is out of breath."),
    ),
    Code.BANNER_GARBAGE: Explanation(
        title=_("That isn’t a mail server"),
        happened=_("What answers on {hostname}, port {port}, doesn’t speak any language a mail app knows."),
        why=_("The port probably belongs to something else."),
        todo=SAME_AS_GUIDE,
        staff=_(
            "The first line is no greeting of this protocol, is longer than a line may be, or doesn’t "
            "end. What listens on port {port}?"
        ),
        topic=SERVER,
    ),
    Code.WRONG_SERVICE: Explanation(
        title=_("That isn’t a mail server"),
        happened=_("What answers on {hostname}, port {port}, is another kind of server."),
        why=_("Your app would wait for mail where there is none."),
        todo=SAME_AS_GUIDE,
        staff=_(
            "The first line belongs to another protocol; the evidence names it. Look for a wrong port or "
            "a proxy that maps it wrongly."
        ),
        topic=SERVER,
    ),
    Code.NET_UNREACHABLE_V6: Explanation(
        title=_("One of two ways to the server is closed"),
        happened=_("Over IPv4 {hostname} answers. Over IPv6, the newer way, there is no route to it."),
        why=_("Mail works. On some mobile networks your app may need a moment longer to connect."),
        todo=OUR_SIDE,
        staff=_(
            "Every IPv6 address of {hostname} is unreachable, and IPv4 answers. Remove the AAAA record or "
            "mend the route. {app_gets}"
        ),
    ),
    Code.V4_BROKEN_V6_OK: Explanation(
        title=_("The usual way to the server is broken"),
        happened=_("Over IPv6, the newer way, {hostname} works on port {port}. Over IPv4 it doesn’t."),
        why=_("Most home and office networks have IPv4 only, and from there your app can’t connect."),
        todo=OUR_SIDE,
        staff=_(
            "Port {port} is refused, cut or silent over IPv4 only, or encryption fails there, or there is "
            "no A record; what each address did is in the evidence. Does the A record lead to the same "
            "machine as the AAAA record? {app_gets}"
        ),
    ),
    Code.V6_BROKEN_V4_OK: Explanation(
        title=_("One of two ways to the server is broken"),
        happened=_("Over IPv4 {hostname} works on port {port}. Over IPv6, the newer way, it doesn’t."),
        why=_(
            "Mail works from here. Apps try IPv6 first, so yours may need a moment longer, or be stopped "
            "where only IPv6 is used."
        ),
        todo=OUR_SIDE,
        staff=_(
            "Port {port} is refused, cut or silent over IPv6 only, or encryption fails there; what each "
            "address did is in the evidence. Does the service listen on IPv6, does the firewall let it, is "
            "it the same machine? {app_gets}"
        ),
    ),
    Code.GREET_521: Explanation(
        title=_("That server takes no mail at all"),
        happened=_("The server {hostname} answered that it takes no mail from anybody."),
        why=_("Your app asks the wrong machine, so no message leaves it."),
        todo=SAME_AS_GUIDE,
        staff=_(
            "The greeting was 521 (RFC 7504): this host is set to take no mail. A name that leads to the "
            "wrong machine."
        ),
        topic=SERVER,
    ),
    Code.GREET_554: Explanation(
        title=_("The server turned us away at the door"),
        happened=_("The server {hostname} refused to talk to our test, before anybody signed in."),
        why=_("It keeps certain addresses out. Your own device may get in, or meet the same."),
        todo=_("Call support and give the reference."),
        staff=_(
            "The greeting, or the reply to EHLO, was 554 or another lasting refusal, with IMAP and POP3 "
            "one whose words keep us out. A blocklist (DNSBL, postscreen) on the port for submission keeps "
            "customers out too; it belongs on port 25. Is the portal’s address on a list?"
        ),
    ),
    Code.SMTP_421_BUSY: Explanation(
        title=_("The server has too much to do"),
        happened=_("The server {hostname} asked us to come back later."),
        why=_("It’s busy or being serviced. Mail that you send now waits in your outbox."),
        todo=AGAIN,
        staff=_(
            "421 or another temporary status before the sign-in: limits of processes or connections, of all "
            "or of the portal’s address, a full disk, load."
        ),
    ),
    Code.BYE_GREETING: Explanation(
        title=_("The server is closed at the moment"),
        happened=_("The server {hostname} answered that it can’t take anybody just now."),
        why=_("It’s being serviced or has too much to do."),
        todo=AGAIN,
        staff=_(
            "The greeting was a refusal (BYE or -ERR), or CAPABILITY was refused. Its words in the evidence "
            "say why: maintenance, load, a limit, of all or of the portal’s address."
        ),
    ),
}
