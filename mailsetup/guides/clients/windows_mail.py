"""Mail, the app that came with Windows 10 and 11: neither sends nor receives any more."""

from mailsetup.guides.clients.base import Grade, Guide, Platform

GUIDE = Guide(
    slug="windows-mail",
    name="Mail for Windows 10 and 11",
    vendor="Microsoft",
    rank=130,
    tile="WM",
    hue=240,
    platforms=(Platform.WINDOWS,),
    protocols=(),
    status="retired",
    since="2024-12-31",
    minutes=1,
    way="steps",
    also=("Windows Mail", "Mail and Calendar", "Windows 10 Mail", "Windows 11 Mail"),
    finds="finds nothing any more",
    evidence=(
        "That it stopped, and when, comes from news that quote Microsoft, also that its mail can still be "
        "exported. Where in its menus, nobody has checked."
    ),
    checked="no version: it has ended",
    proof={},
    labels={Grade.UNVERIFIED: ("Save as",)},
    instead="thunderbird",
)
