"""The documentation is held to what runs."""

import re
import tomllib

import pytest
from django.core.management import call_command

from mailsetup.formats import FORMATS
from mailsetup.guides.clients import GUIDES, NO_LONGER_MADE, Grade
from tests.architecture.rooms import ROOT, limits

# Django's, and ours with a default that belongs to the code.
SETTING = re.compile(
    r'(?:env\.\w+|environment\.(?:boolean|number|words|parsed))\(\s*"([A-Z][A-Z_]+)"',
)


def names_in(path: str, pattern: str) -> set[str]:
    return set(re.findall(pattern, (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE))


def test_every_setting_is_in_the_example_and_in_the_documentation() -> None:
    in_code = set(SETTING.findall((ROOT / "portal/settings.py").read_text(encoding="utf-8")))
    assert len(in_code) > 25
    in_code |= {name for name, _field in limits()}
    assert names_in(".env.example", r"^#?([A-Z][A-Z_]+)=") == in_code
    assert names_in("docs/configuration.md", r"^\| `([A-Z_]+)`") == in_code


def test_the_rooms_stand_in_the_documentation_in_the_order_that_lint_holds() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    order = next(contract["layers"] for contract in contracts["contracts"] if contract["id"] == "rooms")
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    assert re.findall(r"^\d+\. `mailsetup/(\w+)(?:/|\.py)`", page, re.MULTILINE) == order
    modules = {path.stem for path in (ROOT / "mailsetup").iterdir() if not path.name.startswith("_")}
    assert modules == set(order)


def test_every_command_is_documented_with_an_example() -> None:
    commands = list((ROOT / "mailsetup").glob("*/management/commands/[a-z]*.py"))
    assert len(commands) >= 8
    for command in commands:
        assert re.search(rf'example = "manage.py {command.stem}\b', command.read_text(encoding="utf-8")), (
            command
        )


def test_every_guide_and_format_says_what_it_stands_on() -> None:
    assert all(guide.evidence for guide in GUIDES.values())
    assert all(file_format.read_by for file_format in FORMATS.values())
    for guide in GUIDES:
        assert (ROOT / f"templates/guides/{guide}/guide.html").is_file()


def test_links_in_the_documentation_lead_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_front_page_of_the_documentation_counts_the_apps_as_the_portal_does() -> None:
    page = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    words = ("none", "one", "two", "three", "four", "five", "six")
    assert f"[{len(GUIDES) - 1} apps](docs/guides.md)" in page
    assert f"{words[len(NO_LONGER_MADE)]} of them no longer made, and any other one" in page


# --- docs/formats.md -----------------------------------------------------------------------------------


def test_the_page_on_formats_has_each_app_as_the_code_has_it() -> None:
    page = (ROOT / "docs/formats.md").read_text(encoding="utf-8")
    told = [
        f"| {reader.app} | `{slug}` | {reader.asks} | {reader.evidence} |"
        for slug, each in FORMATS.items()
        for reader in each.readers
    ]
    assert re.findall(r"^\| [^|]+ \| `[^`]+` \| .+ \|$", page, re.MULTILINE) == told


# --- docs/guides.md ------------------------------------------------------------------------------------


def test_the_page_on_guides_is_what_its_command_writes(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("guides", "--markdown")
    assert (ROOT / "docs/guides.md").read_text(encoding="utf-8") == capsys.readouterr().out


def test_only_apps_that_the_suite_runs_are_called_run() -> None:
    """tests/clients puts the values of these pages into the apps themselves."""
    run = {guide.slug for guide in GUIDES.values() if Grade.RUN in guide.proof.values()} - {"other"}
    files = {"mbsync", "neomutt", "fetchmail", "getmail", "aerc", "offlineimap"}
    assert run == {"thunderbird", "evolution", "claws-mail", "alpine", *files}


# --- docs/security.md ----------------------------------------------------------------------------------

ANSWERS = re.findall(
    r"^\| (\d+)\.(\d+)\.(\d+) \| (\w+) \| (.+) \|$",
    (ROOT / "docs/security.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)


def test_each_line_of_the_standard_is_answered_once_and_in_order() -> None:
    numbers = [tuple(map(int, answer[:3])) for answer in ANSWERS]
    # OWASP ASVS 4.0.3 has 260 lines at level 2.
    assert len(numbers) == 260
    assert numbers == sorted(set(numbers))
    assert {answer[3] for answer in ANSWERS} == {"met", "part", "not", "yours", "none"}
    assert all(answer[4].endswith(".") for answer in ANSWERS)


def test_an_answer_names_settings_and_files_that_exist() -> None:
    named = re.findall(r"`([^`]+)`", " ".join(answer[4] for answer in ANSWERS))
    settings = {name.partition("=")[0] for name in named if re.fullmatch(r"[A-Z_]+(=\d+)?", name)}
    assert settings - {"NAME_FILE"} <= names_in("docs/configuration.md", r"^\| `([A-Z_]+)`")
    paths = [name for name in named if "/" in name and re.fullmatch(r"[\w./]+", name) and name != "/"]
    rooms = ("", "mailsetup/")
    assert paths
    assert [path for path in paths if not any((ROOT / room / path).exists() for room in rooms)] == []


def test_what_make_mutants_looks_at_and_runs_is_there() -> None:
    """Nobody runs it every day, so a test that is called otherwise by now would go unnoticed."""
    targets = tomllib.loads((ROOT / "tests/mutants/targets.toml").read_text(encoding="utf-8"))["target"]
    named = [one for target in targets for one in target["tests"] if not one.startswith("-")]
    assert len(named) > 20
    for one in named:
        path, _colons, name = one.partition("::")
        assert not name or f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), one
    paths = [
        *(one.partition("::")[0] for one in named),
        *(one for target in targets for one in target["modules"]),
    ]
    assert [path for path in paths if not (ROOT / path).exists()] == []
