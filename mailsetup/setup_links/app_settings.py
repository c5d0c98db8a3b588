"""How long set-up links live."""

from typing import Annotated

import msgspec
from msgspec import Meta


class SetupLinkSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is the environment variable of the same name in capitals."""

    setup_link_hours: Annotated[int, Meta(ge=1, le=8760)] = 24
    setup_link_max_hours: Annotated[int, Meta(ge=1, le=8760)] = 2160
    # A QR code is scanned at once or not at all; the browser that scanned it keeps the link for a while.
    one_device_opening_minutes: Annotated[int, Meta(ge=1, le=1440)] = 15
    waiting_codes_limit: Annotated[int, Meta(ge=1, le=1000)] = 10
    # Eight characters are 8 * 10^11 codes; of those that wait, nobody guesses one in a lifetime.
    code_guesses_minutes: Annotated[int, Meta(ge=1, le=1440)] = 10
    code_guesses_visitor_limit: Annotated[int, Meta(ge=1, le=10_000)] = 10
    code_guesses_limit: Annotated[int, Meta(ge=10, le=10_000_000)] = 1000
    one_device_hours: Annotated[int, Meta(ge=1, le=8760)] = 24
    # Paper and mail lie about, so they open one guide. docs/security.md: what a code is worth so long.
    guide_link_days: Annotated[int, Meta(ge=1, le=90)] = 7
    guide_links_per_day_limit: Annotated[int, Meta(ge=1, le=10_000)] = 20

    def __post_init__(self) -> None:
        if self.setup_link_hours > self.setup_link_max_hours:
            raise ValueError(
                f"SETUP_LINK_HOURS can't be used: it is {self.setup_link_hours}, more than "
                f"SETUP_LINK_MAX_HOURS ({self.setup_link_max_hours})."
            )
