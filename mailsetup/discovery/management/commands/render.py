import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from mailsetup.discovery import documents
from mailsetup.formats import FORMATS, NothingToOffer
from mailsetup.hosting.management.lookup import LookupCommand


class Command(LookupCommand):
    help = "Print exactly the bytes that the download or discovery address would serve."
    example = "manage.py render mobileconfig anna@example.com --protocol pop3 --output anna.mobileconfig"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("format", metavar="FORMAT", nargs="?", help="a format's slug; --list names them")
        parser.add_argument("address", metavar="ADDRESS", nargs="?", help="a mail address")
        self.add_protocol(parser)
        parser.add_argument("--output", metavar="FILE", help="write there instead of standard output")
        parser.add_argument("--list", action="store_true", help="list the formats")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            for file_format in FORMATS.values():
                self.stdout.write(f"{file_format.slug}\t{file_format.media_type}\t{file_format.read_by}")
            return
        if not options["format"] or not options["address"]:
            raise self.wrong_call("Name a format and an address, or ask for --list.")
        if options["format"] not in FORMATS:
            raise self.wrong_call(f"There is no format {options['format']}; there are {', '.join(FORMATS)}.")
        config, _hosting, _domain = self.look_up(options["address"], options["protocol"])
        try:
            body = documents.for_config(FORMATS[options["format"]], config)
        except NothingToOffer as error:
            raise self.bad(str(error)) from None
        if options["output"]:
            Path(options["output"]).write_bytes(body)
        else:
            sys.stdout.buffer.write(body)
            sys.stdout.buffer.flush()
