"""Windows Live Mail 2009, 2011 and 2012: everything is typed in."""

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients.base import Guide, Platform, for_both_protocols

GUIDE = Guide(
    slug="windows-live-mail",
    name="Windows Live Mail",
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
    step_counts=for_both_protocols(8),
    steps=for_both_protocols(
        {"password": 3, "incoming": 6, "user_name": 6, "outgoing": 7, "authentication": 7}
    ),
    prefer_ssl=True,
)
