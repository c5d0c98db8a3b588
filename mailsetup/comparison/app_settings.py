"""How much somebody may paste, and for how long a test counts as theirs of now."""

from typing import Annotated

import msgspec
from msgspec import Meta


class ComparisonSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is the environment variable of the same name in capitals."""

    compare_message_characters: Annotated[int, Meta(ge=100, le=10_000)] = 2000
    # The longest mail address, and the longest name of a server (RFC 5321 section 4.5.3.1).
    compare_value_characters: Annotated[int, Meta(ge=64, le=1000)] = 254
    # What a test found yesterday says little about what an app shows now.
    compare_test_hours: Annotated[int, Meta(ge=1, le=8760)] = 24
    # What others have to mend may be mended by now.
    compare_current_minutes: Annotated[int, Meta(ge=1, le=1440)] = 15
