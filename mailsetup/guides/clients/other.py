"""Any other app: the settings, and what the words mean."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Guide, Platform

GUIDE = Guide(
    slug="other",
    name="Another app",
    rank=1000,  # after every named app
    tile="An",
    hue=150,
    platforms=(Platform.WINDOWS, Platform.IOS, Platform.ANDROID, Platform.MAC, Platform.LINUX),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="current",
    minutes=3,
    way="steps",
    evidence="It names no app's labels: it shows the settings and says what the words mean.",
    checked="",
)
