"""Handing a mailbox password to the worker once: sealed at rest, deleted on read, gone when it expires.

It is sealed twice: with a key of its own, which travels in the worker's task and is stored nowhere, and with
CREDENTIALS_KEY, so that whoever watches the broker opens nothing. What a database leaves on the disk of a
deleted row, in its log and in its backups, is worthless without the first. A leaked SECRET_KEY opens nothing.
"""

from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from mailsetup.connection_tests.models import ConnectionTest, SealedPassword


def new_key() -> str:
    """A key for the password of one test: 32 random bytes in URL-safe base64."""
    return Fernet.generate_key().decode()


@sensitive_variables()
def seal(test: ConnectionTest, password: str, key: str) -> None:
    """Keep `password` for the worker that runs `test` and is given `key`."""
    inside = Fernet(key).encrypt(f"{test.reference}\0{password}".encode())
    SealedPassword.objects.create(
        test=test,
        ciphertext=_fernet().encrypt(inside),
        expires_at=timezone.now() + timedelta(seconds=settings.CONNECTION_TESTS.sealed_password_seconds),
    )


def can_be_typed(password: str) -> bool:
    """Whether nothing in it is invisible: what was pasted with it, or what no protocol could carry (NUL)."""
    return password.isprintable()


@sensitive_variables()
def open_once(test: ConnectionTest, key: str) -> str | None:
    """The password of `test`, and delete it; None when there is none, no longer, or for another key."""
    with transaction.atomic():
        sealed = SealedPassword.objects.select_for_update().filter(test=test).first()
        if sealed is None:
            return None
        sealed.delete()
    if sealed.expires_at <= timezone.now():
        return None
    # The seal knows its own age (Fernet's timestamp), so that a row from a backup opens no better.
    age = settings.CONNECTION_TESTS.sealed_password_seconds
    try:
        inside = _fernet().decrypt(bytes(sealed.ciphertext), ttl=age)
        reference, _, password = Fernet(key).decrypt(inside).decode().partition("\0")
    except (InvalidToken, ValueError):  # the latter: `key` is none
        return None
    # The seal names its test, so that a row copied to another test opens nothing.
    return password if reference == test.reference else None


def forget(test: ConnectionTest) -> None:
    SealedPassword.objects.filter(test=test).delete()


def forget_expired() -> int:
    """Delete what no worker came for; returns how many there were."""
    return SealedPassword.objects.filter(expires_at__lte=timezone.now()).delete()[0]


def next_expiry() -> datetime | None:
    """When the next password expires that is still here; None: there is none."""
    return SealedPassword.objects.order_by("expires_at").values_list("expires_at", flat=True).first()


def _fernet() -> Fernet:
    return Fernet(settings.CREDENTIALS_KEY)
