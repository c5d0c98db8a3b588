"""The small parts of which a page has dozens; the larger ones are templates in templates/components/.

As a function each costs a fraction of what a template inside a template does.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()

_ICONS = {"ok": "check", "warn": "alert", "bad": "cross", "run": "pulse"}


@register.simple_tag
@cache
def icon(name: str, *, kind: str = "icon", flip: bool = False) -> SafeString:
    """The drawing called `name` in components/sprite.html, which says nothing to those who can't see it.

    `kind` is "pic" for a picture that is wider; `flip` turns an arrow round where people read from the right.
    """
    turned = SafeString(" data-flip") if flip else ""
    return format_html('<svg class="{}" aria-hidden="true"{}><use href="#i-{}"/></svg>', kind, turned, name)


@register.simple_tag
def state_icon(state: str) -> SafeString:
    """The drawing for how something went: "ok", "warn", "bad", "run"; a dash for what did not happen."""
    return icon(_ICONS.get(state, "skip"))


@register.simple_tag
def telephone(number: str) -> SafeString:
    """The number as it was set, which a phone calls when it is touched (RFC 3966)."""
    dialled = "".join(each for each in number if each.isdigit() or each == "+")
    return format_html('<a class="num nowrap" href="tel:{}">{}</a>', dialled, number)


@register.simple_tag(takes_context=True)
def copy_button(context: Context, value: object, label: str, *, short: bool = False) -> SafeString:
    """A button that copies `value`; `label` says what that is ("Copy receiving server"), `short` hides words.

    Nothing where the page has `paper`, which has nothing to press.
    """
    if context.get("paper"):
        return SafeString("")
    words = SafeString("")
    if not short:
        words = format_html('<span class="no">{}</span><span class="yes">{}</span>', _("Copy"), _("Copied"))
    return format_html(
        '<button class="copy" type="button" data-needs-js data-copy="{}" aria-label="{}">'
        '<span class="no">{}</span><span class="yes">{}</span>{}</button>',
        *(value, label, icon("copy"), icon("check"), words),
    )


@register.simple_tag(takes_context=True)
def setting(
    context: Context, label: str, value: object = "", *, copy: str = "", do: str = "", text: object = ""
) -> SafeString:
    """One row of dl.settings: a `value` to copy as it is, by a button that is called `copy`.

    In its place `do`, something to tick or choose, or `text`.
    """
    if value:
        shown = format_html("<code>{}</code>{}", value, copy_button(context, value, copy))
    elif do:
        shown = format_html('<span class="do">{}{}</span>', icon("check"), do)
    else:
        shown = format_html("{}", text)
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", label, shown)


@register.simple_tag
def step_rows(steps: Iterable[Any]) -> SafeString:
    """The rows of ol.track.live: what the steps of one service of a test came to.

    A step has an `id`, its `place`, its `state` and the `word` for it, a `title`, a `text`, a `time`, the
    number of its `fix` or None, and whether it is `new` to the browser.
    """
    return SafeString("".join(map(_step_row, steps)))


def _step_row(step: Any) -> SafeString:
    if step.state in ("wait", "run"):
        node = format_html('<span aria-hidden="true">{}</span>', step.place)
    else:
        node = state_icon(step.state)
    text = format_html("<p>{}</p>", step.text) if step.text else SafeString("")
    fix = SafeString("")
    if step.fix:
        place = "#fix" if step.fix == 1 else f"#fix-{step.fix}"
        fix = format_html('<p><a href="{}">{}</a></p>', place, _("See the fix"))
    return format_html(
        '<li id="{}" data-state="{}"{}><span class="node">{}</span>'
        '<div class="what"><h3><span class="sr-only">{}: </span>{}</h3>{}{}</div>'
        '<span class="time">{}</span></li>',
        *(step.id, step.state, SafeString(" data-new" if step.new else ""), node),
        *(step.word, step.title, text, fix, step.time),
    )
