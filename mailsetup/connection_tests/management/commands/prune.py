from typing import Any

from django.core.management.base import CommandParser

from mailsetup.connection_tests.pruning import prune
from mailsetup.hosting.management.base import PlainCommand


class Command(PlainCommand):
    help = (
        "Delete what the retention settings say: old tests, old links, forgotten passwords, old sessions, "
        "old checks of the watch."
    )
    example = "manage.py prune --json"

    def add_arguments(self, parser: CommandParser) -> None:
        self.add_json(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        counts = prune()
        if options["json"]:
            self.print_json(counts)
            return
        for name, count in counts.items():
            self.stdout.write(f"{name}: {count}")
