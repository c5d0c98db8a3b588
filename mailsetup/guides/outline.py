"""The steps of a guide. Nobody writes their numbers down: they are counted while its template is rendered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from types import MappingProxyType
from typing import Any

from django.template.loader import render_to_string

from mailsetup.clientconfig import (
    ClientConfig,
    Hosting,
    Protocol,
    ServerSettings,
    ServiceType,
    SocketType,
    Source,
    parse_address,
    resolve,
)
from mailsetup.guides.clients import GUIDES, Guide

_NO_NUMBERS: Mapping[str, int] = MappingProxyType({})
_NOTHING: Mapping[str, object] = MappingProxyType({})
# Any will do: no step may depend on the settings. No two are alike, so that a label tells which it is of.
_ADDRESS = parse_address("anna@example.com")
_HOSTING = Hosting(
    domain="example.com",
    primary_domain="example.com",
    source=Source.DOMAIN,
    display_name="Example",
    services=tuple(
        ServerSettings(
            service_type, f"{service_type}.example.com", port, SocketType.SSL, username="%EMAILLOCALPART%"
        )
        for port, service_type in enumerate(ServiceType, start=1)
    ),
)


@dataclass(frozen=True, slots=True)
class GuideStep:
    """One step of a guide's page. `topics` are those for which it is the first step; each is an anchor."""

    number: int
    topics: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.topics[0] if self.topics else f"step-{self.number}"


@dataclass(frozen=True, slots=True)
class Outline:
    """The numbered steps of a guide's page.

    `ways` are its lists in their order, the shortest way first; `labels` what the app calls a setting, by the
    setting's name as "incoming_port", as far as a step has it under a label.
    """

    ways: tuple[tuple[GuideStep, ...], ...]
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def steps(self) -> tuple[GuideStep, ...]:
        return tuple(chain.from_iterable(self.ways))

    @property
    def count(self) -> int:
        """How many steps the shortest way has, 0 if there is nothing to follow step by step."""
        return len(self.ways[0]) if self.ways else 0

    @property
    def numbers(self) -> dict[str, int]:
        """The number of the step of each topic."""
        return {topic: step.number for step in self.steps for topic in step.topics}

    def number_of(self, topic: str) -> int | None:
        """The number of the step where `topic` is put right; None when the page has no such step."""
        return self.numbers.get(topic)


class StepCounter:
    """Numbers the steps of one page while it is rendered; the template tags `steps` and `step` ask it.

    Templates know it as `steps`. Its `number` is for sentences that name a step by its topic, a later
    one too; it comes from the guide's outline and is empty while that is being made.
    """

    def __init__(self, number: Mapping[str, int] = _NO_NUMBERS) -> None:
        self.number = number
        self._ways: list[tuple[GuideStep, ...]] = []
        self._way: list[GuideStep] = []
        self._count = 0
        self._topics: set[str] = set()
        self._labels: dict[object, str] = {}

    def next_step(self, topics: Iterable[str]) -> GuideStep:
        """Number a step. A topic leads to the first step that names it: ids are unique on a page."""
        self._count += 1
        step = GuideStep(self._count, tuple(topic for topic in topics if topic not in self._topics))
        self._topics.update(step.topics)
        self._way.append(step)
        return step

    def end_way(self) -> tuple[GuideStep, ...]:
        """The steps since the last way ended, which are a way of their own."""
        way = tuple(self._way)
        self._way.clear()
        if way:
            self._ways.append(way)
        return way

    def label(self, label: str, value: object) -> None:
        """Take down under which of the app's own words a step has `value`; the first one counts."""
        self._labels.setdefault(value, label)

    def outline(self, values: Mapping[str, object] = _NOTHING) -> Outline:
        """What was counted; the labels are those of `values`, by their names."""
        labels = {name: self._labels[value] for name, value in values.items() if value in self._labels}
        return Outline(tuple(self._ways), labels)


def page_context(
    guide: Guide, config: ClientConfig, *, profile_url: str, steps: StepCounter
) -> dict[str, Any]:
    """What the template of a guide needs, whoever reads it."""
    return {
        "guide": guide,
        "instead": GUIDES.get(guide.instead),
        "config": config,
        "words": {
            "incoming": guide.word_for(config.incoming.socket_type),
            "outgoing": guide.word_for(config.outgoing.socket_type),
        },
        "protocol": config.protocol.value,
        "profile_url": profile_url,
        "steps": steps,
    }


def template_of(guide: Guide) -> str:
    return f"guides/{guide.slug}/guide.html"


@cache
def outline(guide: Guide, protocol: Protocol, *, profile: bool) -> Outline:
    """The steps of the guide's page, counted once in this process.

    `profile` says whether the page offers a file that sets the app up. Steps may depend on it and on the
    protocol, on nothing else.
    """
    steps = StepCounter()
    config = resolve(_ADDRESS, _HOSTING, protocol)
    profile_url = "profile" if profile else ""
    render_to_string(template_of(guide), page_context(guide, config, profile_url=profile_url, steps=steps))
    values: dict[str, object] = {"user_name": config.incoming.username}
    for side, service in (("incoming", config.incoming), ("outgoing", config.outgoing)):
        values |= {
            f"{side}_server": service.hostname,
            f"{side}_port": service.port,
            f"{side}_encryption": service,
        }
    return steps.outline(values)


def outline_for(guide: Guide, protocol: Protocol, services: Sequence[ServerSettings]) -> Outline | None:
    """The steps for an address with these services, receiving and sending; None if the page has none."""
    incoming, outgoing = services
    if protocol not in guide.protocols or not guide.knows(incoming, outgoing):
        return None
    # A profile is never made for a server without encryption.
    profile = bool(guide.profile) and incoming.encrypted and outgoing.encrypted
    return outline(guide, protocol, profile=profile)
