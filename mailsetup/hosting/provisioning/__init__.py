"""The provider file, and domains as a table: read whole, stored whole or not at all."""

from mailsetup.hosting.provisioning.file import ProviderFileError
from mailsetup.hosting.provisioning.sheet import SheetError, differences, provision_sheet, write_sheet
from mailsetup.hosting.provisioning.store import Changes, provision

__all__ = [
    "Changes",
    "ProviderFileError",
    "SheetError",
    "differences",
    "provision",
    "provision_sheet",
    "write_sheet",
]
