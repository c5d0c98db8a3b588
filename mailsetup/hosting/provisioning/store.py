"""Storing a provider file: upserts, all or nothing, and says what it did."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import models, transaction
from django.db.models import Q, QuerySet

from accounts import services as account_services
from accounts.models import Customer
from mailsetup.hosting.models import Domain, DomainAlias, Mailbox, Server
from mailsetup.hosting.provisioning.file import (
    WEB_ADDRESSES,
    CustomerEntry,
    DomainEntry,
    ProviderFile,
    ProviderFileError,
    ServerEntry,
    read_provider_file,
)
from mailsetup.hosting.services import note_change, replace_services

# SQLite takes so many values in a query, and more.
_BATCH = 500


@dataclass(slots=True)
class Changes:
    """What provisioning did, as lists of `kind name`."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)

    def note(self, label: str, *, created: bool, changed: bool) -> None:
        (self.added if created else self.changed if changed else self.unchanged).append(label)

    def as_dict(self) -> dict[str, list[str]]:
        return {"added": self.added, "changed": self.changed, "unchanged": self.unchanged}


class _DryRun(Exception):
    """Takes everything back."""


def provision(text: bytes, *, dry_run: bool = False) -> Changes:
    """Store the provider file in `text`; raises ProviderFileError, and then nothing is stored."""
    changes = Changes()
    try:
        with transaction.atomic():
            document = read_provider_file(
                text,
                known_servers=frozenset(Server.objects.values_list("name", flat=True)),
                known_customers=frozenset(Customer.objects.values_list("external_id", flat=True)),
            )
            _store(document, changes)
            if changes.added or changes.changed:
                note_change()
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return changes


def _store(document: ProviderFile, changes: Changes) -> None:
    for customer in document.customers:
        _store_customer(customer, changes)
    for server in document.servers:
        _store_server(server, changes)
    servers = {server.name: server for server in Server.objects.all()}
    customers = {customer.external_id: customer for customer in Customer.objects.all()}
    numbered = enumerate(document.domains)
    # In batches: a query for each domain takes minutes for a large provider.
    while batch := dict(islice(numbered, _BATCH)):
        _store_domains(batch, servers, customers, changes)


def _update(row: models.Model, values: dict[str, Any]) -> bool:
    """Set what differs; returns whether anything did."""
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    if different:
        row.save(update_fields=list(different))
    return bool(different)


def _store_customer(entry: CustomerEntry, changes: Changes) -> None:
    customer, created = Customer.objects.get_or_create(external_id=entry.id, defaults={"name": entry.name})
    changed = _update(customer, {"name": entry.name})
    for address in entry.users:
        changed |= account_services.ensure_owner(address, customer)
    changes.note(f"customer {entry.id}", created=created, changed=changed)


def _store_server(entry: ServerEntry, changes: Changes) -> None:
    values: dict[str, Any] = {
        "software": entry.software,
        **{key: getattr(entry, key) for key in WEB_ADDRESSES},
        "mx_patterns": list(entry.mx_patterns),
        "alias_uses_primary": entry.alias_uses_primary,
    }
    server, created = Server.objects.get_or_create(name=entry.name, defaults=values)
    changed = _update(server, values)
    changed |= replace_services(server, [service.as_settings() for service in entry.services])
    changes.note(f"server {entry.name}", created=created, changed=changed)


def _store_domains(
    entries: Mapping[int, DomainEntry],
    servers: Mapping[str, Server],
    customers: Mapping[str, Customer],
    changes: Changes,
) -> None:
    """Some of the file's domains, by their places in it."""
    names = [entry.name for entry in entries.values()]
    aliases = _names_below(DomainAlias.objects.filter(domain__name__in=names), "name")
    mailboxes = _names_below(Mailbox.objects.filter(domain__name__in=names), "local_part")
    dropped = {alias for entry in entries.values() for alias in aliases[entry.name] - set(entry.aliases)}
    DomainAlias.objects.filter(name__in=dropped).delete()
    _refuse_taken_names(entries)

    present = {domain.name: domain for domain in Domain.objects.filter(name__in=names)}
    created = {
        entry.name: Domain(name=entry.name, **_domain_values(entry, servers, customers))
        for entry in entries.values()
        if entry.name not in present
    }
    Domain.objects.bulk_create(created.values())
    changed = {
        entry.name
        for entry in entries.values()
        if entry.name in present and _differs(present[entry.name], _domain_values(entry, servers, customers))
    }
    Domain.objects.bulk_update([present[name] for name in changed], ["server", "customer", "enabled"])

    domains = present | created
    gone = Q(pk__in=())
    for entry in entries.values():
        if without := mailboxes[entry.name] - set(entry.mailboxes):
            gone |= Q(domain=domains[entry.name], local_part__in=without)
    Mailbox.objects.filter(gone).delete()
    DomainAlias.objects.bulk_create(
        DomainAlias(domain=domains[entry.name], name=name)
        for entry in entries.values()
        for name in sorted(set(entry.aliases) - aliases[entry.name])
    )
    Mailbox.objects.bulk_create(
        Mailbox(domain=domains[entry.name], local_part=local_part)
        for entry in entries.values()
        for local_part in sorted(set(entry.mailboxes) - mailboxes[entry.name])
    )
    for entry in entries.values():
        below = aliases[entry.name] != set(entry.aliases) or mailboxes[entry.name] != set(entry.mailboxes)
        changes.note(
            f"domain {entry.name}", created=entry.name in created, changed=below or entry.name in changed
        )


def _names_below(rows: QuerySet[Any], field_name: str) -> dict[str, set[str]]:
    """What belongs to each domain, by the domain's name."""
    found: dict[str, set[str]] = defaultdict(set)
    for domain, name in rows.values_list("domain__name", field_name):
        found[domain].add(name)
    return found


def _domain_values(
    entry: DomainEntry, servers: Mapping[str, Server], customers: Mapping[str, Customer]
) -> dict[str, Any]:
    return {
        "server": servers[entry.server],
        "customer": customers[entry.customer] if entry.customer else None,
        "enabled": entry.enabled,
    }


def _differs(domain: Domain, values: Mapping[str, Any]) -> bool:
    """Whether anything does; sets it."""
    server, customer = values["server"], values["customer"]
    wanted = (server.pk, customer.pk if customer else None, values["enabled"])
    if (domain.server_id, domain.customer_id, domain.enabled) == wanted:
        return False
    for name, value in values.items():
        setattr(domain, name, value)
    return True


def _refuse_taken_names(entries: Mapping[int, DomainEntry]) -> None:
    """A name is a domain or an alias of one domain, never both."""
    wanted = {alias for entry in entries.values() for alias in entry.aliases}
    names = {entry.name for entry in entries.values()}
    taken = dict(DomainAlias.objects.filter(name__in=wanted | names).values_list("name", "domain__name"))
    domains = set(Domain.objects.filter(name__in=wanted).values_list("name", flat=True))
    for place, entry in entries.items():
        path = f"domains[{place}]"
        if entry.name in taken:
            raise ProviderFileError(
                f"{path}.name", f"{entry.name} is already an alias of {taken[entry.name]}."
            )
        for index, name in enumerate(entry.aliases):
            if name in domains:
                raise ProviderFileError(f"{path}.aliases[{index}]", f"{name} is already a domain of its own.")
            if taken.get(name, entry.name) != entry.name:
                raise ProviderFileError(
                    f"{path}.aliases[{index}]", f"{name} is already an alias of another domain."
                )
