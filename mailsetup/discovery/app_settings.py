"""How much programs may ask, and how long they may keep an answer."""

from typing import Annotated

import msgspec
from msgspec import Meta


class DiscoverySettings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is the environment variable of the same name in capitals."""

    # The longest question that a program asks is about 800 bytes.
    discovery_body_max_bytes: Annotated[int, Meta(ge=1000, le=1_000_000)] = 8192
    # A change by staff ends it at once; DNS itself is asked again after mx_found_cache_seconds.
    discovery_kept_seconds: Annotated[int, Meta(ge=1, le=3600)] = 60
    # An office's programs ask for a dozen; nobody makes us ask DNS a thousand times.
    discovery_misses_per_minute_limit: Annotated[int, Meta(ge=10, le=1_000_000)] = 300
    # So often each web process looks whether a server, a domain or an alias has changed: that is to be seen
    # everywhere within ten seconds.
    discovery_index_seconds: Annotated[float, Meta(gt=0, le=10)] = 2
    # An answer is about two kilobytes, twice for each domain; of a name that is nobody's only that is kept.
    discovery_answers_count: Annotated[int, Meta(ge=100, le=10_000_000)] = 10_000
    discovery_max_age_seconds: Annotated[int, Meta(ge=0, le=604_800)] = 300
    # Whoever adds a record wants to see it on the page. A domain that nobody asks about is not looked at.
    dns_look_again_seconds: Annotated[int, Meta(ge=10, le=86_400)] = 300
    dns_look_kept_hours: Annotated[int, Meta(ge=1, le=720)] = 24
    dns_look_timeout_seconds: Annotated[float, Meta(gt=0, le=60)] = 2.0
    # Of a customer with many domains the desk wants to know all at once.
    dns_looks_running_limit: Annotated[int, Meta(ge=1, le=100)] = 4
    dns_looks_count: Annotated[int, Meta(ge=100, le=10_000_000)] = 10_000
    dns_looks_waiting_limit: Annotated[int, Meta(ge=1, le=100_000)] = 1000
    # A device asks for each password in turn while it installs one.
    profile_addresses_limit: Annotated[int, Meta(ge=1, le=100)] = 10
    profile_choices_limit: Annotated[int, Meta(ge=1, le=1000)] = 100
