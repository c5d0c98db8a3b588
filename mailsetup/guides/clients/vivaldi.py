"""Vivaldi Mail, in the Vivaldi browser for computers."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Grade, Guide, Platform

GUIDE = Guide(
    slug="vivaldi",
    name="Vivaldi Mail",
    vendor="Vivaldi Technologies",
    rank=210,
    tile="Vi",
    hue=0,
    platforms=(Platform.WINDOWS, Platform.MAC, Platform.LINUX),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    since="2022-06",
    minutes=4,
    way="steps",
    also=("Vivaldi", "Vivaldi browser"),
    finds="tries to find them from the address, in a way that its maker doesn't name",
    evidence=(
        "The order of the steps comes from Vivaldi's own help, which was read in Bulgarian. Nobody has "
        "checked the English words, the fields of the servers or what happens to POP3 mail on the server."
    ),
    checked="Vivaldi's help for its mail, undated, from documents",
    proof={Protocol.IMAP: Grade.UNVERIFIED, Protocol.POP3: Grade.UNVERIFIED},
    labels={
        Grade.VENDOR: ("IMAP", "POP3"),
        Grade.UNVERIFIED: (
            "Settings",
            "General",
            "Productivity Features",
            "Enable Mail, Calendar and Feeds",
            "Mail",
            "Add Account",
            "Email Address",
            "Next",
            "Username",
            "Password",
            "Incoming Mail Server",
            "Outgoing Mail Server",
            "Server",
            "Port",
            "Security",
            "Done",
            "Sender Name",
            "Server Settings",
            "Leave messages on server",
        ),
    },
)
