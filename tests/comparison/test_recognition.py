"""Which of an app's messages a pasted text is, and what it means."""

import pytest

from mailsetup.comparison.recognition import recognise
from mailsetup.guides.clients import GUIDES, Grade, Guide, Meaning
from mailsetup.guides.clients.messages import COMMON_WORDS
from tests.growth import growth

EVERY_MESSAGE = [
    *((guide, message) for guide in GUIDES.values() for message in guide.says),
    *((GUIDES["other"], message) for message in COMMON_WORDS),
]
# As people paste them: with names and numbers in them, cut off, in other letters, typed by hand.
PASTED = [
    (
        "outlook-classic",
        "Task 'anna - Receiving' reported error (0x800CCC0E) : 'Outlook cannot connect to your server.'",
        Meaning.UNREACHABLE,
    ),
    ("outlook-classic", "0x800ccc92", Meaning.SIGN_IN),
    (
        "outlook-classic",
        "We couldn’t log on to the incoming (POP) server. Please check your e-mail address and password.",
        Meaning.SIGN_IN,
    ),
    (
        "windows-live-mail",
        "Your server has unexpectedly terminated the connection. Account: 'Anna', Server: 'mail.x.example', "
        "Protocol: POP3, Port: 110, Secure(SSL): No, Error Number: 0x800CCC0F",
        Meaning.CUT,
    ),
    (
        "windows-live-mail",
        "Server Response: '554 5.7.1 <x@y.example>: Relay access denied', Port: 25, Secure(SSL): No, Server "
        "Error: 554, Error Number: 0x800CCC79",
        Meaning.SENDING_SIGN_IN,
    ),
    (
        "thunderbird",
        "Login to server mail.example.com with username anna@example.com failed.",
        Meaning.SIGN_IN,
    ),
    ("thunderbird", "Connection to server mail.example.com timed out.", Meaning.UNREACHABLE),
    ("thunderbird", "connection to server", Meaning.UNREACHABLE),
    ("thunderbird", "to server", None),
    (
        "thunderbird",
        "Sending of the message failed. The message could not be sent because the connection to Outgoing "
        "server (SMTP) mail.example.com timed out. Try again.",
        Meaning.UNREACHABLE,
    ),
    (
        "thunderbird",
        "The IMAP server mail.example.com does not seem to support encrypted passwords. If you just set up "
        "this account, please try changing to 'Normal password'",
        Meaning.SIGN_IN_METHOD,
    ),
    # What the server answers tells more than the app's words around it.
    (
        "thunderbird",
        "An error occurred while sending mail. The mail server responded: 5.7.1 <x@y.example>: Relay access "
        "denied. Please check the message recipient",
        Meaning.SENDING_SIGN_IN,
    ),
    (
        "apple-mail-iphone",
        "Cannot Get Mail\nThe user name or password for “mail.example.com” is incorrect.",
        Meaning.SIGN_IN,
    ),
    ("apple-mail-iphone", "cannot get mail connection to the server failed", Meaning.UNREACHABLE),
    ("apple-mail-iphone", "CANNOT VERIFY SERVER IDENTITY", Meaning.CERTIFICATE),
    (
        "apple-mail-iphone",
        "The recipient “x@y.example” was rejected by the server because it does not allow relaying.",
        Meaning.SENDING_SIGN_IN,
    ),
    (
        "apple-mail-iphone",
        "The mail server “mail.example.com” is not responding. Verify that you have entered the correct "
        "account info in Mail settings.",
        Meaning.UNREACHABLE,
    ),
    (
        "outlook-classic",
        "Task 'anna - Receiving' reported error (0x8004210A): 'The operation timed out waiting for a "
        "response from the receiving (POP) server.'",
        Meaning.UNREACHABLE,
    ),
    ("windows-live-mail", "0x8004210b", Meaning.UNREACHABLE),
    (
        "outlook-classic",
        "Something went wrong and Outlook couldn't set up your account. Please try again. If the problem "
        "continues, contact your email administrator.",
        Meaning.NOT_FOUND,
    ),
    ("other", "Something went wrong", None),
    ("gmail-app", "Couldnt open connection to server", Meaning.UNREACHABLE),
    ("evolution", "Failed to authenticate.", Meaning.SIGN_IN),
    (
        "geary",
        "The identity of the Receiving mail server at mail.example.com:993 could not be verified.",
        Meaning.CERTIFICATE,
    ),
    ("claws-mail", "*** Mailbox is locked.", Meaning.MAILBOX_IN_USE),
    (
        "mbsync",
        "SSL error connecting mail.example.com (192.0.2.1:993): wrong version number",
        Meaning.ENCRYPTION,
    ),
    ("neomutt", "Could not connect to mail.example.com (Connection refused)", Meaning.UNREACHABLE),
    ("alpine", "[Too many login failures]", Meaning.SIGN_IN),
    ("other", "535 5.7.8 Error: authentication failed", Meaning.SIGN_IN),
    ("other", "NO [AUTHENTICATIONFAILED] Authentication failed.", Meaning.SIGN_IN),
    ("other", "-ERR [IN-USE] Unable to lock maildrop", Meaning.MAILBOX_IN_USE),
    ("other", "* BAD [ALERT] Plaintext authentication not allowed without SSL/TLS", Meaning.NO_ENCRYPTION),
    ("other", "530 5.7.0 Must issue a STARTTLS command first", Meaning.NO_ENCRYPTION),
    (
        "other",
        "553 5.7.1 <bert@example.com>: Sender address rejected: not owned by user",
        Meaning.SENDER_REFUSED,
    ),
    ("other", "552 5.2.2 Quota exceeded (mailbox for user is full)", Meaning.MAILBOX_FULL),
    ("other", "certificate verify failed: certificate has expired (_ssl.c:1002)", Meaning.CERTIFICATE),
    # Another app than the one that was chosen.
    ("spark", "Non-overridable TLS error occurred. Handshake error", Meaning.ENCRYPTION),
    ("other", "0x800CCC0Ex", None),
    ("other", "It does not work", None),
    ("other", "Fel lösenord", None),
    ("other", "", None),
]


