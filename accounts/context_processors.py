"""What pages and mails about accounts say about how long things last."""

from django.conf import settings
from django.http import HttpRequest

from accounts.app_settings import AccountSettings


def account_limits(_request: HttpRequest) -> dict[str, AccountSettings]:
    return {"account_limits": settings.ACCOUNTS}
