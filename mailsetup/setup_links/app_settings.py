"""How long set-up links live."""

from typing import Annotated

from msgspec import Meta, Struct


class SetupLinkSettings(Struct, frozen=True, kw_only=True):
    """Each field is the environment variable of the same name in capitals."""

    setup_link_hours: Annotated[int, Meta(ge=1)] = 24
    setup_link_max_hours: Annotated[int, Meta(ge=1)] = 24 * 90
    # A QR code is scanned at once or not at all; the browser that scanned it keeps the link for a day.
    one_device_opening_minutes: Annotated[int, Meta(ge=1)] = 15
    one_device_hours: Annotated[int, Meta(ge=1)] = 24
