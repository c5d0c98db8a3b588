from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.db.models import QuerySet
from django.utils import timezone

from mailsetup.connection_tests import credentials, reaper
from mailsetup.connection_tests.models import ConnectionTest, WorkerHeartbeat
from mailsetup.hosting.management.base import PlainCommand
from mailsetup.setup_links.models import SetupLink


class Command(PlainCommand):
    help = "Delete what the retention settings say: old tests, old links, forgotten passwords."
    example = "manage.py prune --json"

    def add_arguments(self, parser: CommandParser) -> None:
        self.add_json(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        reaper.reap_lost_tests()
        old = timezone.now() - timedelta(days=settings.CONNECTION_TESTS.history_days)
        counts = {
            # A test takes its steps with it; what is counted are tests.
            "connection_tests": _delete(ConnectionTest.objects.filter(created_at__lt=old)),
            "setup_links": _delete(SetupLink.objects.filter(expires_at__lt=old)),
            "passwords": credentials.forget_expired(),
            "workers": WorkerHeartbeat.objects.filter(seen_at__lt=old).delete()[0],
        }
        if options["json"]:
            self.print_json(counts)
            return
        for name, count in counts.items():
            self.stdout.write(f"{name}: {count}")


def _delete(rows: QuerySet[Any]) -> int:
    return rows.delete()[1].get(rows.model._meta.label, 0)
