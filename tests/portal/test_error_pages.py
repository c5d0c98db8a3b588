"""What a person sees when something is wrong; all of it without a database."""

import logging
import re

import pytest
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

pytestmark = pytest.mark.urls("tests.portal.broken_urls")


@pytest.mark.parametrize(
    ("path", "status", "headline"),
    [
        ("/nowhere/", 404, "This page isn’t here"),
        ("/forbidden/", 403, "This page isn’t open to you"),
        ("/suspicious/", 400, "We couldn’t read that request"),
        ("/broken/token/", 500, "Something broke on our side"),
    ],
)
def test_each_error_has_its_page(visitor: Client, path: str, status: int, headline: str) -> None:
    response = visitor.get(path)
    page = response.content.decode()
    assert response.status_code == status
    assert f"<h1>{headline}</h1>" in page
    assert f"<title>{headline} · Northwind Hosting</title>" in page


@pytest.mark.parametrize("path", ["/nowhere/", "/broken/token/"])
def test_error_pages_keep_the_strict_policy(visitor: Client, path: str) -> None:
    policy = visitor.get(path).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_reference_on_the_page_is_the_one_in_the_log(
    visitor: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, logger="portal.views"):
        page = visitor.get("/broken/secret-token/").content.decode()
    found = re.search(r"<code[^>]*>(E-[A-HJKMNP-Z2-9]{4})</code>", page)
    assert found is not None
    lines = [record.getMessage() for record in caplog.records if record.name == "portal.views"]
    assert len(lines) == 1
    assert found[1] in lines[0]
    assert "secret-token" not in lines[0]


def test_a_broken_error_page_still_gives_a_reference(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> str:
        raise OSError("no templates here")

    monkeypatch.setattr("portal.views.render_to_string", fail)
    response = visitor.get("/broken/token/")
    assert response.status_code == 500
    assert re.fullmatch(rb"Something broke on our side\. Reference: E-\w{4}\n", response.content)


def csrf_failure_page(referer: str) -> HttpResponse:
    client = Client(enforce_csrf_checks=True)
    headers = {"referer": referer} if referer else {}
    response = client.post("/forbidden/", headers=headers)
    assert response.status_code == 403
    return response


def test_a_form_without_a_token_says_what_to_do_and_leads_back() -> None:
    page = csrf_failure_page("http://testserver/test/").content.decode()
    assert "This form was open for too long" in page
    assert 'href="http://testserver/test/"' in page


def test_a_form_from_elsewhere_is_not_linked() -> None:
    assert b"evil.example" not in csrf_failure_page("http://evil.example/form").content


@pytest.mark.parametrize(
    ("template", "headline"),
    [
        ("429.html", "That was a lot in a short time"),
        ("home/no_domain.html", "There’s no domain here"),
    ],
)
def test_pages_that_views_and_libraries_ask_for(rf: RequestFactory, template: str, headline: str) -> None:
    assert f"<h1>{headline}</h1>" in render(rf.get("/"), template).content.decode()


def test_the_500_page_needs_nothing_but_a_reference() -> None:
    assert "E-58F2" in render_to_string("500.html", {"reference": "E-58F2"})


def test_the_sign_of_life_asks_nobody(visitor: Client) -> None:
    response = visitor.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response.headers["Cache-Control"]
