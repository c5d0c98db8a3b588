"""What follows for connection tests when something happens below."""

from typing import Any

from django.dispatch import receiver

from mailsetup.hosting.models import Domain
from mailsetup.hosting.signals import customer_changed


@receiver(customer_changed)
def leave_the_tests_behind(domain: Domain, **_signal: Any) -> None:
    """What the old customer's people tested is nothing for the new one."""
    domain.connection_tests.update(domain=None)
