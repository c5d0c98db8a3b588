"""Steps count themselves: what stands on the page, what the outline says, and where findings lead."""

import re
from itertools import chain

import pytest
from django.template import engines

from mailsetup.clientconfig import Protocol
from mailsetup.guides.clients import GUIDES, TOPICS
from mailsetup.guides.outline import GuideStep, Outline, StepCounter, outline
from tests.guides.page import Page
from tests.guides.shapes import every_page, page
from tests.guides.table import TABLE, Row


def test_the_table_has_a_row_for_every_guide_in_the_order_in_which_they_are_offered() -> None:
    with_steps = [guide.slug for guide in GUIDES.values() if guide.protocols]
    assert list(dict.fromkeys(row.slug for row in TABLE)) == with_steps
    with_profile = {row.slug for row in TABLE if row.profile}
    assert with_profile == {guide.slug for guide in GUIDES.values() if guide.profile}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.slug}{'-profile' if row.profile else ''}")
def test_the_outline_of_every_guide(row: Row) -> None:
    guide = GUIDES[row.slug]
    for protocol in guide.protocols:
        found = outline(guide, protocol, profile=row.profile)
        steps = row.pop3_steps if protocol is Protocol.POP3 and row.pop3_steps else row.steps
        assert (protocol, found.count) == (protocol, steps)
        assert {topic: found.number_of(topic) for topic in TOPICS} == {
            topic: getattr(row, topic) for topic in TOPICS
        }


@every_page
def test_the_numbers_on_the_page_run_from_one_without_a_gap(
    slug: str, protocol: Protocol, shape: str
) -> None:
    shown = page(slug, protocol, shape)
    assert [step.number for step in shown.steps] == list(range(1, len(shown.steps) + 1))
    for step in shown.steps:
        (tick,) = step.part.found("aria-label")[:1]
        assert tick == f"Step {step.number} done"
    starts = [int(way.attributes.get("start", 1)) for way in shown.ways]
    counted = [len([child for child in way.children if not isinstance(child, str)]) for way in shown.ways]
    assert starts == [1 + sum(counted[:place]) for place in range(len(counted))]


@every_page
def test_the_outline_is_the_page_whatever_the_server(slug: str, protocol: Protocol, shape: str) -> None:
    """A step that is there only for some servers would make the links from findings wrong."""
    shown = page(slug, protocol, shape)
    has_profile = any("mobileconfig" in link for link in shown.links)
    found = outline(GUIDES[slug], protocol, profile=has_profile)
    assert [[step.number for step in way] for way in found.ways] == [
        [step.number for step in shown.steps if step.part in way.children] for way in shown.ways
    ]
    assert {
        name: step.number for step in shown.steps for name in step.anchors if not name.startswith("step-")
    } == (found.numbers)


@every_page
def test_a_finding_can_lead_to_each_topic_on_every_page(slug: str, protocol: Protocol, shape: str) -> None:
    shown = page(slug, protocol, shape)
    assert set(TOPICS) <= set(chain.from_iterable(step.anchors for step in shown.steps))
    ids = shown.root.found("id")
    assert len(ids) == len(set(ids))


@every_page
def test_sentences_name_steps_by_the_numbers_on_the_page(slug: str, protocol: Protocol, shape: str) -> None:
    shown = page(slug, protocol, shape)
    both = (shown.step_of("incoming").number, shown.step_of("outgoing").number)
    named = [tuple(map(int, pair)) for pair in re.findall(r"steps (\d+) and (\d+)", shown.text)]
    assert set(named) <= {both}


def written(template: str, steps: StepCounter) -> Page:
    """A page of these steps alone."""
    return Page(engines["django"].from_string(template).render({"steps": steps}))


def test_a_topic_leads_to_the_first_step_that_names_it() -> None:
    steps = StepCounter()
    shown = written(
        '{% steps %}{% step topics="password" %}Profile{% endstep %}{% endsteps %}'
        '{% steps %}{% step topics="password incoming" %}By hand{% endstep %}{% endsteps %}',
        steps,
    )
    assert [step.anchors for step in shown.steps] == [["password"], ["incoming"]]
    assert steps.outline() == Outline(((GuideStep(1, ("password",)),), (GuideStep(2, ("incoming",)),)))


def test_a_step_without_a_topic_has_its_number_as_a_name() -> None:
    shown = written(
        "{% steps %}{% step %}One{% endstep %}{% step %}Two{% endstep %}{% endsteps %}", StepCounter()
    )
    assert [step.anchors for step in shown.steps] == [["step-1"], ["step-2"]]
    assert [step.part.text for step in shown.steps] == ["One", "Two"]


def test_a_step_keeps_markup_and_escapes_values() -> None:
    template = "{% steps %}{% step %}<b>{{ name }}</b>{% endstep %}{% endsteps %}"
    shown = engines["django"].from_string(template).render({"steps": StepCounter(), "name": "<script>"})
    assert "<b>&lt;script&gt;</b>" in shown


def test_a_guide_without_steps_has_none() -> None:
    steps = StepCounter()
    written("{% steps %}{% endsteps %}", steps)
    assert steps.outline().count == 0
    assert steps.outline().number_of("password") is None
