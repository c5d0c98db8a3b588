"""Any other app: the settings, and what the words mean."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Grade, Guide, Platform

GUIDE = Guide(
    slug="other",
    name="Another app",
    vendor="",
    rank=1000,  # after every named app
    tile="An",
    hue=150,
    platforms=(Platform.WINDOWS, Platform.IOS, Platform.ANDROID, Platform.MAC, Platform.LINUX),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    since="2026",
    minutes=3,
    way="steps",
    finds="may find them by any of the ways that this portal answers",
    evidence="It names no app's labels: it shows the settings and says what the words mean.",
    checked="nothing to check",
    proof={Protocol.IMAP: Grade.RUN, Protocol.POP3: Grade.RUN},
)
