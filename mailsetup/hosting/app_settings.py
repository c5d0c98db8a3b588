"""How long an answer from DNS is waited for and kept."""

from typing import Annotated

from msgspec import Meta, Struct

Seconds = Annotated[int, Meta(ge=1)]


class HostingSettings(Struct, frozen=True, kw_only=True):
    """Each field is the environment variable of the same name in capitals."""

    # A mail program that asks for settings waits for this answer.
    mx_timeout_seconds: Annotated[float, Meta(gt=0)] = 2
    mx_found_cache_seconds: Seconds = 3600
    mx_missing_cache_seconds: Seconds = 600
