"""Gmail on the web, which used to fetch the mail of other mailboxes by POP3."""

from mailsetup.guides.clients.base import Grade, Guide, Platform

GUIDE = Guide(
    slug="gmail-web",
    name="Gmail on the web, fetching mail",
    vendor="Google",
    rank=140,
    tile="Gw",
    hue=30,
    platforms=(Platform.WINDOWS, Platform.IOS, Platform.ANDROID, Platform.MAC, Platform.LINUX),
    protocols=(),
    status="retired",
    since="2026",
    minutes=1,
    way="steps",
    also=("Gmail POP", "Gmailify", "Check mail from other accounts", "Google Mail"),
    finds="finds nothing: it used to be typed in",
    evidence=(
        "That it ends comes from news that quote Google's help page; they don't agree on the month. What it "
        "was called comes from a hosting provider's page."
    ),
    checked="no version: it has ended",
    proof={},
    labels={Grade.HOSTS: ("See all settings", "Accounts and Import", "Check mail from other accounts")},
    instead="gmail-app",
)
