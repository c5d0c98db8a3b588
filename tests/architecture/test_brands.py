"""One installation may serve several brands one day: only what knows the request knows which one."""

from tests.architecture.rooms import ROOT

LOOKED_AT = ("portal", "accounts", "mailsetup")
# A command has no request: it speaks for the installation.
WITHOUT_A_REQUEST = {
    "mailsetup/hosting/management/lookup.py",
    "mailsetup/discovery/management/commands/dns_report.py",
}


def test_the_brand_is_passed_down_from_the_request() -> None:
    readers = {
        file.relative_to(ROOT).as_posix()
        for package in LOOKED_AT
        for file in (ROOT / package).rglob("*.py")
        if "settings.BRAND" in file.read_text(encoding="utf-8")
    }
    assert readers == {"accounts/brands.py", *WITHOUT_A_REQUEST}
