"""The facts about mail apps, and how they are found."""

import re
from pathlib import Path

import pytest

from mailsetup.formats import FORMATS
from mailsetup.guides import clients
from mailsetup.guides.clients import GUIDES, NO_LONGER_MADE, TERMINAL, Guide, Platform, guides_for
from mailsetup.guides.outline import template_of

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
every_guide = pytest.mark.parametrize("guide", GUIDES.values(), ids=GUIDES)


def test_every_file_is_a_guide_and_every_guide_has_a_rank_of_its_own() -> None:
    """A file is found without being named anywhere; its place in lists is said in it alone."""
    parts = {"__init__", "base", "messages"}
    files = {path.stem for path in Path(clients.__file__).parent.glob("*.py")} - parts
    assert {slug.replace("-", "_") for slug in GUIDES} == files
    ranks = [guide.rank for guide in GUIDES.values()]
    assert ranks == sorted(set(ranks))
    assert list(GUIDES)[-1] == "other"


@every_guide
def test_facts_are_whole(guide: Guide) -> None:
    assert guide.evidence
    assert guide.hue in range(0, 331, 30)
    assert len(guide.tile) == 2
    assert guide.minutes > 0
    assert guide.platforms
    assert bool(guide.protocols) == (guide.status != "retired")
    assert set(guide.proof) == set(guide.protocols)
    assert re.fullmatch(r"20\d\d(-\d\d){0,2}", guide.since)
    assert guide.finds
    assert guide.checked
    assert set(guide.files) <= set(FORMATS)
    assert guide.way != "file" or guide.files
    assert bool(guide.profile_minutes) <= bool(guide.profile)


@every_guide
def test_its_prose_is_in_a_folder_of_its_own(guide: Guide) -> None:
    assert (TEMPLATES / template_of(guide)).parent.name == guide.slug
    assert (TEMPLATES / template_of(guide)).is_file()


@every_guide
def test_a_discontinued_app_names_one_to_take_instead(guide: Guide) -> None:
    assert bool(guide.instead) == (guide.status != "current")
    if guide.instead:
        other = GUIDES[guide.instead]
        assert other.status == "current"
        assert set(guide.platforms) & set(other.platforms)


def test_guides_are_offered_for_the_platform_they_run_on() -> None:
    windows = [guide.slug for guide in guides_for(Platform.WINDOWS)]
    assert windows[:2] == ["outlook-classic", "outlook-new"]
    assert "windows-live-mail" not in windows, "what is no longer made is offered apart"
    assert "neomutt" not in [guide.slug for guide in guides_for(Platform.LINUX)]
    assert {guide.slug for guide in NO_LONGER_MADE} == {"windows-live-mail", "windows-mail", "gmail-web"}
    assert {"neomutt", "alpine"} < {guide.slug for guide in TERMINAL}
    assert "apple-mail-iphone" not in windows
    assert guides_for(Platform.IOS)[0].slug == "apple-mail-iphone"
    assert "other" not in windows
    assert all(platform in GUIDES["other"].platforms for platform in Platform)
