"""Storing a provider file: upserts, all or nothing, and says what it did."""

from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction

from accounts import services as account_services
from accounts.models import Customer
from mailsetup.hosting.models import Domain, DomainAlias, Mailbox, Server, Service
from mailsetup.hosting.provisioning.file import (
    WEB_ADDRESSES,
    CustomerEntry,
    DomainEntry,
    ProviderFile,
    ProviderFileError,
    ServerEntry,
    read_provider_file,
)


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
    for index, domain in enumerate(document.domains):
        _refuse_taken_names(f"domains[{index}]", domain)
        owner = customers[domain.customer] if domain.customer else None
        _store_domain(domain, servers[domain.server], owner, changes)


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
    wanted = [
        Service(
            server=server,
            position=position,
            type=service.type,
            hostname=service.hostname,
            port=service.port,
            socket_type=service.socket_type,
            authentication=service.authentication,
            username=service.username,
        )
        for position, service in enumerate(entry.services)
    ]
    if [service.as_settings() for service in server.services.all()] != [s.as_settings() for s in wanted]:
        server.services.all().delete()
        Service.objects.bulk_create(wanted)
        changed = True
    changes.note(f"server {entry.name}", created=created, changed=changed)


def _refuse_taken_names(path: str, entry: DomainEntry) -> None:
    """A name is a domain or an alias of one domain, never both."""
    alias = DomainAlias.objects.filter(name=entry.name).select_related("domain").first()
    if alias is not None and entry.name not in entry.aliases:
        raise ProviderFileError(f"{path}.name", f"{entry.name} is already an alias of {alias.domain.name}.")
    for index, name in enumerate(entry.aliases):
        if Domain.objects.filter(name=name).exists():
            raise ProviderFileError(f"{path}.aliases[{index}]", f"{name} is already a domain of its own.")
        if DomainAlias.objects.filter(name=name).exclude(domain__name=entry.name).exists():
            raise ProviderFileError(
                f"{path}.aliases[{index}]", f"{name} is already an alias of another domain."
            )


def _store_domain(entry: DomainEntry, server: Server, customer: Customer | None, changes: Changes) -> None:
    values: dict[str, Any] = {"server": server, "customer": customer, "enabled": entry.enabled}
    domain, created = Domain.objects.get_or_create(name=entry.name, defaults=values)
    changed = _update(domain, values)
    changed |= _sync_aliases(domain, set(entry.aliases))
    changed |= _sync_mailboxes(domain, set(entry.mailboxes))
    changes.note(f"domain {entry.name}", created=created, changed=changed)


def _sync_aliases(domain: Domain, wanted: set[str]) -> bool:
    """Make the aliases of `domain` those that are wanted; returns whether anything changed."""
    present = set(domain.aliases.values_list("name", flat=True))
    domain.aliases.filter(name__in=present - wanted).delete()
    DomainAlias.objects.bulk_create(
        DomainAlias(domain=domain, name=name) for name in sorted(wanted - present)
    )
    return present != wanted


def _sync_mailboxes(domain: Domain, wanted: set[str]) -> bool:
    """The same for its mailboxes, by local part."""
    present = set(domain.mailboxes.values_list("local_part", flat=True))
    domain.mailboxes.filter(local_part__in=present - wanted).delete()
    Mailbox.objects.bulk_create(
        Mailbox(domain=domain, local_part=local_part) for local_part in sorted(wanted - present)
    )
    return present != wanted
