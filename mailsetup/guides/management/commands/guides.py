from typing import Any

from django.core.management.base import CommandParser
from django.template.loader import render_to_string

from mailsetup.guides.clients import GUIDES, Grade, Platform, other
from mailsetup.hosting.management.base import PlainCommand


class Command(PlainCommand):
    help = "List every guide and how its facts are proven."
    example = "manage.py guides --json"

    def add_arguments(self, parser: CommandParser) -> None:
        self.add_json(parser)
        parser.add_argument("--markdown", action="store_true", help="print docs/guides.md")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["markdown"]:
            self.stdout.write(_page(), ending="")
            return
        rows: list[dict[str, Any]] = [
            {
                "slug": guide.slug,
                "name": guide.name,
                "platforms": [platform.value for platform in guide.platforms],
                "protocols": [protocol.value for protocol in guide.protocols],
                "vendor": guide.vendor,
                "status": guide.status,
                "since": guide.since,
                "finds": guide.finds,
                "leaves_copies": guide.leaves_copies,
                "files": list(guide.files),
                "proof": {protocol.value: grade.value for protocol, grade in guide.proof.items()},
                "evidence": guide.evidence,
                "checked": guide.checked,
            }
            for guide in GUIDES.values()
        ]
        if options["json"]:
            self.print_json(rows)
            return
        for row in rows:
            self.stdout.write(
                f"{row['slug']}: {row['name']} ({', '.join(row['protocols'])}; {row['status']})"
            )
            self.stdout.write(f"  {row['evidence']}")


def _page() -> str:
    named = [guide for guide in GUIDES.values() if guide is not other.GUIDE]
    undriven = [
        guide.name
        for guide in named
        if guide.protocols and Platform.LINUX in guide.platforms and Grade.RUN not in guide.proof.values()
    ]
    return render_to_string("guides/guides.md", {"guides": named, "undriven": undriven})
