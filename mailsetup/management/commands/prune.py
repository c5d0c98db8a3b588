from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone

from mailsetup import credentials, services
from mailsetup.management.base import PlainCommand
from mailsetup.models import ConnectionTest, SetupLink, WorkerHeartbeat


class Command(PlainCommand):
    help = "Delete what the retention settings say: old tests, old links, forgotten passwords."
    example = "manage.py prune --json"

    def add_arguments(self, parser: CommandParser) -> None:
        self.add_json(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        services.reap_lost_tests()
        old = timezone.now() - timedelta(days=settings.HISTORY_DAYS)
        counts = {
            "connection_tests": ConnectionTest.objects.filter(created_at__lt=old).delete()[0],
            "setup_links": SetupLink.objects.filter(expires_at__lt=old).delete()[0],
            "passwords": credentials.forget_expired(),
            "workers": WorkerHeartbeat.objects.filter(seen_at__lt=old).delete()[0],
        }
        if options["json"]:
            self.print_json(counts)
            return
        for name, count in counts.items():
            self.stdout.write(f"{name}: {count}")
