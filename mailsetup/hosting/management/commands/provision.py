import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from mailsetup.hosting.management.base import PlainCommand
from mailsetup.hosting.provisioning import provision
from mailsetup.hosting.provisioning.file import ProviderFileError


class Command(PlainCommand):
    help = "Add or update customers, servers and domains from a provider file: all of it or nothing."
    example = "manage.py provision provider.json --dry-run"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a JSON file, or - for standard input")
        parser.add_argument("--dry-run", action="store_true", help="say what would change and store nothing")
        self.add_json(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            text = sys.stdin.buffer.read() if options["file"] == "-" else Path(options["file"]).read_bytes()
        except OSError as error:
            raise self.wrong_call(f"{options['file']} can't be read: {error.strerror}.") from None
        try:
            changes = provision(text, dry_run=options["dry_run"])
        except ProviderFileError as error:
            raise self.bad(f"{error} Nothing was stored.") from None
        if options["json"]:
            self.print_json({"dry_run": options["dry_run"], **changes.as_dict()})
            return
        for label, names in changes.as_dict().items():
            self.stdout.write(f"{label}: {len(names)}")
            if label != "unchanged":
                for name in names:
                    self.stdout.write(f"  {name}")
        if options["dry_run"]:
            self.stdout.write("This was a dry run: nothing was stored.")
