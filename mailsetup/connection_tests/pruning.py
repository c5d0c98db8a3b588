"""Deleting what is promised to be deleted: the worker does it every day, `manage.py prune` at any time."""

from datetime import timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from mailsetup.connection_tests import credentials, reaper
from mailsetup.connection_tests.models import ConnectionTest, WorkerHeartbeat
from mailsetup.guides.models import StepsMail
from mailsetup.setup_links.models import SetupLink


def prune() -> dict[str, int]:
    """Delete old tests, mails, links, workers, passwords and sessions that are over; returns how many."""
    reaper.reap_lost_tests()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    old = timezone.now() - timedelta(days=settings.CONNECTION_TESTS.history_days)
    return {
        # A test takes its steps with it; what is counted are tests.
        "connection_tests": _delete(ConnectionTest.objects.filter(created_at__lt=old)),
        "steps_mails": _delete(StepsMail.objects.filter(created_at__lt=old)),
        "setup_links": _delete(SetupLink.objects.filter(expires_at__lt=old)),
        "passwords": credentials.forget_expired(),
        "workers": WorkerHeartbeat.objects.filter(seen_at__lt=old).delete()[0],
    }


def _delete(rows: QuerySet[Any]) -> int:
    return rows.delete()[1].get(rows.model._meta.label, 0)
