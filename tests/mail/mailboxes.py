"""Who has a mailbox in the mail lab, and what is special about it."""

from dataclasses import dataclass

HOST = "mail.lab.test"
DOMAIN = "lab.test"


@dataclass(frozen=True)
class Mailbox:
    """A mailbox of the lab. `fields` are Dovecot's extra fields of a passwd-file entry."""

    name: str
    password: str
    fields: str = ""

    @property
    def address(self) -> str:
        return f"{self.name}@{DOMAIN}"


MAILBOXES = {
    mailbox.name: mailbox
    for mailbox in (
        # Every character that some protocol wants quoted, encoded or doubled.
        Mailbox("anna", 'anna: "pw" \\ & <42> %s {5}'),
        Mailbox("bert", "quiet harbour 7"),
        # IMAP's LOGIN can't carry this one in a quoted string: RFC 3501 section 4.3.
        Mailbox("zoe", "Käsebröd-ß-пароль"),
        # Everything that arrives for it is taken for spam: junk.sieve.
        Mailbox("junk", "copper lantern"),
        # Two settings under one purpose: Dovecot 2.3 reads the first name, 2.4 the second.
        Mailbox("full", "seven windmills", "userdb_quota_rule=*:storage=1b userdb_quota_storage_size=1b"),
        # Full with the first message of one and a half kilobytes.
        Mailbox("nearly", "paper harbour", "userdb_quota_rule=*:storage=2K userdb_quota_storage_size=2K"),
        # Submission signs a "nologin" user in all the same; only reading is locked.
        Mailbox("locked", "winter orchard", "nologin=y reason=Account_locked"),
    )
}
