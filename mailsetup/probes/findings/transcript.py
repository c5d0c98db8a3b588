"""What went over the wire, line by line, as support reads it."""

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """Who said it; EVENT is what happened between the lines."""

    CLIENT = "C"
    SERVER = "S"
    EVENT = "="


@dataclass(frozen=True, slots=True)
class TranscriptLine:
    """One line, so many milliseconds after the test of the service began.

    Nothing that opens an account is in it, and no words of the server's but known ones.
    """

    ms: int
    side: Side
    text: str
