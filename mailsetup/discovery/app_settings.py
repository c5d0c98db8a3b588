"""How long programs may keep an answer."""

from typing import Annotated

import msgspec
from msgspec import Meta


class DiscoverySettings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is the environment variable of the same name in capitals."""

    discovery_max_age_seconds: Annotated[int, Meta(ge=0, le=604_800)] = 300
