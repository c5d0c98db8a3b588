"""Deleting what is promised to be deleted: the worker does it every day, `manage.py prune` at any time."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from accounts import services as account_services
from mailsetup.connection_tests import credentials, reaper
from mailsetup.connection_tests.models import ConnectionTest, WorkerHeartbeat
from mailsetup.guides.models import StepsMail
from mailsetup.setup_links.models import SetupLink

_others: list[Callable[[], dict[str, int]]] = []


def add(prune_theirs: Callable[[], dict[str, int]]) -> None:
    """A room above this one has something to delete, too: `ready()` says so once.

    It is called at each pruning, and returns how many of what it deleted.
    """
    _others.append(prune_theirs)


def prune() -> dict[str, int]:
    """Delete tests, mails, links, workers, passwords, removals, sessions that are over; returns how many."""
    reaper.reap_lost_tests()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    old = timezone.now() - timedelta(days=settings.CONNECTION_TESTS.history_days)
    deleted = {
        # A test takes its steps with it; what is counted are tests.
        "connection_tests": _delete(ConnectionTest.objects.filter(created_at__lt=old)),
        "steps_mails": _delete(StepsMail.objects.filter(created_at__lt=old)),
        "setup_links": _delete(SetupLink.objects.filter(expires_at__lt=old)),
        "removals": account_services.forget_removals(),
        "passwords": credentials.forget_expired(),
        "workers": WorkerHeartbeat.objects.filter(seen_at__lt=old).delete()[0],
    }
    for prune_theirs in _others:
        deleted |= prune_theirs()
    return deleted


def _delete(rows: QuerySet[Any]) -> int:
    return rows.delete()[1].get(rows.model._meta.label, 0)
