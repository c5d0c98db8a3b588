"""No log has a token that opens something: asked for in every way, at DEBUG, by whatever handler."""

import http.client
import io
import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from portal.logs import REMOVED
from tests.parts.daemon import Daemon, free_ports

ROOT = Path(__file__).parents[2]
CANARY = "Zk3vQ9_canary-7Lw0pXaB"
OPENS = ("token", "key")


def addresses(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    """Each address of the portal that a token or a key is part of, with the canary in its place."""
    for pattern in resolver.url_patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, path)
        elif isinstance(pattern, URLPattern) and any(f"{name}>" in path for name in OPENS):
            yield filled(path)


def filled(path: str) -> str:
    for name in OPENS:
        path = path.replace(f"<str:{name}>", CANARY)
    path = path.replace(
        "^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$", f"password/reset/key/1-{CANARY}/"
    )
    for before, after in [
        ("<slug:client>", "other"),
        ("<slug:slug>", "apple-mail"),
        ("<slug:protocol>", "imap"),
        ("<reference:reference>", "K7QM-4T2N"),
        ("<written:form>", "txt"),
    ]:
        path = path.replace(before, after)
    assert "<" not in path, path
    return path


WITH_A_TOKEN = sorted(set(addresses(get_resolver())))


def test_all_of_them_are_found() -> None:
    assert {
        f"/s/{CANARY}/",
        f"/s/{CANARY}/test/",
        f"/accounts/invitations/{CANARY}/",
        f"/accounts/password/reset/key/1-{CANARY}/",
    } <= set(WITH_A_TOKEN)


@pytest.mark.django_db
@pytest.mark.parametrize("address", WITH_A_TOKEN)
def test_no_request_leaves_its_token_in_a_log(
    address: str, caplog: pytest.LogCaptureFixture, no_broker: list[int]
) -> None:
    browser = Client(raise_request_exception=False)
    with caplog.at_level(logging.DEBUG):
        for path in (address, address.rstrip("/"), f"{address}nothing/", quote(address).replace("-", "%2D")):
            browser.get(path)
            browser.post(path, {"password": "x"})
            browser.put(path)
        browser.get("/accounts/nothing/", {"next": address, "code": CANARY, "state": CANARY})
    assert "/accounts/nothing/" in caplog.text
    assert CANARY not in caplog.text


@pytest.mark.parametrize(
    "text",
    [
        f"GET /s/{CANARY}/ HTTP/1.1",
        f"path is s/{CANARY}/nothing",
        f"/accounts/login/?next=%2Fs%2F{CANARY}%2Ftest%2F",
        f"/accounts/login/?next=%252Fs%252F{CANARY}%252F",
        f"https://portal.example/accounts/invitations/{CANARY}/",
        f"/accounts/login/?next=/accounts/invitations/{CANARY}",
        f"/accounts/password/reset/key/3f-{CANARY}/",
        f"/accounts/oidc/okta/login/callback/?state={CANARY}&code={CANARY}",
        f"/?next=%2Fcallback%3Fcode%3D{CANARY}%26state%3D{CANARY}",
        f"Failed lookup for key [x] in {{'token': '{CANARY}', 'a': 1}}",
        f"Setup(address='a@b.c', token='{CANARY}')",
        f"The full contents of the message body was: b'[[7, \"{CANARY}\"], {{}}]'",
        f"The full contents of the message body was:\nb'[[7, \"{CANARY}\"], {{}}]'\n\nThe full",
    ],
)
@pytest.mark.parametrize("place", ["message", "argument", "named argument", "exception"])
def test_every_logger_and_handler_writes_without_it(text: str, place: str) -> None:
    """The logger is one that brings its own handler and hands nothing on, like granian's."""
    written = io.StringIO()
    logger = logging.Logger("granian.access", logging.DEBUG)
    logger.addHandler(logging.StreamHandler(written))
    says: dict[str, Callable[[], None]] = {
        "message": lambda: logger.info(text),
        "argument": lambda: logger.info("Not Found: %s", text),
        "named argument": lambda: logger.info("%(path)s", {"path": text}),
        "exception": lambda: logger.error("It failed.", exc_info=ValueError(text)),
    }
    says[place]()
    assert REMOVED in written.getvalue()
    assert CANARY not in written.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "Not Found: /static/portal/portal.css",
        "GET /setup/anna@example.com/other/imap/ 200",
        "GET /mail/config-v1.1.xml?emailaddress=anna@example.com",
        "Task mailsetup.connection_tests.tasks.run_connection_test[5e4f] succeeded in 0.2s: None",
        "Status code=200 of 3 keys",
    ],
)
def test_what_opens_nothing_stays(text: str, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("anything").warning(text)
    assert caplog.messages == [text]


def test_the_access_log_of_the_web_server_has_none(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    command = ("granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port), "--access-log")
    log = tmp_path / "web.log"
    web = Daemon(
        [sys.executable, "-m", *command, "portal.asgi:application"],
        log,
        environment={**os.environ, "PORTAL_HOSTS": "127.0.0.1", "LOG_LEVEL": "DEBUG"},
        folder=ROOT,
    )
    try:
        web.wait_until_listening(port)
        for path in (f"/s/{CANARY}/no/such/page/at/all", f"/nothing?code={CANARY}"):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            connection.request("GET", path)
            connection.getresponse().read()
            connection.close()
        web.wait_until_logged('"GET /nothing')
    finally:
        web.stop()
    assert f"/s/{REMOVED}" in log.read_text()
    assert CANARY not in log.read_text()
