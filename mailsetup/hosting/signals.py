"""What the rooms above hear about domains."""

from django.dispatch import Signal

# Sent with `domain` when a domain leaves its customer, inside the transaction that does it.
customer_changed = Signal()