@pytest.mark.parametrize(("slug", "text", "meaning"), PASTED, ids=lambda value: str(value)[:40])
def test_what_people_paste_has_a_meaning(slug: str, text: str, meaning: Meaning | None) -> None:
    found = recognise(text, GUIDES[slug])
    assert (found.meaning if found else None) == meaning


@pytest.mark.parametrize(("guide", "message"), EVERY_MESSAGE, ids=lambda value: getattr(value, "slug", None))
def test_every_message_is_recognised_as_what_it_means(guide: Guide, message: object) -> None:
    """With something where it differs; a more telling one of the same app may stand in it."""
    text = message.text.replace("…", "mail.example.com")
    found = recognise(f"Oh: {text}!", guide)
    assert found is not None
    assert found == message or list(Meaning).index(found.meaning) <= list(Meaning).index(message.meaning)


def test_every_message_carries_its_evidence() -> None:
    for _guide, message in EVERY_MESSAGE:
        assert message.source
        assert message.text == message.text.strip(" .…")
        assert isinstance(message.grade, Grade)
    unsure = {guide.slug for guide, message in EVERY_MESSAGE if message.grade is Grade.UNVERIFIED}
    assert unsure == {"outlook-classic", "gmail-app", "samsung-email"}, "nobody else's are from memory"


@pytest.mark.parametrize("piece", ["a", "the ", "server ", "0x", "\ufdfa", "…", "'", "]"], ids=ascii)
def test_a_longer_text_takes_hardly_more_for_each_word(piece: str) -> None:
    def look(text: str) -> None:
        recognise(text, GUIDES["outlook-classic"])

    assert growth(look, piece * 50, piece * 400) < 20, "eight times the text"
