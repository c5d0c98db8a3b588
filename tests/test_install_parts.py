"""What `make test` says where it may not install anything itself."""

import pytest

from tests import install_parts


def test_names_the_missing_package_and_its_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install_parts, "PACKAGES", {"there": ("/usr",), "mail-thing": ("/no/such/file",)})
    monkeypatch.setattr(install_parts.os, "geteuid", lambda: 1000)

    assert install_parts.main() == 1
    assert capsys.readouterr().err == (
        "The package mail-thing is missing. Install it: "
        "sudo apt-get install --no-install-recommends mail-thing\n"
    )


def test_is_quiet_when_nothing_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install_parts, "PACKAGES", {"there": ("/usr",), "a shell": ("sh",)})

    assert install_parts.main() == 0
    assert capsys.readouterr() == ("", "")
