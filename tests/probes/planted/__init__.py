"""For each cause, how the suite provokes it: docs/causes.md has the words, and here is the fault."""

from tests.probes.planted import reach, encryption, sign_in, mail  # isort: skip  # the order of docs/causes.md
from tests.probes.planted.base import ELSEWHERE, PLANTED, Planted

__all__ = ["ELSEWHERE", "PLANTED", "Planted", "encryption", "mail", "reach", "sign_in"]
