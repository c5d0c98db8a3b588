"""Encryption and certificates."""

from django.utils.translation import gettext_lazy as _

from mailsetup.connection_tests.explanations.base import OUR_SIDE, SERVER, Explanation, Fixer
from mailsetup.probes.findings import Code

EXPLANATIONS: dict[Code, Explanation] = {
    Code.PROTO_PLAIN_ON_TLS: Explanation(
        title=_("The server doesn’t encrypt on this port"),
        happened=_(
            "Port {port} of {hostname} should speak encrypted from the first word, and speaks in the open."
        ),
        why=_("Your password would travel where others can read it, so we stopped."),
        todo=OUR_SIDE,
        fixer=Fixer.PROVIDER,
    ),
    Code.TLS_TO_STARTTLS_PORT: Explanation(
        title=_("The port and the kind of encryption don’t fit together"),
        happened=_(
            "Port {port} starts plain and then switches to encryption (STARTTLS); "
            "SSL/TLS at once doesn’t work there."
        ),
        why=_("An app that is set this way can’t connect at all."),
        todo=_(
            "Choose STARTTLS next to port {port}. If your guide says otherwise, the guide is wrong: "
            "give support the reference."
        ),
        fixer=Fixer.EITHER,
        topic=SERVER,
    ),
    Code.TLS_HANDSHAKE: Explanation(
        title=_("Encryption could not be set up"),
        happened=_("The server {hostname} broke off while we agreed on encryption."),
        why=_("Without encryption your password isn’t safe, so we stopped."),
        todo=OUR_SIDE,
        fixer=Fixer.PROVIDER,
    ),
    Code.TLS_OLD_ONLY: Explanation(
        title=_("The server only knows outdated encryption"),
        happened=_("The server {hostname} offers only a kind of encryption that current apps refuse."),
        why=_("New phones and programs can’t connect to it."),
        todo=OUR_SIDE,
        fixer=Fixer.PROVIDER,
    ),
    Code.STARTTLS_MISSING: Explanation(
        title=_("The server offers no encryption here"),
        happened=_("On port {port}, {hostname} doesn’t offer to switch to encryption (STARTTLS)."),
        why=_("Your password would travel in the open, so we stopped. Your app should stop there too."),
        todo=OUR_SIDE,
        fixer=Fixer.PROVIDER,
    ),
    Code.STARTTLS_REFUSED: Explanation(
        title=_("The server refused to encrypt"),
        happened=_("The server {hostname} offers encryption on port {port}, but refused to start it."),
        why=_("Without it your password isn’t safe, so we stopped."),
        todo=OUR_SIDE,
        fixer=Fixer.PROVIDER,
    ),
    Code.STARTTLS_INJECTION: Explanation(
        title=_("We stopped the test for your security"),
        happened=_(
            "Something was slipped into the conversation with {hostname} just before encryption began."
        ),
        why=_("That’s a fault in the server, or somebody in between. Your password wasn’t sent."),
        todo=OUR_SIDE,
        fixer=Fixer.PROVIDER,
    ),
    Code.CERT_EXPIRED: Explanation(
        title=_("The server’s certificate ran out"),
        happened=_("The certificate of {hostname} was good until {not_after}."),
        why=_(
            "Apps warn or refuse, because they can’t be sure it’s really our server. "
            "Don’t switch that check off."
        ),
        todo=OUR_SIDE,
        fixer=Fixer.PROVIDER,
    ),
    Code.CERT_NOT_YET: Explanation(
        title=_("The server’s certificate isn’t valid yet"),
        happened=_("The certificate of {hostname} is only good from {not_before}."),
        why=_("Apps refuse it. A wrong clock does the same: check the date on your device."),
        todo=OUR_SIDE,
        fixer=Fixer.PROVIDER,
    ),
    Code.CERT_WRONG_NAME: Explanation(
        title=_("The server’s certificate is for a different name"),
        happened=_(
            "Your app asks for {hostname}. The server that answered proved it is {certificate_names}. "
            "The names don’t match, so the connection was stopped."
        ),
        why=_(
            "The name check is how your app knows it’s talking to us and not to someone in between. "
            "Don’t switch it off and don’t choose “Continue anyway”."
        ),
        todo=_(
            "Type exactly the server name from your guide. If it’s the same one, it’s ours to fix: "
            "give support the reference."
        ),
        fixer=Fixer.EITHER,
        topic=SERVER,
    ),
    Code.CERT_SELF_SIGNED: Explanation(
        title=_("The server vouches for itself"),
        happened=_("The certificate of {hostname} is home-made: nobody else vouches for it."),
        why=_(
            "Your app can’t tell our server from someone in between. Don’t tell it to trust the certificate."
        ),
        todo=OUR_SIDE,
        fixer=Fixer.PROVIDER,
    ),
    Code.CERT_UNKNOWN_CA: Explanation(
        title=_("Nobody your device knows vouches for the server"),
        happened=_(
            "The certificate of {hostname} is signed by somebody that phones and computers don’t know."
        ),
        why=_("Apps warn or refuse. Don’t tell them to trust it: the check protects your password."),
        todo=OUR_SIDE,
        fixer=Fixer.PROVIDER,
    ),
    Code.CERT_WEAK: Explanation(
        title=_("The server’s certificate is too weak"),
        happened=_("The certificate of {hostname} uses a key or a signature that can be forged by now."),
        why=_("New devices refuse it."),
        todo=OUR_SIDE,
        fixer=Fixer.PROVIDER,
    ),
    Code.CERT_EXPIRES_SOON: Explanation(
        title=_("The certificate runs out soon"),
        happened=_("The certificate of {hostname} is good until {not_after}."),
        why=_("Your mail works today. It stops working that day if we don’t renew it."),
        todo=OUR_SIDE,
        fixer=Fixer.PROVIDER,
    ),
}
