"""What every command of ours shares: --json, plain errors on stderr, exit codes 0, 1 and 2."""

import argparse
import json
import sys
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser

WRONG_CALL = 2
BAD = 1


class PlainCommand(BaseCommand):
    """Exit 0: done. 1: the thing asked about is bad. 2: called wrongly. `example` ends the help."""

    example = ""
    _called_from_command_line: bool  # Django's own, which its stubs don't know
    output_transaction = False
    requires_system_checks: list[str] = []

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Django puts the name of the exception before its sentence; people get the sentence."""
        try:
            return super().execute(*args, **options)
        except CommandError as error:
            if not self._called_from_command_line or options.get("traceback"):
                raise
            self.stderr.write(str(error))
            sys.exit(error.returncode)

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(
            prog_name,
            subcommand,
            epilog=f"example: {self.example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            **kwargs,
        )
        parser.error = self._wrong_call  # type: ignore[method-assign]  # argparse's own seam for wording errors
        return parser

    def _wrong_call(self, message: str) -> NoReturn:
        self.stderr.write(message[:1].upper() + message[1:] + ("" if message.endswith(".") else "."))
        sys.exit(WRONG_CALL)

    def add_json(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")

    def bad(self, message: str) -> CommandError:
        """The error to raise when the thing asked about is bad."""
        return CommandError(message, returncode=BAD)

    def wrong_call(self, message: str) -> CommandError:
        return CommandError(message, returncode=WRONG_CALL)

    def print_json(self, document: object) -> None:
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))
