"""A mailbox password is found nowhere: not while it waits, not afterwards, not in any disguise."""

import base64
import binascii
import re
import urllib.parse

import pytest
from cryptography.fernet import Fernet, InvalidToken
from playwright.sync_api import Page

from tests.e2e.portal import OWNER, Portal
from tests.e2e.steps import expect_verdict, sign_in, start_test

ADDRESS = "zoe@lab.test"
WRONG = "Kanarienvogel-4711-falsch"


def disguises(password: str) -> list[str]:
    """The password as it is, and as the protocols, URLs and dumps write it."""
    raw = password.encode()
    sasl_plain = f"\0{ADDRESS}\0{password}".encode()
    encoded = [base64.b64encode(data).decode().rstrip("=") for data in (raw, sasl_plain)]
    return [
        password,
        raw.decode("latin-1"),
        urllib.parse.quote_plus(password),
        password.encode("unicode_escape").decode(),
        binascii.hexlify(raw).decode(),
        *encoded,
        # Base64 of something that the password is the end of, shifted by one and by two.
        *(base64.b64encode(raw[shift:]).decode().rstrip("=")[:-2] for shift in (1, 2)),
    ]


def places(portal: Portal) -> dict[str, str]:
    return {
        "the database": portal.database_dump(),
        "the broker": portal.broker_dump(),
        "the logs and mails": portal.logs(),
    }


def opened_by_what_is_left(portal: Portal) -> tuple[int, int]:
    """How many sealed passwords lie in files, and how many of them open with the keys that lie there, too."""
    left = portal.back_end.read_disk() + (portal.broker_dump() + portal.logs()).encode()
    # The body of a task is base64.
    left += b" ".join(
        binascii.a2b_base64(run[: len(run) // 4 * 4])
        for run in re.findall(rb"[A-Za-z0-9+/]{60,}={0,2}", left)
    )
    # SQLite writes the next column right behind it: 32 characters of a date at most. Base64 comes in fours.
    seals = {
        match[: len(match) - cut]
        for match in re.findall(rb"gAAAA[\w-]{100,}={0,2}", left)
        for cut in range(32)
        if (len(match) - cut) % 4 == 0
    }
    keys = set(re.findall(rb"(?<![\w-])[\w-]{43}=(?![\w=-])", left))
    portal_key = Fernet(portal.environment["CREDENTIALS_KEY"])
    inside = [portal_key.decrypt(seal) for seal in seals if opens(portal_key, seal)]
    # A key of its own would open what is inside.
    return len(inside), sum(opens(Fernet(key), seal) for seal in inside for key in keys)


def opens(key: Fernet, seal: bytes) -> bool:
    try:
        key.decrypt(seal)
    except InvalidToken:
        return False
    return True


def assert_nowhere(password: str, found: dict[str, str]) -> None:
    seen = [(place, form) for place, text in found.items() for form in disguises(password) if form in text]
    assert seen == []


@pytest.mark.parametrize(
    ("password", "headline"),
    [(None, "Everything works"), (WRONG, "One thing to fix")],
    ids=["passing", "failing"],
)
def test_the_password_is_found_nowhere(
    page: Page, portal: Portal, password: str | None, headline: str
) -> None:
    secret = portal.lab.users["zoe"].password if password is None else password
    sign_in(page, OWNER)
    page.goto(f"/setup/{ADDRESS}/test/")
    with portal.worker_held():
        start_test(page, secret)
        page.get_by_role("progressbar").wait_for()
        waiting = places(portal)
        sealed_meanwhile, opened_meanwhile = opened_by_what_is_left(portal)
        running = page.content()
    expect_verdict(page, headline)

    assert_nowhere(secret, {f"{place}, while it waits": text for place, text in waiting.items()})
    assert_nowhere(secret, places(portal))
    assert sealed_meanwhile > 0
    # Redis may have handed the task to the worker that is held.
    if "run_connection_test" in waiting["the broker"]:
        assert opened_meanwhile > 0, "the search finds what is there"
    _left, opened = opened_by_what_is_left(portal)
    assert opened == 0
    assert_nowhere(secret, {"the running test": running, "the finished test": page.content()})
    reference = page.locator(".ref code").inner_text()
    # What was searched did hold the test: an empty dump would prove nothing.
    assert reference in waiting["the database"]
    assert "run_connection_test" in portal.logs()
    # What went over the wire is kept, the line with the password too.
    assert "[password]" in places(portal)["the database"]


def test_the_search_finds_a_password_that_is_there(portal: Portal) -> None:
    with pytest.raises(AssertionError, match="the logs"):
        assert_nowhere(WRONG, {"the logs": "AUTH PLAIN " + disguises(WRONG)[6]})
