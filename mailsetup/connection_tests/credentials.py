"""Handing a mailbox password to the worker once: sealed at rest, deleted on read, gone when it expires.

The key is CREDENTIALS_KEY and no other, so that a leaked SECRET_KEY opens nothing. Brokers, logs and
monitors keep the arguments of tasks, which is why the task gets the id of a row and never this.
"""

from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from mailsetup.connection_tests.models import ConnectionTest, SealedPassword


@sensitive_variables()
def seal(test: ConnectionTest, password: str) -> None:
    """Keep `password` for the worker that runs `test`."""
    SealedPassword.objects.create(
        test=test,
        ciphertext=_fernet().encrypt(f"{test.reference}\0{password}".encode()),
        expires_at=timezone.now() + timedelta(seconds=settings.CONNECTION_TESTS.sealed_password_seconds),
    )


@sensitive_variables()
def open_once(test: ConnectionTest) -> str | None:
    """The password of `test`, and delete it; None when there is none, or no longer."""
    with transaction.atomic():
        sealed = SealedPassword.objects.select_for_update().filter(test=test).first()
        if sealed is None:
            return None
        sealed.delete()
    if sealed.expires_at <= timezone.now():
        return None
    try:
        reference, _, password = _fernet().decrypt(bytes(sealed.ciphertext)).decode().partition("\0")
    except InvalidToken:
        return None
    # The seal names its test, so that a row copied to another test opens nothing.
    return password if reference == test.reference else None


def forget(test: ConnectionTest) -> None:
    SealedPassword.objects.filter(test=test).delete()


def forget_expired() -> int:
    """Delete what no worker came for; returns how many there were."""
    return SealedPassword.objects.filter(expires_at__lte=timezone.now()).delete()[0]


def _fernet() -> Fernet:
    return Fernet(settings.CREDENTIALS_KEY)
