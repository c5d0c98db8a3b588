"""Whatever comes to the doors for programs gets a whole document or a defined status."""

import json
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from django.core.cache import caches
from django.test import Client
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.formats.test_autodiscover import ASKED

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("provider")]
# The fourth is one of another script that looks like ours.
DOMAINS = ["example.com", "example.net", "EXAMPLE.COM", "exаmple.com", "stranger.example", ""]
PATHS = ["/mail/config-v1.1.xml", "/.well-known/user-agent-configuration.json", "/", "/accounts/login/"]
often = hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# Local parts that mean something to XML, JSON, headers, SQL and paths.
NASTY = st.text(max_size=60) | st.sampled_from(
    ["<", "&", '"', "'", "]]>", "%0d%0a", "\0", "../", "%", "{}", "a" * 10_000, "\N{PILE OF POO}", "аnna"]
)


@often
@given(NASTY, st.sampled_from(DOMAINS))
@example("%0d%0aX: y", "example.com")
def test_autoconfig(local_part: str, domain: str) -> None:
    caches["default"].clear()
    answer = Client().get(f"/mail/config-v1.1.xml?emailaddress={quote(f'{local_part}@{domain}')}")
    assert answer.status_code in (200, 404)
    if answer.status_code == 200:
        root = ET.fromstring(answer.content)
        told = root.find("emailProvider")
        assert told is not None
        assert told.get("id") in ("example.com", "example.net")
        for server in [*told.iter("incomingServer"), *told.iter("outgoingServer")]:
            username = server.findtext("username") or ""
            typed = local_part.strip().lower().replace(" ", "+")
            assert typed.startswith(username.removesuffix("@example.com"))
    assert "X" not in answer.headers


@often
@given(st.binary(max_size=300) | NASTY.map(str.encode))
@example(ASKED.encode("utf-16"))
@example(b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>')
@example(b"")
def test_autodiscover(body: bytes) -> None:
    caches["default"].clear()
    path = "/autodiscover/autodiscover.xml"
    answer = Client().post(path, body, content_type="text/xml", headers={"host": "autodiscover.example.com"})
    assert answer.status_code in (200, 413)
    if answer.status_code == 200:
        ET.fromstring(answer.content)


@often
@given(NASTY, NASTY)
def test_the_json_of_autodiscover(protocol: str, address: str) -> None:
    query = f"Email={quote(address)}&Protocol={quote(protocol)}"
    answer = Client().get(f"/autodiscover/autodiscover.json?{query}")
    assert answer.status_code in (200, 400)
    assert json.loads(answer.content)


@often
@given(
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=80),
    st.sampled_from(PATHS),
)
def test_any_host_name(host: str, path: str) -> None:
    caches["default"].clear()
    answer = Client().get(path, headers={"host": host})
    assert answer.status_code in (200, 302, 400, 404)
    if path in ("/", "/accounts/login/") and host not in ("testserver", "localhost", "127.0.0.1"):
        assert answer.status_code in (400, 404), "the site answers on its own names alone"
