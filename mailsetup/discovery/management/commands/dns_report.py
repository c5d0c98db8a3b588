from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from accounts.brands import installation_brand, portal_host
from mailsetup.clientconfig import (
    Address,
    AddressError,
    NotOffered,
    Protocol,
    parse_domain,
    resolve_domain,
)
from mailsetup.discovery.records import Record, records_for, zone_lines
from mailsetup.hosting import selectors, sentences
from mailsetup.hosting.dns import published_records
from mailsetup.hosting.management.base import PlainCommand
from mailsetup.hosting.selectors import UnknownDomain


class Command(PlainCommand):
    help = "Say which DNS records mail programs look for at a domain, and which it has."
    example = "manage.py dns_report example.com --zone"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("domain", metavar="DOMAIN", help="a domain of yours")
        parser.add_argument(
            "--zone", action="store_true", help="print lines for a BIND zone file and ask nobody"
        )
        self.add_json(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            domain = parse_domain(options["domain"])
        except AddressError:
            raise self.wrong_call(sentences.domain_fault(options["domain"])) from None
        try:
            nobody = Address(local_part="", domain=domain)
            hosting, row = selectors.find_hosting(nobody, display_name=installation_brand().name)
        except UnknownDomain as error:
            raise self.bad(sentences.unknown_domain(str(error))) from None
        protocol = next(iter(hosting.protocols), Protocol.IMAP)
        try:
            config = resolve_domain(hosting, protocol)
        except NotOffered as error:
            raise self.bad(sentences.not_offered(error)) from None
        own_autodiscover = row is not None and row.server.answers_autodiscover
        records = records_for(config, portal_host(), with_autodiscover=not own_autodiscover)
        if options["zone"]:
            if own_autodiscover:
                self.stdout.write("; autodiscover. stays with the mail server, which answers it itself.")
            for line in zone_lines(domain, records):
                self.stdout.write(line)
            return
        self._compare(domain, records, as_json=options["json"])

    def _compare(self, domain: str, records: list[Record], *, as_json: bool) -> None:
        limit = settings.PROBES.probe_dns_seconds
        rows = []
        for name, kind in dict.fromkeys((record.name, record.type) for record in records):
            wanted = sorted(record.value for record in records if (record.name, record.type) == (name, kind))
            published = published_records(f"{name}.{domain}", kind, settings.PROBE_RESOLVER, limit)
            state = _state(wanted, published)
            row = {"name": f"{name}.{domain}", "type": kind, "state": state}
            rows.append({**row, "wanted": wanted, "published": published})
            if not as_json:
                self.stdout.write(f"{state:<9} {name}.{domain} {kind} {', '.join(wanted)}")
                if state == "differs":
                    self.stdout.write(f"          published: {', '.join(published or [])}")
        if as_json:
            self.print_json({"domain": domain, "records": rows})


def _state(wanted: Iterable[str], published: list[str] | None) -> str:
    if published is None:
        return "unknown"
    if not published:
        return "missing"
    return "ok" if [each.lower() for each in wanted] == [each.lower() for each in published] else "differs"
