"""Saying that something has changed."""

from typing import Any

from django.db.models import F
from django.db.models.signals import post_delete, post_save

from mailsetup.hosting.models import Domain, DomainAlias, Revision, Server, Service

# What programs are told depends on these.
_WATCHED = (Server, Service, Domain, DomainAlias)


def note_change(**_signal: Any) -> None:
    """To be called, within its transaction, by whatever changes rows past their `save()` and `delete()`."""
    if not Revision.objects.filter(pk=1).update(number=F("number") + 1):
        Revision.objects.update_or_create(pk=1, defaults={"number": 1})


def watch() -> None:
    """Notes whatever is saved or deleted by the admin or a shell; `ready()` calls it once."""
    for model in _WATCHED:
        post_save.connect(note_change, sender=model, dispatch_uid=f"revision-{model.__name__}")
        post_delete.connect(note_change, sender=model, dispatch_uid=f"revision-{model.__name__}")
