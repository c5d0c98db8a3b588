"""Encryption and certificates."""

from django.utils.translation import gettext_lazy as _

from mailsetup.connection_tests.explanations.base import OUR_SIDE, SAME_AS_GUIDE, SERVER, Explanation
from mailsetup.probes.findings import Code

EXPLANATIONS: dict[Code, Explanation] = {
    Code.PROTO_PLAIN_ON_TLS: Explanation(
        title=_("The server doesn’t encrypt on this port"),
        happened=_(
            "Port {port} of {hostname} should speak encrypted from the first word, and speaks in the open."
        ),
        why=_("Your password would travel where others can read it, so we stopped."),
        todo=OUR_SIDE,
        staff=_(
            "The port of implicit TLS answered in plain text. Dovecot: ssl = yes in its inet_listener; "
            "Postfix: smtpd_tls_wrappermode."
        ),
    ),
    Code.PROTO_TLS_ON_PLAIN: Explanation(
        title=_("The port and the kind of encryption don’t fit together"),
        happened=_(
            "Port {port} of {hostname} speaks encrypted from the first word (SSL/TLS); starting plain "
            "doesn’t work there."
        ),
        why=_("An app that is set to STARTTLS, or to none, waits there for ever."),
        todo=_(
            "Choose SSL/TLS next to port {port}. Your guide says otherwise, and that’s our mistake: give "
            "support the reference and we’ll put it right."
        ),
        staff=_(
            "No greeting came, and a TLS handshake at once succeeded. The settings of the server in this "
            "portal say STARTTLS or none for a port of implicit TLS."
        ),
        topic=SERVER,
    ),
    Code.TLS_TO_STARTTLS_PORT: Explanation(
        title=_("The port and the kind of encryption don’t fit together"),
        happened=_(
            "Port {port} starts plain and then switches to encryption (STARTTLS); "
            "SSL/TLS at once doesn’t work there."
        ),
        why=_("An app that is set this way can’t connect at all."),
        todo=_(
            "Choose STARTTLS next to port {port}. Your guide says otherwise, and that’s our mistake: give "
            "support the reference and we’ll put it right."
        ),
        staff=_(
            "A handshake was sent to a port that starts in plain text and offers STARTTLS. The settings "
            "of the server in this portal are wrong, or the customer typed others."
        ),
        topic=SERVER,
    ),
    Code.TLS_UNRECOGNIZED_NAME: Explanation(
        title=_("The server doesn’t know its own name"),
        happened=_("We asked for {hostname}. What answered there doesn’t know that name and broke off."),
        why=_(
            "Without the right name there’s no encryption, and without encryption your password isn’t safe."
        ),
        todo=SAME_AS_GUIDE,
        staff=_(
            "Alert 112, unrecognized_name: no certificate is configured for {hostname} (SNI). Add the "
            "domain to the server’s list of names."
        ),
        topic=SERVER,
    ),
    Code.TLS_ALERT_HANDSHAKE: Explanation(
        title=_("We found no encryption that both sides know"),
        happened=_("The server {hostname} knows none of the kinds of encryption that current apps offer."),
        why=_("New phones and programs can’t connect to it, and neither could we."),
        todo=OUR_SIDE,
        staff=_(
            "Alert 40, handshake_failure: no cipher or curve in common. Look at ssl_cipher_list (Dovecot) "
            "or tls_high_cipherlist (Postfix), or for a certificate that is missing."
        ),
    ),
    Code.TLS_EOF: Explanation(
        title=_("The server hung up while we set up encryption"),
        happened=_("The server {hostname} took the call and cut it while we agreed on encryption."),
        why=_("Without encryption your password isn’t safe, so we stopped."),
        todo=OUR_SIDE,
        staff=_(
            "The connection ended within the handshake, without an alert, and plain connections stay open. "
            "A key that is missing or can’t be read, a server that wants a name it knows, or a floor of "
            "versions above ours."
        ),
    ),
    Code.TLS_HANDSHAKE: Explanation(
        title=_("Encryption could not be set up"),
        happened=_("The server {hostname} broke off while we agreed on encryption."),
        why=_("Without encryption your password isn’t safe, so we stopped."),
        todo=OUR_SIDE,
        staff=_(
            "The handshake failed before a certificate was looked at; OpenSSL’s reason is in the evidence."
        ),
    ),
    Code.TLS_OLD_ONLY: Explanation(
        title=_("The server only knows outdated encryption"),
        happened=_("The server {hostname} offers only a kind of encryption that current apps refuse."),
        why=_("New phones and programs can’t connect to it."),
        todo=OUR_SIDE,
        staff=_(
            "Only TLS 1.1 or older came about. Raise ssl_min_protocol (Dovecot) or smtpd_tls_protocols "
            "(Postfix), or renew OpenSSL."
        ),
    ),
    Code.STARTTLS_MASKED: Explanation(
        title=_("Something in between takes the encryption away"),
        happened=_("On port {port}, {hostname} answered with its offer to encrypt crossed out."),
        why=_("A device on the way does that. Your password would travel in the open, so we stopped."),
        todo=OUR_SIDE,
        staff=_(
            "A capability was written over with X: a firewall that inspects SMTP (Cisco: no inspect "
            "esmtp). It stands between this portal and the server, perhaps for customers too."
        ),
    ),
    Code.STARTTLS_MISSING: Explanation(
        title=_("The server offers no encryption here"),
        happened=_("On port {port}, {hostname} doesn’t offer to switch to encryption (STARTTLS)."),
        why=_("Your password would travel in the open, so we stopped. Your app should stop there too."),
        todo=OUR_SIDE,
        staff=_(
            "The capabilities on port {port} lack STARTTLS (STLS with POP3). TLS is switched off, or a "
            "proxy strips it: compare from inside and outside."
        ),
    ),
    Code.STARTTLS_REFUSED: Explanation(
        title=_("The server refused to encrypt"),
        happened=_("The server {hostname} offers encryption on port {port}, but refused to start it."),
        why=_("Without it your password isn’t safe, so we stopped."),
        todo=OUR_SIDE,
        staff=_(
            "STARTTLS was offered and then refused. The key may be unreadable; with Postfix look at tlsmgr."
        ),
    ),
    Code.STARTTLS_INJECTION: Explanation(
        title=_("We stopped the test for your security"),
        happened=_(
            "Something was slipped into the conversation with {hostname} just before encryption began."
        ),
        why=_("That’s a fault in the server, or somebody in between. Your password wasn’t sent."),
        todo=OUR_SIDE,
        staff=_(
            "Bytes came behind the go-ahead and before the handshake. A proxy that is broken, or somebody "
            "on the way. Treat it as an incident until it’s explained."
        ),
    ),
    Code.STARTTLS_COMMAND_INJECTION: Explanation(
        title=_("The server’s encryption can be tricked"),
        happened=_(
            "The server {hostname} obeys, once encryption is on, what somebody slipped in before it began."
        ),
        why=_(
            "Somebody on the way could use that to get at your mail, and your app can’t see it. We didn’t "
            "send your password."
        ),
        todo=OUR_SIDE,
        staff=_(
            "A command that went out in one segment with STARTTLS was answered inside TLS: the server’s "
            "input isn’t emptied (CVE-2011-0411, CVE-2021-33515, CVE-2021-38084). Update the mail server or "
            "the TLS proxy in front; until then offer the port of implicit TLS."
        ),
    ),
    Code.CERT_EXPIRED: Explanation(
        title=_("The server’s certificate ran out"),
        happened=_("The certificate of {hostname} was good until {not_after}."),
        why=_(
            "Apps warn or refuse, because they can’t be sure it’s really our server. "
            "Don’t switch that check off."
        ),
        todo=OUR_SIDE,
        staff=_(
            "The server’s own certificate is past its end. Renewed and not reloaded? Compare the file "
            "with what is served, on each address."
        ),
    ),
    Code.CERT_INTERMEDIATE_EXPIRED: Explanation(
        title=_("Part of the server’s certificate ran out"),
        happened=_(
            "The certificate of {hostname} comes with another one that vouches for it, and that was good "
            "until {not_after}."
        ),
        why=_(
            "Apps warn or refuse, because they can’t be sure it’s really our server. Don’t switch that "
            "check off."
        ),
        todo=OUR_SIDE,
        staff=_(
            "An intermediate certificate has ended, not the server’s own. Replace the chain file by the "
            "one that the authority offers today."
        ),
    ),
    Code.CERT_NOT_YET: Explanation(
        title=_("The server’s certificate isn’t valid yet"),
        happened=_("The certificate of {hostname} is only good from {not_before}."),
        why=_("Apps refuse it until then. Don’t change the date on your device because of it."),
        todo=OUR_SIDE,
        staff=_(
            "The certificate begins in the future. Check the clocks of the issuer and of the portal (NTP)."
        ),
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
        todo=SAME_AS_GUIDE,
        staff=_(
            "{hostname} is not among the names of the certificate, which are in the evidence. Add it, "
            "serve the right one by SNI, or correct the name in this portal."
        ),
        topic=SERVER,
    ),
    Code.CERT_SELF_SIGNED: Explanation(
        title=_("The server vouches for itself"),
        happened=_("The certificate of {hostname} is home-made: nobody else vouches for it."),
        why=_(
            "Your app can’t tell our server from someone in between. Don’t tell it to trust the certificate."
        ),
        todo=OUR_SIDE,
        staff=_(
            "Issuer and subject are the same and no root vouches. Probably the package’s own certificate "
            "is still in place."
        ),
    ),
    Code.CERT_MISSING_INTERMEDIATE: Explanation(
        title=_("The server shows only half of its certificate"),
        happened=_("The certificate of {hostname} is signed by somebody whose own certificate is missing."),
        why=_("Some apps find the missing part themselves, others refuse. So mail works here and not there."),
        todo=OUR_SIDE,
        staff=_(
            "The way from the server’s certificate to a root isn’t whole, and its authority is one that we "
            "trust: it vouches for another of your servers, or the certificate stands in the public logs. "
            "Serve the whole chain (fullchain.pem)."
        ),
    ),
    Code.CERT_UNKNOWN_CA: Explanation(
        title=_("Nobody your device knows vouches for the server"),
        happened=_(
            "The certificate of {hostname} is signed by somebody that phones and computers don’t know."
        ),
        why=_("Apps warn or refuse. Don’t tell them to trust it: the check protects your password."),
        todo=OUR_SIDE,
        staff=_(
            "The chain ends at an authority that nobody’s device trusts. A private one, or a middlebox "
            "that breaks TLS open."
        ),
    ),
    Code.CERT_WEAK_KEY: Explanation(
        title=_("The server’s certificate is too weak"),
        happened=_("The certificate of {hostname} uses a key that can be broken by now."),
        why=_("New devices refuse it."),
        todo=OUR_SIDE,
        staff=_(
            "An RSA key below 2048 bits; which certificate of the chain is in the evidence. "
            "Have it issued anew with a new key."
        ),
    ),
    Code.CERT_WEAK_SHA1: Explanation(
        title=_("The server’s certificate is signed in an outdated way"),
        happened=_(
            "The signature of {hostname}’s certificate is of a kind (SHA-1) that can be forged by now."
        ),
        why=_("New devices refuse it."),
        todo=OUR_SIDE,
        staff=_(
            "A certificate of the chain, not the root, is signed with SHA-1 or MD5. Have it issued anew; "
            "no public authority signs so any more."
        ),
    ),
    Code.CERT_EXPIRES_SOON: Explanation(
        title=_("The certificate runs out soon"),
        happened=_("The certificate of {hostname} is good until {not_after}."),
        why=_("Your mail works today. It stops working that day if we don’t renew it."),
        todo=OUR_SIDE,
        staff=_(
            "Some certificate of the chain ends within {expiry_days} days. Programs renew weeks earlier, "
            "so the renewal is stuck."
        ),
    ),
}
