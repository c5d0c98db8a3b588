import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.views.decorators.debug import sensitive_variables

from mailsetup.connection_tests import runner
from mailsetup.connection_tests.credentials import can_be_typed
from mailsetup.connection_tests.written import as_document
from mailsetup.hosting.management.base import BAD
from mailsetup.hosting.management.lookup import LookupCommand
from mailsetup.probes.findings import Finding, Verdict, causes_of, verdict_of

_MARKS = {"passed": "✓", "warning": "!", "failed": "✗", "skipped": "–"}


class Command(LookupCommand):
    help = "Test an address in this process, without a worker. Without a password: up to the sign-in."
    example = "manage.py test_connection anna@example.com --password-file - --round-trip"

    def add_arguments(self, parser: CommandParser) -> None:
        self.add_address(parser)
        parser.add_argument(
            "--password-file", metavar="FILE", help="its first line is the password; - is standard input"
        )
        parser.add_argument(
            "--round-trip", action="store_true", help="send one message to oneself and see it arrive"
        )
        self.add_json(parser)

    @sensitive_variables()
    def handle(self, *_args: Any, **options: Any) -> None:
        config, _hosting, _domain = self.look_up(options["address"], options["protocol"])
        password = self._password(options["password_file"])
        if options["round_trip"] and password is None:
            raise self.wrong_call("--round-trip needs a password: give --password-file.")
        on_step = None if options["json"] else self._print_step
        reference, reports = runner.run_now(
            config, password=password, round_trip=options["round_trip"], on_step=on_step
        )
        results = [step for report in reports for step in report.steps]
        verdict = verdict_of(results)
        if options["json"]:
            self.print_json(
                as_document(
                    reference=reference,
                    address=config.address,
                    protocol=config.protocol.value,
                    services=reports,
                )
            )
        else:
            self.stdout.write(f"{verdict.value}  {', '.join(cause.value for cause in causes_of(results))}")
        if verdict is Verdict.FAILED:
            sys.exit(BAD)

    def _password(self, name: str | None) -> str | None:
        if name is None:
            return None
        try:
            text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise self.wrong_call(f"The password file {name} can't be read.") from None
        # Other characters than these end a line for Python, and may be part of a password.
        password = text.partition("\n")[0].removesuffix("\r")
        if not password:
            raise self.wrong_call("The first line of the password file is empty.")
        if not can_be_typed(password):
            raise self.wrong_call("The password contains a character that can't be seen.")
        return password

    def _print_step(self, index: int, result: Finding) -> None:
        lane = ("receiving", "sending")[index]
        time = "" if result.ms is None else f"  {result.ms} ms"
        code = "" if result.code.value == "ok" else f"  {result.code.value}"
        self.stdout.write(f"{_MARKS[result.status.value]} {lane}: {result.step.value}{code}{time}")
