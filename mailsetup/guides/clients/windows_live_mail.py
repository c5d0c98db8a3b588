"""Windows Live Mail 2009, 2011 and 2012: everything is typed in."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Guide, Platform

GUIDE = Guide(
    slug="windows-live-mail",
    name="Windows Live Mail",
    rank=10,
    tile="WL",
    hue=210,
    platforms=(Platform.WINDOWS,),
    protocols=(Protocol.IMAP, Protocol.POP3),
    status="discontinued",
    minutes=3,
    way="steps",
    evidence=(
        "The order of the steps and the first window's labels come from SmarterMail's own help page [V]; "
        "the server window's and the properties' labels from hosting providers' pages [H]; that the app "
        "warns about certificates without a revocation list from Let's Encrypt's compatibility page [V]; "
        "the place of the POP3 option to leave a copy and how the SSL tick behaves on port 587 are UNSOURCED."
    ),
    checked="Windows Live Mail 2012 (16.4), from documents",
    prefer_ssl=True,
    instead="thunderbird",
)
