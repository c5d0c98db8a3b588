"""On the way to the server: its name, the connection, its first words."""

from django.utils.translation import gettext_lazy as _

from mailsetup.connection_tests.explanations.base import AGAIN, OUR_SIDE, SERVER, Explanation, Fixer
from mailsetup.probes.findings import Code

EXPLANATIONS: dict[Code, Explanation] = {
    Code.DNS_NXDOMAIN: Explanation(
        title=_("There’s no server of that name"),
        happened=_("We can’t find a server called {hostname}."),
        why=_("No mail app can find it either. The name isn’t in the internet’s directory (DNS)."),
        todo=_(
            "Compare the server name in your app with the one in your guide, letter by letter. "
            "If they’re the same, it’s ours to fix: give support the reference."
        ),
        fixer=Fixer.EITHER,
        topic=SERVER,
    ),
    Code.DNS_NO_ADDRESS: Explanation(
        title=_("The server’s name leads nowhere"),
        happened=_("The name {hostname} exists, but no address is stored for it."),
        why=_("Your app knows whom to ask for, but not where to go."),
        todo=OUR_SIDE,
        fixer=Fixer.PROVIDER,
    ),
    Code.DNS_TIMEOUT: Explanation(
        title=_("The name lookup wasn’t answered"),
        happened=_("We asked where {hostname} is and got no answer in time."),
        why=_("Without that answer no app can connect. It often passes by itself."),
        todo=AGAIN,
        fixer=Fixer.NOBODY,
    ),
    Code.DNS_SERVFAIL: Explanation(
        title=_("The domain’s name service has a fault"),
        happened=_("The name servers for {hostname} answered with an error."),
        why=_("Until that is mended, apps can’t find the server."),
        todo=OUR_SIDE,
        fixer=Fixer.PROVIDER,
    ),
    Code.DNS_PRIVATE_ADDRESS: Explanation(
        title=_("The server’s name points inside a private network"),
        happened=_("The name {hostname} leads to an address that works only inside an office or a VPN."),
        why=_("From anywhere else, your app can’t reach it, and neither can we."),
        todo=OUR_SIDE,
        fixer=Fixer.PROVIDER,
    ),
    Code.TCP_REFUSED: Explanation(
        title=_("The server refused the connection"),
        happened=_("The server {hostname} is there, but nothing answers on port {port}."),
        why=_("The mail service isn’t running there at the moment, or it runs on another port."),
        todo=_(
            "Check that your app uses port {port}. If it does, it’s ours to fix: give support the reference."
        ),
        fixer=Fixer.EITHER,
        topic=SERVER,
    ),
    Code.TCP_TIMEOUT: Explanation(
        title=_("No answer from the server"),
        happened=_("The server {hostname} didn’t answer on port {port}."),
        why=_("The server is busy, being serviced, or something in between keeps us out."),
        todo=AGAIN,
        fixer=Fixer.NOBODY,
    ),
    Code.TCP_RESET: Explanation(
        title=_("The connection was cut"),
        happened=_("Something cut the connection to {hostname} on port {port}."),
        why=_("A firewall or an overloaded server does that."),
        todo=AGAIN,
        fixer=Fixer.NOBODY,
    ),
    Code.NET_UNREACHABLE: Explanation(
        title=_("There’s no way to the server"),
        happened=_("The network has no route to {hostname}."),
        why=_("Until that is mended, apps on some networks can’t connect."),
        todo=OUR_SIDE,
        fixer=Fixer.PROVIDER,
    ),
    Code.CLOSED_AT_ONCE: Explanation(
        title=_("The server hung up"),
        happened=_("The server {hostname} took the call on port {port} and hung up at once."),
        why=_("It’s overloaded, or it keeps our test out."),
        todo=AGAIN,
        fixer=Fixer.NOBODY,
    ),
    Code.SILENT: Explanation(
        title=_("The server says nothing"),
        happened=_("The server {hostname} took the call on port {port}, but said nothing."),
        why=_("The mail service is stuck, or the port and the kind of encryption don’t fit together."),
        todo=OUR_SIDE,
        fixer=Fixer.PROVIDER,
    ),
    Code.DRIBBLE: Explanation(
        title=_("The server is far too slow"),
        happened=_("The server {hostname} answers letter by letter and doesn’t get to the end of a line."),
        why=_("Mail apps give up on it. It’s overloaded, or slows us down on purpose."),
        todo=AGAIN,
        fixer=Fixer.NOBODY,
    ),
    Code.BANNER_GARBAGE: Explanation(
        title=_("That isn’t a mail server"),
        happened=_("What answers on {hostname}, port {port}, doesn’t speak any language a mail app knows."),
        why=_("The port probably belongs to something else."),
        todo=_(
            "Compare name and port with your guide. If they’re the same, it’s ours to fix: "
            "give support the reference."
        ),
        fixer=Fixer.EITHER,
        topic=SERVER,
    ),
    Code.WRONG_SERVICE: Explanation(
        title=_("That isn’t a mail server"),
        happened=_("What answers on {hostname}, port {port}, is another kind of server."),
        why=_("Your app would wait for mail where there is none."),
        todo=_(
            "Compare name and port with your guide. If they’re the same, it’s ours to fix: "
            "give support the reference."
        ),
        fixer=Fixer.EITHER,
        topic=SERVER,
    ),
    Code.BYE_GREETING: Explanation(
        title=_("The server is closed at the moment"),
        happened=_("The server {hostname} answered that it can’t take anybody just now."),
        why=_("It’s being serviced or has too much to do."),
        todo=AGAIN,
        fixer=Fixer.NOBODY,
    ),
}
