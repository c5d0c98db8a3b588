"""Steps that count themselves, and an app's own words. Every template has these tags: they are built-ins
(portal.settings).
"""

import re
from typing import Any

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.brands import portal_host
from mailsetup.clientconfig import ServerSettings
from mailsetup.guides.clients import Grade, Guide

register = template.Library()

# `[[File › Account Settings]]` in a guide: two labels of the app, one after the other.
_LABELS = re.compile(r"\[\[(.+?)\]\]", re.DOTALL)
_THEN = " › "


@register.simple_block_tag(takes_context=True)
def steps(context: Context, content: SafeString) -> SafeString:
    """`{% steps %}…{% endsteps %}`: one way through the guide. Its numbers go on where the last way ended."""
    way = context["steps"].end_way()
    return render_to_string("guides/parts/steps.html", {"way": way, "content": content})


@register.simple_block_tag(takes_context=True)
def step(context: Context, content: SafeString, topics: str = "") -> SafeString:
    """`{% step topics="incoming user_name" %}<h2>…</h2>…{% endstep %}`: one step, with its number to tick.

    Each of the topics is an id to link to: `#incoming`. A step without any is `#step-N`.
    """
    numbered = context["steps"].next_step(topics.split())
    values = {"step": numbered, "content": content}
    values |= {name: context.get(name) for name in ("from_test", "paper")}
    return render_to_string("guides/parts/step.html", values)


@register.simple_block_tag(takes_context=True)
def fastest(context: Context, content: SafeString) -> SafeString:
    """`{% fastest %}<li>…</li>{% endfastest %}`: what is left to do if the app finds the settings by itself.

    It shows where the domain's DNS is known to lead the app to us; else the page says that it is the way by
    hand, and which name should lead here. The numbered steps come after it in any case, always the same.
    """
    values = {
        "guide": context["guide"],
        "lookup": context.get("lookup"),
        "record": context.get("lookup_record"),
        "portal_host": portal_host(),
        "content": content,
    }
    return render_to_string("guides/parts/fastest.html", values)


@register.simple_block_tag(takes_context=True)
def app_words(context: Context, content: SafeString) -> SafeString:
    """Marks what stands in `[[…]]` as the app's own words: menus, fields, ticks and buttons.

    They are not prose: another language shows what the app says in that language. Staff see which of
    them nobody has checked on a device.
    """
    guide: Guide = context["guide"]
    doubts = bool(context.get("for_staff"))

    def marked(found: re.Match[str]) -> str:
        labels = found[1].split(_THEN)
        kind = "menu-path" if len(labels) > 1 else "ui"
        return _THEN.join(_label(label, guide, kind=kind, doubts=doubts) for label in labels)

    return mark_safe(_LABELS.sub(marked, content))  # noqa: S308  # the content is escaped already


def _label(label: str, guide: Guide, *, kind: str, doubts: bool) -> str:
    tag = "b" if kind == "menu-path" else "span"
    doubt = doubts and guide.grade_of(_plain(label)) is Grade.UNVERIFIED
    mark = f'<sup class="doubt" title="{_("Not checked on a device")}">?</sup>' if doubt else ""
    return f'<{tag} class="{kind}">{label}</{tag}>{mark}'


def _plain(label: str) -> str:
    return label.replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")


@register.inclusion_tag("guides/parts/field.html", takes_context=True)
def field(
    context: Context,
    label: str,
    value: object = "",
    *,
    text: str = "",
    do: str = "",
    encryption: ServerSettings | None = None,
    copy: str = "",
) -> dict[str, Any]:
    """`{% field "Port" config.incoming.port %}`: one thing to fill in, under the label that the app gives it.

    `value` is copied as it is; or `text` stands there, or `do` is something to tick or choose, or the app's
    word for the `encryption` of a service. `copy` is the button's name, if "Copy" and the label are not
    enough to tell it from others on the page.
    """
    return {
        "label": label,
        "value": value,
        "text": text,
        "do": do,
        "service": encryption,
        "guide": context["guide"],
        "paper": context.get("paper"),
        "copy_label": copy or _("Copy %(label)s") % {"label": label},
    }


@register.simple_block_tag(takes_context=True)
def sketch(context: Context, content: SafeString, title: str) -> SafeString:
    """`{% sketch title="Add Account" %}…{% endsketch %}`: a window of the app, drawn with our own lines.

    Inside stand panes (`<div>…</div>`) of `{% box %}`, `{% ticked %}` and `{% push %}`. Who can't see it
    hears what stands in it, in the same order. Paper has no room for it.
    """
    if context.get("paper"):
        return SafeString("")
    said = strip_tags(_LABELS.sub(r"\1", content).replace("</span>", "</span>, "))
    words = " ".join(said.split()).replace(" ,", ",").strip(", ")
    values = {"title": title, "content": content, "said": words, "steps": context["steps"]}
    return render_to_string("guides/parts/sketch.html", values)


@register.simple_tag
def box(label: str, value: object) -> SafeString:
    """A field of a sketch with what is typed into it."""
    return format_html('<span>{}</span><span class="box set">{}</span>', label, value)


@register.inclusion_tag("guides/parts/sketch_tick.html")
def ticked(label: str, *, off: bool = False) -> dict[str, Any]:
    """A box or a choice of a sketch, ticked or chosen; `off`: not."""
    return {"label": label, "off": off}


@register.simple_tag
def push(label: str) -> SafeString:
    """The button of a sketch to press."""
    return format_html('<span class="push set">{}</span>', label)
