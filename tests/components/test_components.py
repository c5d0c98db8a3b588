"""What the small parts of a page write: words of others are text in them, and paper has nothing to press."""

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
