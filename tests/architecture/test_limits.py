"""Every limit and lifetime is a setting of its room, with its unit in its name, and is documented."""

import ast
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from django.core.exceptions import ImproperlyConfigured

from portal import environment
from tests.architecture.rooms import ROOT, limits, structs

# The last word of a name says what is counted; how many of something there may be is a count or a limit.
UNITS = ("SECONDS", "MINUTES", "HOURS", "DAYS", "BYTES", "CHARACTERS", "PERCENT", "STEPS", "COUNT", "LIMIT")
LIMITS = limits()
NAMES = [name for name, _field in LIMITS]
every_limit = pytest.mark.parametrize(("name", "field"), LIMITS, ids=NAMES)

DOCUMENTED = {
    name: (what, unit, default)
    for name, what, unit, default in re.findall(
        r"^\| `([A-Z_]+)` \| (.+) \| (.+) \| (.+) \|$",
        (ROOT / "docs/configuration.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
}
EXAMPLES = {
    name: (what, default)
    for what, name, default in re.findall(
        r"^# (.+)\n#?([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE
    )
}


def test_rooms_are_found_and_share_no_name() -> None:
    assert {"INVITATION_DAYS", "REQUEST_BODY_MAX_BYTES"} <= set(NAMES)
    assert len(NAMES) == len(set(NAMES))


@every_limit
def test_a_limit_has_a_unit_and_a_default_within_its_range(name: str, field: Any) -> None:
    assert name.endswith(UNITS)
    number = msgspec.inspect.type_info(field.type)
    assert isinstance(number, msgspec.inspect.IntType | msgspec.inspect.FloatType)
    assert number.ge is not None or number.gt is not None, "it may be negative"
    assert number.le is not None or number.lt is not None, "it may be so large that a date overflows"
    assert msgspec.convert(field.default, field.type) == field.default


@pytest.mark.parametrize("kind", list(structs()), ids=lambda kind: kind.__name__)
def test_a_wrong_limit_is_named(kind: type[msgspec.Struct], monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.room(kind) == kind()
    for field in msgspec.structs.fields(kind):
        for wrong in ("soon", "-1", ""):
            with monkeypatch.context() as this_time:
                this_time.setenv(field.name.upper(), wrong)
                with pytest.raises(ImproperlyConfigured, match=f"^{field.name.upper()} can't .+ “{wrong}”"):
                    environment.room(kind)


@every_limit
def test_a_limit_is_documented_with_its_unit_and_default(name: str, field: Any) -> None:
    what, unit, default = DOCUMENTED[name]
    assert default == str(field.default)
    assert name.endswith((unit.upper(), "COUNT", "LIMIT"))
    assert EXAMPLES[name] == (what, str(field.default))


@pytest.mark.parametrize(
    ("pair", "sentence"),
    [
        (
            {"SIGN_IN_MINUTES": 10, "SIGN_IN_CODE_MINUTES": 11},
            "SIGN_IN_CODE_MINUTES can't be used: it is 11, and a code lives no longer than its sign-in "
            "(SIGN_IN_MINUTES is 10).",
        ),
        (
            {"DATABASE_POOL_MAX_COUNT": 5, "DATABASE_POOL_MIN_COUNT": 6},
            "DATABASE_POOL_MIN_COUNT can't be used: it is 6 and DATABASE_POOL_MAX_COUNT is 5.",
        ),
        (
            {"TEST_QUEUE_SECONDS": 121, "SEALED_PASSWORD_SECONDS": 120},
            "SEALED_PASSWORD_SECONDS can't be used: it is 120, and a test may wait 121 for its worker "
            "(TEST_QUEUE_SECONDS).",
        ),
        (
            {"WORKER_HEARTBEAT_SECONDS": 35, "WORKER_SILENCE_SECONDS": 35},
            "WORKER_SILENCE_SECONDS can't be used: it is 35, and a worker says only every 35 seconds "
            "(WORKER_HEARTBEAT_SECONDS) that it is alive.",
        ),
        (
            {"SETUP_LINK_MAX_HOURS": 48, "SETUP_LINK_HOURS": 49},
            "SETUP_LINK_HOURS can't be used: it is 49, more than SETUP_LINK_MAX_HOURS (48).",
        ),
    ],
    ids=lambda given: given.split()[0] if isinstance(given, str) else None,
)
def test_two_limits_that_do_not_fit_are_named(
    pair: dict[str, int], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One less of what is too much, or one more of what is too little, and they do."""
    (first, held), (second, wrong) = pair.items()
    room = next(kind for kind in structs() if first.lower() in kind.__struct_fields__)
    monkeypatch.setenv(first, str(held))
    monkeypatch.setenv(second, str(wrong))
    with pytest.raises(ImproperlyConfigured, match=f"^{re.escape(sentence)}$"):
        environment.room(room)
    nearest = wrong - 1 if wrong > held else wrong + 1
    monkeypatch.setenv(second, str(nearest))
    assert getattr(environment.room(room), second.lower()) == nearest


@pytest.mark.parametrize("kind", list(structs()), ids=lambda kind: kind.__name__)
def test_limits_are_named_where_they_are_given_and_stay_as_they_are(kind: type[msgspec.Struct]) -> None:
    first = msgspec.structs.fields(kind)[0]
    with pytest.raises(TypeError):
        kind(first.default)
    with pytest.raises(AttributeError):
        setattr(kind(), first.name, first.default)


# --- Nothing that is a limit stands anywhere else -----------------------------------------------------

LOOKED_AT = ("portal", "accounts", "mailsetup", "components")
LIMITING = re.compile(
    r"(seconds?|minutes?|hours?|days?|weeks?|bytes|characters|age|count|limit|lifetime|patience|silence"
    r"|timeout|deadline|interval|window|tolerance|expiry|length|size|max|min)$",
    re.IGNORECASE,
)
ALLOWED = {
    "mailsetup/clientconfig/address.py ADDRESS_MAX": "RFC 5321 section 4.5.3.1",
    "mailsetup/clientconfig/address.py LOCAL_PART_MAX": "RFC 5321 section 4.5.3.1",
    "mailsetup/formats/autoconfig.py _DISPLAY_NAME_MAX": "the format's own",
    "mailsetup/formats/autoconfig.py _DISPLAY_SHORT_NAME_MAX": "the format's own",
    "mailsetup/setup_links/codes.py CODE_LENGTH": "what a thumb types and a phone call can say",
    "mailsetup/formats/thunderbird_qr.py EASY_TO_SCAN_CHARACTERS": "desktop Thunderbird's own",
    "mailsetup/discovery/misses.py SECONDS": "the minute in the setting's name",
    "mailsetup/discovery/records.py _TXT_MAX": "RFC 1035 section 3.3",
    "mailsetup/formats/mobileconfig.py _NAME_MAX": "the format's own",
    "mailsetup/formats/pacc.py _NAME_MAX": "the format's own",
    "mailsetup/formats/pacc.py _SHORT_NAME_MAX": "the format's own",
    "mailsetup/connection_tests/explanations/apps.py _LONG_LIVED_DAYS": "Apple's own",
    "mailsetup/probes/wire/network.py _ATTEMPT_DELAY_SECONDS": "RFC 8305 section 8",
}


def fixed(value: ast.expr) -> bool:
    """Whether an expression is made of numbers alone: `300`, `15 * 60`, `timedelta(days=7)`."""
    if isinstance(value, ast.Constant):
        return isinstance(value.value, int | float) and not isinstance(value.value, bool)
    if isinstance(value, ast.BinOp):
        return fixed(value.left) and fixed(value.right)
    return is_timedelta(value) and all(
        fixed(part) for part in (*value.args, *(keyword.value for keyword in value.keywords))
    )


def is_timedelta(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and ast.unparse(value.func).endswith("timedelta")


def named_values(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """What constants are called, and what dictionaries keep under a name."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name.isupper():
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if name.isupper():
                yield name, value
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant):
                        yield str(key.value), value


def findings(source: str) -> list[str]:
    return [
        name
        for name, value in named_values(ast.parse(source))
        if fixed(value) and (is_timedelta(value) or LIMITING.search(name))
    ]


@pytest.mark.parametrize(
    "source",
    [
        "WAIT = timedelta(days=7)",
        "KEEP_DAYS: int = 7",
        "CODE_TIMEOUT = 15 * 60",
        "class Middleware:\n    INTERVAL_SECONDS = 300",
        "OPTIONS = {'pool': {'max_size': 64}}",
    ],
)
def test_a_limit_in_the_code_is_seen(source: str) -> None:
    assert findings(source)


def test_no_limit_stands_outside_of_app_settings() -> None:
    found = {
        f"{file.relative_to(ROOT).as_posix()} {name}"
        for package in LOOKED_AT
        for file in sorted((ROOT / package).rglob("*.py"))
        if file.name != "app_settings.py" and "migrations" not in file.parts
        for name in findings(file.read_text(encoding="utf-8"))
    }
    assert found == set(ALLOWED)
