"""Domains as a table that a spreadsheet opens (CSV): written, and read into a provider file."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec
from django.utils.translation import gettext as _

from mailsetup.clientconfig import parse_domain
from mailsetup.hosting.models import Domain
from mailsetup.hosting.provisioning.file import ProviderFileError
from mailsetup.hosting.provisioning.store import Changes, provision

_YES, _NO = "yes", "no"
_CELLS: dict[str, Callable[[Domain], str]] = {
    "domain": lambda domain: domain.name,
    "server": lambda domain: domain.server.name,
    "customer": lambda domain: domain.customer.external_id if domain.customer else "",
    "aliases": lambda domain: " ".join(alias.name for alias in domain.aliases.all()),
    "mailboxes": lambda domain: " ".join(f"{one.local_part}@{domain.name}" for one in domain.mailboxes.all()),
    "enabled": lambda domain: _YES if domain.enabled else _NO,
}
COLUMNS = tuple(_CELLS)
_LISTS = ("aliases", "mailboxes")
_WORDS = {_YES: True, "true": True, "1": True, "": True, _NO: False, "false": False, "0": False}
# A spreadsheet would take what begins so for a formula and run it; a space before it means nothing to us.
_FORMULA = ("=", "+", "-", "@")


class SheetError(ValueError):
    """The table is wrong; the message is one sentence and says where."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What an import would change about one domain: each column with what is stored and what comes."""

    domain: str
    columns: tuple[tuple[str, str, str], ...]


def write_sheet(domains: Iterable[Domain], columns: Sequence[str] = COLUMNS) -> Iterator[str]:
    """The lines of the table, the names of the columns first.

    Ask with `select_related("server", "customer")` and, as far as they are among the columns,
    `prefetch_related("aliases", "mailboxes")`. Without one of the columns it can't be read back.
    """
    yield _line(columns)
    for domain in domains:
        yield _line(_row(domain, columns))


def provision_sheet(text: str, *, dry_run: bool = False) -> Changes:
    """Store the domains of the table as `provision` does, all or nothing; raises SheetError."""
    rows = _rows(text)
    document = {"domains": [_entry(number, row) for number, row in rows]}
    try:
        return provision(msgspec.json.encode(document), dry_run=dry_run)
    except ProviderFileError as error:
        raise SheetError(_by_line(str(error), [number for number, _row in rows])) from None


def differences(text: str, changes: Changes, *, limit: int) -> list[Difference]:
    """What is different about the first domains of the table that are stored already."""
    names = [label.removeprefix("domain ") for label in changes.changed[:limit]]
    rows = {parse_domain(row["domain"]): row for _number, row in _rows(text)}
    stored = Domain.objects.filter(name__in=names).select_related("server", "customer")
    return [_difference(domain, rows[domain.name]) for domain in stored.prefetch_related(*_LISTS)]


def _difference(domain: Domain, row: dict[str, str]) -> Difference:
    comes = {**row, "enabled": _YES if _WORDS[row["enabled"].lower()] else _NO, "domain": domain.name}
    stored = dict(zip(COLUMNS, _row(domain), strict=True))
    return Difference(
        domain.display_name,
        tuple(
            (column, stored[column], comes[column])
            for column in COLUMNS
            if set(stored[column].split()) != set(comes[column].split())
        ),
    )


def _row(domain: Domain, columns: Sequence[str] = COLUMNS) -> tuple[str, ...]:
    return tuple(_CELLS[column](domain) for column in columns)


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(f" {cell}" if cell.startswith(_FORMULA) else cell for cell in cells)
    return line.getvalue()


def _rows(text: str) -> list[tuple[int, dict[str, str]]]:
    """Each row that isn't empty, with the number of its line as a spreadsheet counts."""
    text = text.removeprefix("\ufeff")
    head = text.partition("\n")[0]
    table = csv.reader(io.StringIO(text, newline=""), delimiter=max("\t;,", key=head.count))
    found = []
    try:
        names = [name.strip().lower() for name in next(table, [])]
        if sorted(names) != sorted(COLUMNS):
            raise SheetError(
                _("The first line names the columns, and these are needed: %(columns)s.")
                % {"columns": ", ".join(COLUMNS)}
            )
        for cells in table:
            row = dict(zip(names, [cell.strip() for cell in cells] + [""] * len(names), strict=False))
            if any(row.values()):
                found.append((table.line_num, row))
    except csv.Error as error:
        raise SheetError(_line_fault(table.line_num, str(error))) from None
    if not found:
        raise SheetError(_("There is no domain in it."))
    return found


def _entry(number: int, row: dict[str, str]) -> dict[str, object]:
    """What a provider file says of the domain in this row."""
    enabled = row["enabled"].lower()
    if enabled not in _WORDS:
        raise SheetError(
            _line_fault(number, _("enabled: “%(text)s” should be yes or no.") % {"text": enabled})
        )
    return {
        "name": row["domain"],
        "server": row["server"],
        "customer": row["customer"] or None,
        "aliases": row["aliases"].split(),
        "mailboxes": row["mailboxes"].split(),
        "enabled": _WORDS[enabled],
    }


def _by_line(message: str, numbers: list[int]) -> str:
    """`domains[3].server: …` of a provider file as the line and the column of the table."""
    found = re.match(r"domains\[(\d+)\]\.(\w+)(?:\[\d+\])?: (.*)", message, re.DOTALL)
    if found is None:
        return message
    column = "domain" if found[2] == "name" else found[2]
    return _line_fault(numbers[int(found[1])], f"{column}: {found[3]}")


def _line_fault(number: int, fault: str) -> str:
    return _("Line %(number)d, %(fault)s") % {"number": number, "fault": fault}
