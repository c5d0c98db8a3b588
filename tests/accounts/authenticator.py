"""An authenticator app (RFC 6238)."""

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

STEP_SECONDS = 30


def code_for(secret: str) -> str:
    """What the app shows now (RFC 6238)."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // STEP_SECONDS))


def enrol(browser: Client) -> str:
    """Set the app up in this browser; returns the secret."""
    page = browser.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200, page.headers
    secret: str = page.context["form"].secret
    answer = browser.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)})
    assert answer.status_code == 302, answer.content.decode()
    return secret
