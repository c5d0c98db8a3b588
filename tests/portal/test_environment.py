"""How a limit is read from the environment."""

from pathlib import Path
from typing import Annotated

import msgspec
import pytest
from django.core.exceptions import ImproperlyConfigured
from msgspec import Meta

from accounts.app_settings import AccountSettings
from portal import environment
from portal.app_settings import PortalSettings


class Kitchen(msgspec.Struct, frozen=True, kw_only=True):
    guests_limit: Annotated[int, Meta(ge=1, le=12)] = 4
    boil_minutes: Annotated[float, Meta(gt=0, lt=10)] = 4.5
    # In one test only: django-environ keeps what it has read from a file for as long as the process lives.
    plates_count: Annotated[int, Meta(ge=1, le=99)] = 8

    def __post_init__(self) -> None:
        if self.guests_limit > 6 and self.boil_minutes < 5:
            raise ValueError("BOIL_MINUTES is too short for so many.")


def test_defaults_stand_where_nothing_is_set() -> None:
    kitchen = environment.room(Kitchen)
    assert (kitchen.guests_limit, kitchen.boil_minutes) == (4, 4.5)


def test_a_value_is_read_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUESTS_LIMIT", "6")
    assert environment.room(Kitchen).guests_limit == 6


def test_a_value_is_read_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "plates").write_text("12\n")
    monkeypatch.setenv("PLATES_COUNT_FILE", str(tmp_path / "plates"))
    assert environment.room(Kitchen).plates_count == 12


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (
            "GUESTS_LIMIT",
            "many",
            "GUESTS_LIMIT can't be used: it is “many” and should be a whole number, at least 1, at most 12.",
        ),
        (
            "GUESTS_LIMIT",
            "1.5",
            "GUESTS_LIMIT can't be used: it is “1.5” and should be a whole number, at least 1, at most 12.",
        ),
        (
            "BOIL_MINUTES",
            "nan",
            "BOIL_MINUTES can't be used: it is “nan” and should be a number, more than 0, less than 10.",
        ),
        ("GUESTS_LIMIT", "12", "BOIL_MINUTES is too short for so many."),
    ],
)
def test_a_wrong_value_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.room(Kitchen)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (AccountSettings, "TOTP_TOLERANCE_SECONDS", "45"),
        (PortalSettings, "BROKER_POLLING_SECONDS", "0"),
        # Each of these is well within its range, and doesn't go together with another one.
        (AccountSettings, "SIGN_IN_CODE_MINUTES", "16"),
        (PortalSettings, "DATABASE_POOL_MIN_COUNT", "65"),
    ],
)
def test_limits_that_would_not_work_are_refused(
    monkeypatch: pytest.MonkeyPatch, kind: type[msgspec.Struct], name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=f"^{name} can't be used"):
        environment.room(kind)


def test_a_database_is_named_by_its_service_alone() -> None:
    config = environment.database("postgres:///?service=mailway")
    assert (config["NAME"], config["OPTIONS"]) == ("", {"service": "mailway"})
    with pytest.raises(ValueError, match="it should end with the name of the database"):
        environment.database("postgres:///?application_name=mailway")
