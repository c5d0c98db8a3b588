"""How a step says that something is wrong."""

from typing import Any

from mailsetup.probes.findings import Code


class Fault(Exception):
    """A step found something wrong. `evidence` is for support and JSON-able."""

    def __init__(self, code: Code, **evidence: Any) -> None:
        super().__init__(code.value)
        self.code = code
        self.evidence = evidence
