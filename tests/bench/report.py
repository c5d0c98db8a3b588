"""How a measurement is said."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Promise:
    """`measured` and `limit` in `unit`; a promise is kept when it is not over its limit."""

    name: str
    measured: float
    limit: float
    unit: str

    @property
    def kept(self) -> bool:
        return self.measured <= self.limit


def print_promises(promises: list[Promise]) -> None:
    width = max(len(promise.name) for promise in promises)
    for promise in promises:
        mark = "kept" if promise.kept else "OVER"
        ratio = promise.measured / promise.limit
        print(
            f"{promise.name:{width}}  {promise.measured:8.2f} of {promise.limit:g} {promise.unit:6}"
            f"  ({ratio:4.0%})  {mark}"
        )
