"""Settings that are wrong stop the start with the name of the setting."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NO_CERTIFICATE = str(ROOT / "LICENSE")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("CREDENTIALS_KEY", "too short"),
        ("DEBUG", "perhaps"),
        ("TRUSTED_PROXY_COUNT", "-1"),
        ("DATABASE_URL", "nonsense"),
        ("PROBE_ALLOWED_NETWORKS", "10.0.0.0/99"),
        ("PROBE_RESOLVER", "dns.example:53"),
        ("PROBE_HOSTS", "mail.example.com"),
        ("PROBE_CA_FILE", "/nowhere/ca.pem"),
        ("OIDC_PROVIDERS", "{"),
        ("PROFILE_SIGNING_CERT", NO_CERTIFICATE),
    ],
)
def test_a_wrong_setting_stops_the_start_with_its_name(name: str, value: str) -> None:
    environment = {**os.environ, "PROFILE_SIGNING_KEY": NO_CERTIFICATE, name: value}
    done = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        env={**environment, "DJANGO_SETTINGS_MODULE": "portal.settings"},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("django.core.exceptions.ImproperlyConfigured: " + name)
