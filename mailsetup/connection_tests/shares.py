"""A link to one result, for somebody who helps: it can be read for some days and opens nothing else.

Only the hash of its token is stored. It ends when it is revoked, and with the test, the account of whoever
made it, and what they may see.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import access
from accounts.models import User
from mailsetup.connection_tests import selectors
from mailsetup.connection_tests.models import ConnectionTest, ReportLink
from mailsetup.setup_links.selectors import token_hash


class UnknownShare(LookupError):
    """Nobody made this link, it was revoked, or who made it may not see the test any more."""


class ShareExpired(LookupError):
    """The link was good once."""


def share_report(test: ConnectionTest, user: User) -> str:
    """The token of a new link by which `user` shows `test` to somebody: it can't be shown again.

    A person has a few to one result at most: the oldest makes room.
    """
    limits, token = settings.CONNECTION_TESTS, secrets.token_urlsafe(16)
    with transaction.atomic():
        ReportLink.objects.create(
            test=test,
            made_by=user,
            token_hash=token_hash(token),
            expires_at=timezone.now() + timedelta(days=limits.report_link_days),
        )
        own = ReportLink.objects.filter(test=test, made_by=user)
        kept = [link.pk for link in own[: limits.report_links_limit]]
        own.exclude(pk__in=kept).delete()
    return token


def open_share(token: str) -> tuple[ReportLink, QuerySet[ConnectionTest]]:
    """The link, which says what test it is about, and the tests that whoever made it may see.

    Raises UnknownShare and ShareExpired.
    """
    links = ReportLink.objects.select_related("test", "made_by")
    link = links.filter(token_hash=token_hash(token)).first()
    if link is None:
        raise UnknownShare
    if timezone.now() >= link.expires_at:
        raise ShareExpired
    return link, _shown_by(link.made_by)


def note_opening(link: ReportLink) -> None:
    """Keep when the result was first read by the link."""
    if link.opened_at is None:
        ReportLink.objects.filter(pk=link.pk).update(opened_at=timezone.now())


def open_links(test: ConnectionTest, *, made_by: User | None = None) -> list[ReportLink]:
    """The links that show `test` to somebody at this moment, the newest first.

    With `made_by` those of one person alone, who is known to see the test.
    """
    found = ReportLink.objects.filter(test=test, expires_at__gt=timezone.now())
    if made_by is not None:
        return list(found.filter(made_by=made_by))
    links = list(found.select_related("made_by"))
    makers = {link.made_by for link in links}
    showing = {maker for maker in makers if _shown_by(maker).filter(pk=test.pk).exists()}
    return [link for link in links if link.made_by in showing]


def revoke(link: ReportLink) -> None:
    """End the link at once: it is as if it had never been made."""
    link.delete()


def _shown_by(user: User) -> QuerySet[ConnectionTest]:
    """What `user` may show to somebody: what they see themselves, support at the desk."""
    if not user.is_active:
        return ConnectionTest.objects.none()
    if access.desk_rights(user).see_tests:
        return ConnectionTest.objects.all()
    return selectors.tests_of(user)
