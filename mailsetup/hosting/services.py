"""Storing the ways into a server and the names of a domain, and saying that something has changed."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import F
from django.db.models.signals import post_delete, post_save

from mailsetup.clientconfig import ServerSettings
from mailsetup.hosting.models import Domain, DomainAlias, Mailbox, Revision, Server, Service

# What programs are told depends on these.
_WATCHED = (Server, Service, Domain, DomainAlias)


def replace_services(server: Server, wanted: Sequence[ServerSettings]) -> bool:
    """Store the ways into `server` in the order of preference; returns whether anything was different.

    To be called within a transaction.
    """
    if [service.as_settings() for service in server.services.all()] == list(wanted):
        return False
    server.services.all().delete()
    Service.objects.bulk_create(
        Service(server=server, position=position, **settings.as_dict())
        for position, settings in enumerate(wanted)
    )
    note_change()
    return True


def replace_names(
    domain: Domain, *, aliases: Collection[str] | None, mailboxes: Collection[str] | None
) -> None:
    """Store the other names of a domain, as A-labels, and the local parts of its mailboxes.

    None leaves those that are there. To be called within a transaction.
    """
    if aliases is not None:
        _replace_aliases(domain, aliases)
    if mailboxes is not None:
        _replace_mailboxes(domain, mailboxes)


def _replace_aliases(domain: Domain, aliases: Collection[str]) -> None:
    had = set(domain.aliases.values_list("name", flat=True))
    domain.aliases.filter(name__in=had.difference(aliases)).delete()
    DomainAlias.objects.bulk_create(
        DomainAlias(domain=domain, name=name) for name in aliases if name not in had
    )
    if had != set(aliases):
        note_change()


def _replace_mailboxes(domain: Domain, mailboxes: Collection[str]) -> None:
    known = set(domain.mailboxes.values_list("local_part", flat=True))
    domain.mailboxes.filter(local_part__in=known.difference(mailboxes)).delete()
    Mailbox.objects.bulk_create(
        Mailbox(domain=domain, local_part=local_part) for local_part in mailboxes if local_part not in known
    )


def note_change(**_signal: Any) -> None:
    """To be called, within its transaction, by whatever changes rows past their `save()` and `delete()`."""
    if not Revision.objects.filter(pk=1).update(number=F("number") + 1):
        Revision.objects.update_or_create(pk=1, defaults={"number": 1})


def watch() -> None:
    """Notes whatever is saved or deleted by the admin or a shell; `ready()` calls it once."""
    for model in _WATCHED:
        post_save.connect(note_change, sender=model, dispatch_uid=f"revision-{model.__name__}")
        post_delete.connect(note_change, sender=model, dispatch_uid=f"revision-{model.__name__}")
