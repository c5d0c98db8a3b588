"""What follows for set-up links when something happens below."""

from typing import Any

from django.dispatch import receiver

from mailsetup.hosting.models import Domain
from mailsetup.hosting.signals import customer_changed
from mailsetup.setup_links import services


@receiver(customer_changed)
def end_the_links(sender: object, domain: Domain, **_signal: Any) -> None:
    """Links that the old customer's people made open nothing of the new one's."""
    services.revoke_setup_links(domain.setup_links.all())
