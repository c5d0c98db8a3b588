"""What is known about mail apps: one file an app, offered in this order."""

from mailsetup.guides.clients import apple_mail_iphone, other, thunderbird, windows_live_mail
from mailsetup.guides.clients.base import TOPICS, Guide, Platform

_IN_ORDER = (windows_live_mail.GUIDE, apple_mail_iphone.GUIDE, thunderbird.GUIDE, other.GUIDE)
GUIDES: dict[str, Guide] = {guide.slug: guide for guide in _IN_ORDER}


def guides_for(platform: Platform) -> list[Guide]:
    """The named apps that run on `platform`. "Another app" fits everywhere and is offered apart."""
    return [guide for guide in _IN_ORDER if platform in guide.platforms and guide is not other.GUIDE]


__all__ = ["GUIDES", "TOPICS", "Guide", "Platform", "guides_for"]
