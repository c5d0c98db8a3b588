"""The live test of a mail configuration. The only room that opens sockets."""

from mailsetup.probes.base import Ask, OnStep, Timeouts, Vantage, ignore, planned_steps
from mailsetup.probes.run import probe

__all__ = ["Ask", "OnStep", "Timeouts", "Vantage", "ignore", "planned_steps", "probe"]
