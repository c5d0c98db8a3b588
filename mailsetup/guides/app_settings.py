"""What is remembered and offered of the apps."""

from typing import Annotated

import msgspec
from msgspec import Meta


class GuideSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is the environment variable of the same name in capitals."""

    # Whoever comes back after a season has a new phone.
    last_app_days: Annotated[int, Meta(ge=1, le=3650)] = 90
    # So many of the visitor's own device stand open; the others are a click away.
    detected_apps_count: Annotated[int, Meta(ge=1, le=100)] = 4
    # What goes to strangers in the portal's name has to stay little.
    steps_mails_per_day_limit: Annotated[int, Meta(ge=0, le=1000)] = 5
    customer_steps_mails_per_day_limit: Annotated[int, Meta(ge=0, le=10_000)] = 20
    recipient_steps_mails_per_day_limit: Annotated[int, Meta(ge=0, le=1000)] = 5
    staff_steps_mails_per_day_limit: Annotated[int, Meta(ge=0, le=10_000)] = 50
    # The part before the @ of an address that is set up, where no such mailbox is on record.
    steps_local_part_characters: Annotated[int, Meta(ge=0, le=64)] = 30
    steps_line_characters: Annotated[int, Meta(ge=10, le=1000)] = 120
    app_search_characters: Annotated[int, Meta(ge=10, le=1000)] = 100
