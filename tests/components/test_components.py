"""What the small parts of a page write: words of others are text in them, and paper has nothing to press."""

from types import SimpleNamespace

import pytest
from django.template import Context, engines

from tests.guides.page import Page

ROW = '{% setting "Server" value copy="Copy receiving server" %}'


def written(template: str, **context: object) -> Page:
    return Page(engines["django"].engine.from_string(template).render(Context(context)))


def test_a_value_stands_beside_the_button_that_copies_it() -> None:
    shown = written(ROW, value="mail.example.com").root
    (button,) = shown.parts("button")
    assert (shown.fields, button.text) == ({"Server": "mail.example.com"}, "Copy Copied")
    assert button.attributes["data-copy"] == "mail.example.com"
    assert button.attributes["aria-label"] == "Copy receiving server"
    assert "data-needs-js" in button.attributes


def test_a_picture_can_do_for_the_button_s_words() -> None:
    (button,) = written('{% copy_button "A" "Copy it" short=True %}').root.parts("button")
    assert (button.text, len(list(button.parts("svg")))) == ("", 2)


def test_something_to_do_and_something_said_have_no_button() -> None:
    shown = written('{% setting "SSL" do="Tick it" %}{% setting "Password" text="Yours" %}')
    assert shown.root.fields == {"SSL": "Tick it", "Password": "Yours"}
    assert not list(shown.root.parts("button"))


def test_paper_has_nothing_to_press() -> None:
    (row,) = written(ROW, value=993, paper=True).root.parts("div")
    assert (row.text, list(row.parts("button"))) == ("Server 993", [])


STEP = {"id": "in-1", "place": 1, "state": "wait", "word": "Not yet", "title": "Connect"}
OF_STEP = {"text": "", "time": "", "fix": None, "new": False}


def steps(**facts: object) -> Page:
    return written("{% step_rows steps %}", steps=[SimpleNamespace(**{**STEP, **OF_STEP, **facts})])


def test_a_step_of_a_test_says_its_state_and_shows_its_place_until_there_is_one() -> None:
    (row,) = steps().root.parts("li")
    assert (row.text, row.attributes["data-state"]) == ("1 Not yet: Connect", "wait")
    assert "data-new" not in row.attributes
    (row,) = steps(state="ok", word="Done", text="It answered", time="3 ms", new=True).root.parts("li")
    assert row.text == "Done: Connect It answered 3 ms"
    assert "data-new" in row.attributes
    assert len(list(row.parts("svg"))) == 1


@pytest.mark.parametrize(("number", "place"), [(1, "#fix"), (2, "#fix-2")])
def test_a_step_that_failed_leads_to_its_problem(number: int, place: str) -> None:
    (link,) = steps(state="bad", fix=number).root.parts("a")
    assert (link.text, link.attributes["href"]) == ("See the fix", place)


@pytest.mark.parametrize("fact", ["id", "word", "title", "text", "time"])
def test_what_a_server_said_is_text_in_a_step(fact: str) -> None:
    html = steps(**{fact: '<b>"&'}).html
    assert '<b>"&' not in html
    assert "&lt;b&gt;&quot;&amp;" in html


@pytest.mark.parametrize("part", [ROW, "{% setting value text=value %}", "{% setting value do=value %}"])
def test_what_others_wrote_is_text(part: str) -> None:
    html = written(part, value='<b>"&').html
    assert '<b>"&' not in html
    assert "&lt;b&gt;&quot;&amp;" in html


@pytest.mark.parametrize(
    ("state", "drawing"),
    [("ok", "check"), ("warn", "alert"), ("bad", "cross"), ("run", "pulse"), ("skip", "skip"), ("", "skip")],
)
def test_each_state_has_its_drawing(state: str, drawing: str) -> None:
    assert f'href="#i-{drawing}"' in written("{% state_icon state %}", state=state).html
