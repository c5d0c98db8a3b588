"""A hoster's name, colour and logo, by three settings."""

import base64
import hashlib
import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.test import Client
from pytest_django.fixtures import Settings

from portal.environment import image
from tests.portal.installation import settings_of
from tests.portal.test_start import started

PNG = b"\x89PNG and so on"


def test_the_pages_carry_the_colour_and_the_policy_lets_that_through_and_nothing_else(
    client: Client, db: None, settings: Settings
) -> None:
    settings.BRAND = {**settings.BRAND, "colour": "#a4123f"}
    [style] = re.findall(r"<style>(.*?)</style>", client.get("/accounts/login/").content.decode())
    assert style == ":root{--brand:#a4123f}"
    policy = settings_of({"BRAND_COLOUR": "#A4123F"})["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["style-src"]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == ["'self'", f"'sha256-{digest}'"]


def test_without_a_colour_no_style_is_let_through(client: Client, db: None) -> None:
    assert "<style" not in client.get("/accounts/login/").content.decode()
    assert settings_of({})["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["style-src"] == ["'self'"]


def test_the_logo_is_on_every_page_on_error_pages_too(
    client: Client, db: None, tmp_path: Path, settings: Settings
) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(PNG)
    settings.BRAND = {**settings.BRAND, "logo": image(str(file), max_bytes=100)}
    picture = f'<img src="data:image/png;base64,{base64.b64encode(PNG).decode()}" alt="">'
    assert picture in client.get("/accounts/login/").content.decode()
    assert picture in client.get("/nowhere/").content.decode()


def test_a_logo_that_is_too_large_stops_the_start_with_its_size(tmp_path: Path) -> None:
    file = tmp_path / "logo.svg"
    file.write_text("<svg/>" * 100)
    sentence = f"BRAND_LOGO can't be used: {file} has 600 bytes, and as part of every page it may have 599."
    with pytest.raises(ImproperlyConfigured, match=f"^{re.escape(sentence)}$"):
        settings_of({"BRAND_LOGO": str(file), "BRAND_LOGO_MAX_BYTES": "599"})
    assert settings_of({"BRAND_LOGO": str(file), "BRAND_LOGO_MAX_BYTES": "600"})["BRAND"]["logo"]


@pytest.mark.parametrize(
    ("colour", "contrast"),
    [
        ("#1b6a8f", None),
        ("#767676", None),
        ("#777777", "4.5"),
        ("#ffe000", "1.3"),
        ("#ffffff", "1.0"),
        ("", None),
    ],
)
def test_a_colour_that_can_not_be_read_is_remarked_on_and_taken(
    colour: str, contrast: str | None, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.BRAND = {**settings.BRAND, "colour": colour}
    call_command("check", fail_level="WARNING")
    said = capsys.readouterr().err
    if contrast is None:
        assert "BRAND_COLOUR" not in said
    else:
        assert (
            f"BRAND_COLOUR is {colour}, which has a contrast of {contrast} to white; text needs 4.5." in said
        )


def test_the_remark_is_said_at_the_start() -> None:
    done = started({"BRAND_COLOUR": "#ffe000"}, "import portal.wsgi")
    assert done.returncode == 0
    assert "BRAND_COLOUR is #ffe000" in done.stderr
