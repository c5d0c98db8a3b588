"""A link to one result, for somebody who helps: it can be read for some days and opens nothing else.

Nothing is stored. The link says which test and who shares it, signed, so that it ends with their account,
their place at the customer, and the test itself.
"""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db.models import QuerySet

from accounts.models import User
from mailsetup.connection_tests import selectors
from mailsetup.connection_tests.models import ConnectionTest

_SALT = "mailsetup.connection_tests.shares"


class UnknownShare(LookupError):
    """Nobody made this link, or who did may not see the test any more."""


class ShareExpired(LookupError):
    """The link was good once."""


def new_key(test: ConnectionTest, user: User) -> str:
    """What stands in the link by which `user` shows `test` to somebody."""
    return signing.dumps([test.reference, user.pk], salt=_SALT)


def open_share(key: str) -> tuple[QuerySet[ConnectionTest], str]:
    """The tests that whoever made the link may see, and the reference of the one that it is about.

    Raises UnknownShare and ShareExpired.
    """
    lifetime = timedelta(days=settings.CONNECTION_TESTS.report_link_days)
    try:
        reference, user_id = signing.loads(key, salt=_SALT, max_age=lifetime)
    except signing.SignatureExpired:
        raise ShareExpired from None
    except signing.BadSignature:
        raise UnknownShare from None
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise UnknownShare
    return selectors.tests_of(user), reference
