"""One installation may serve several brands one day: only what knows the request knows which one."""

from tests.architecture.rooms import ROOT

LOOKED_AT = ("portal", "accounts", "mailsetup", "components")


def test_the_brand_is_passed_down_from_the_request() -> None:
    readers = {
        file.relative_to(ROOT).as_posix()
        for package in LOOKED_AT
        for file in (ROOT / package).rglob("*.py")
        if "settings.BRAND" in file.read_text(encoding="utf-8")
    }
    assert readers == {"accounts/brands.py"}


def test_who_has_no_request_speaks_for_the_installation() -> None:
    speakers = {
        file.relative_to(ROOT).as_posix()
        for package in LOOKED_AT
        for file in (ROOT / package).rglob("*.py")
        if "installation_brand()" in file.read_text(encoding="utf-8")
    }
    assert speakers == {
        "accounts/brands.py",
        "mailsetup/hosting/management/lookup.py",
        "mailsetup/discovery/management/commands/dns_report.py",
        # Whether its colour can be read is said at the start.
        "portal/checks.py",
        # What is kept for programs is made before anybody asks.
        "mailsetup/discovery/index.py",
        # The worker mails it, days after the request.
        "mailsetup/watch/notices.py",
    }
