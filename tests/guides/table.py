"""Every guide, in the order in which they are offered: what a new one needs in the tests is its row here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """How many steps the shortest way has, and the number of the step where each topic is put right.

    `profile` says whether the page offers a file that sets the app up, `pop3_steps` how many steps POP3 takes
    if it isn't as many.
    """

    slug: str
    steps: int
    password: int
    incoming: int
    user_name: int
    outgoing: int
    authentication: int
    profile: bool = False
    pop3_steps: int = 0


TABLE = [
    Row("apple-mail-iphone", 5, password=2, incoming=3, user_name=3, outgoing=4, authentication=4),
    Row("apple-mail-iphone", 5, 4, incoming=8, user_name=8, outgoing=9, authentication=9, profile=True),
    Row(
        "outlook-classic", 7, password=5, incoming=4, user_name=4, outgoing=4, authentication=5, pop3_steps=8
    ),
    Row("gmail-app", 7, password=4, incoming=5, user_name=5, outgoing=6, authentication=6),
    Row("outlook-new", 7, password=4, incoming=5, user_name=5, outgoing=6, authentication=6),
    Row("apple-mail-mac", 6, password=2, incoming=3, user_name=3, outgoing=4, authentication=6),
    Row("apple-mail-mac", 5, 4, incoming=8, user_name=8, outgoing=9, authentication=11, profile=True),
    Row("thunderbird", 6, password=6, incoming=4, user_name=4, outgoing=5, authentication=5),
    Row("thunderbird", 6, password=6, incoming=4, user_name=4, outgoing=5, authentication=5),
    Row("outlook-mobile", 7, password=5, incoming=5, user_name=5, outgoing=6, authentication=6),
    Row("samsung-email", 6, password=2, incoming=4, user_name=4, outgoing=5, authentication=5),
    Row("windows-live-mail", 8, 3, incoming=6, user_name=6, outgoing=7, authentication=7, pop3_steps=9),
    Row("windows-live-mail", 8, 3, incoming=6, user_name=6, outgoing=7, authentication=7, pop3_steps=9),
    Row("outlook-mac", 7, password=4, incoming=5, user_name=4, outgoing=6, authentication=6, pop3_steps=8),
    Row("thunderbird-android", 6, password=4, incoming=4, user_name=4, outgoing=5, authentication=5),
    Row("em-client", 6, password=4, incoming=4, user_name=4, outgoing=5, authentication=5, pop3_steps=7),
    Row("spark", 6, password=3, incoming=4, user_name=4, outgoing=5, authentication=5),
    Row("mailbird", 6, password=3, incoming=4, user_name=4, outgoing=5, authentication=5),
    Row("fairemail", 4, password=2, incoming=2, user_name=2, outgoing=4, authentication=4),
    Row("bluemail", 6, password=2, incoming=4, user_name=4, outgoing=5, authentication=5),
    Row("evolution", 6, password=6, incoming=3, user_name=3, outgoing=5, authentication=5),
    Row("kmail", 6, password=2, incoming=4, user_name=4, outgoing=5, authentication=5),
    Row("vivaldi", 6, password=3, incoming=4, user_name=4, outgoing=5, authentication=5),
    Row("mailspring", 5, password=2, incoming=3, user_name=3, outgoing=4, authentication=4),
    Row("geary", 5, password=3, incoming=3, user_name=3, outgoing=4, authentication=4),
    Row("claws-mail", 5, password=3, incoming=3, user_name=3, outgoing=4, authentication=4),
    Row("the-bat", 5, password=2, incoming=3, user_name=3, outgoing=4, authentication=4, pop3_steps=6),
    Row("mbsync", 4, password=3, incoming=2, user_name=2, outgoing=2, authentication=2),
    Row("neomutt", 4, password=3, incoming=2, user_name=2, outgoing=2, authentication=2),
    Row("fetchmail", 4, password=3, incoming=2, user_name=2, outgoing=2, authentication=2),
    Row("getmail", 4, password=3, incoming=2, user_name=2, outgoing=2, authentication=2),
    Row("aerc", 4, password=3, incoming=2, user_name=2, outgoing=2, authentication=2),
    Row("alpine", 6, password=6, incoming=3, user_name=3, outgoing=4, authentication=4),
    Row("offlineimap", 4, password=3, incoming=2, user_name=2, outgoing=2, authentication=2),
    Row("delta-chat", 6, password=3, incoming=4, user_name=4, outgoing=5, authentication=5),
    Row("other", 4, password=1, incoming=2, user_name=1, outgoing=3, authentication=3),
]
