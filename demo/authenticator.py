"""The second step of the demo's support staff, for who has no authenticator app at hand.

python -m demo.authenticator
"""

import base64
import os
import time
from pathlib import Path
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from demo.fingerprint import CHECKOUT
from demo.state import STAFF_EMAIL, DemoState

STEP_SECONDS = 30


def code(key: str, at: float) -> str:
    """What an app shows at that moment (RFC 6238)."""
    # RFC 6238 section 1.2 has SHA-1, and so have all apps.
    return TOTP(base64.b32decode(key), 6, SHA1(), STEP_SECONDS).generate(int(at)).decode()  # noqa: S303


def app_address(key: str, issuer: str) -> str:
    """What an authenticator app takes, as a link or drawn as a code."""
    label = quote(f"{issuer}:{STAFF_EMAIL}")
    return f"otpauth://totp/{label}?{urlencode({'secret': key, 'issuer': issuer}, quote_via=quote)}"


def main() -> None:
    state = DemoState.in_folder(Path(os.environ.get("MAILWAY_STATE") or CHECKOUT / "var").resolve())
    now = time.time()
    print(f"{code(state.authenticator_key, now)}  (for {STEP_SECONDS - int(now) % STEP_SECONDS} seconds)")


if __name__ == "__main__":
    main()
