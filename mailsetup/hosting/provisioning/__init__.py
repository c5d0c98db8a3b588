"""The provider file: read whole, stored whole or not at all."""

from mailsetup.hosting.provisioning.file import ProviderFileError
from mailsetup.hosting.provisioning.store import Changes, provision

__all__ = ["Changes", "ProviderFileError", "provision"]
