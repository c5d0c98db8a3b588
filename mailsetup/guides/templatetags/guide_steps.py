"""Steps that count themselves, and an app's own words. Every template has these tags: they are built-ins
(portal.settings).
"""

import re
from html import unescape

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.brands import portal_host
from components.templatetags.components import icon, setting
from mailsetup.clientconfig import ServerSettings, SocketType
from mailsetup.guides.clients import Grade, Guide

register = template.Library()

# `[[File › Account Settings]]` in a guide: two labels of the app, one after the other.
_LABELS = re.compile(r"\[\[(.+?)\]\]", re.DOTALL)
_THEN = " › "
_TAGS = re.compile("<[^>]*>")
_USUAL_WORDS = {SocketType.SSL: "SSL/TLS", SocketType.STARTTLS: "STARTTLS"}


@register.simple_block_tag(takes_context=True)
def steps(context: Context, content: SafeString) -> SafeString:
    """`{% steps %}…{% endsteps %}`: one way through the guide. Its numbers go on where the last way ended."""
    way = context["steps"].end_way()
    goes_on = format_html(' start="{}"', way[0].number) if way and way[0].number > 1 else ""
    return format_html('<ol class="track steps"{}>{}</ol>', goes_on, content)


@register.simple_block_tag(takes_context=True)
def step(context: Context, content: SafeString, topics: str = "") -> SafeString:
    """`{% step topics="incoming user_name" %}<h2>…</h2>…{% endstep %}`: one step, with its number to tick.

    Each of the topics is an id to link to: `#incoming`. A step without any is `#step-N`. Paper has nothing
    to tick. Whoever comes from a test finds said so at the step that the link points at (portal.css).
    """
    numbered = context["steps"].next_step(topics.split())
    more_ids = ((topic,) for topic in numbered.topics[1:])
    anchors = format_html_join("", '<span class="anchor" id="{}"></span>', more_ids)
    node = format_html(
        '<span class="node" data-number="{}">{}</span>',
        *(numbered.number, "" if context.get("paper") else icon("check")),
    )
    if not context.get("paper"):
        done = _("Step %(number)s done") % {"number": numbered.number}
        node = format_html(
            '<label class="tick"><input type="checkbox" aria-label="{}">{}</label>', done, node
        )
    sent = SafeString("")
    if context.get("from_test"):
        who = _("Your test sent you here")
        if context["from_test"] == "comparison":
            who = _("This is what differs in your app")
        sent = format_html('<p class="from-test">{}{}</p>', icon("pulse"), who)
    return format_html(
        '<li id="{}">{}{}<div class="what">{}{}</div></li>', numbered.id, anchors, node, sent, content
    )


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


@register.simple_tag(takes_context=True)
def field(
    context: Context,
    label: str,
    value: object = "",
    *,
    text: str = "",
    do: str = "",
    encryption: ServerSettings | None = None,
    copy: str = "",
) -> SafeString:
    """`{% field "Port" config.incoming.port %}`: one thing to fill in, under the label that the app gives it.

    `value` is copied as it is; or `text` stands there, or `do` is something to tick or choose, or the app's
    word for the `encryption` of a service. `copy` is the button's name, if "Copy" and the label are not
    enough to tell it from others on the page.
    """
    context["steps"].label(label, encryption or value)
    if encryption is not None:
        text = _encryption(encryption, context["guide"])
    if value and not copy:
        copy = _("Copy %(label)s") % {"label": label}
    return setting(context, format_html("[[{}]]", label), value, copy=copy, do=do, text=text)


@register.simple_tag(name="encryption")
def _encryption(service: ServerSettings, guide: Guide | None = None) -> str:
    """`{% encryption config.incoming %}`: how that connection is encrypted, in the word that apps use.

    With a `guide` in the word of its app.
    """
    if not service.encrypted:
        return format_html('<span class="tag warn">{}</span>', _("None: not safe"))
    return guide.word_for(service.socket_type) if guide else _USUAL_WORDS[service.socket_type]


@register.simple_block_tag(takes_context=True)
def sketch(context: Context, content: SafeString, title: str) -> SafeString:
    """`{% sketch title="Add Account" %}…{% endsketch %}`: a window of the app, drawn with our own lines.

    Inside stand panes (`<div>…</div>`) of `{% box %}`, `{% ticked %}` and `{% push %}`. Who can't see it
    hears what stands in it, in the same order. Paper has no room for it.
    """
    if context.get("paper"):
        return SafeString("")
    pieces = _TAGS.split(_LABELS.sub(r"\1", content).replace("</span>", "</span>, "))
    words = " ".join("".join(pieces).split()).replace(" ,", ",").strip(", ")
    said = _("Sketch of the window “%(title)s”: %(said)s") % {"title": title, "said": unescape(words)}
    return format_html(
        '<figure><div class="sketch" role="img" aria-label="{}"><div class="bar" aria-hidden="true">'
        '<i></i><i></i><i></i><span>{}</span></div><div class="pane" aria-hidden="true">{}</div></div>'
        "<figcaption>{}</figcaption></figure>",
        *(said, title, content, _("A sketch. Your window may look a little different.")),
    )


@register.simple_tag
def box(label: str, value: object) -> SafeString:
    """A field of a sketch with what is typed into it."""
    return format_html('<span>{}</span><span class="box set">{}</span>', label, value)


@register.simple_tag
def ticked(label: str, *, off: bool = False) -> SafeString:
    """A box or a choice of a sketch, ticked or chosen; `off`: not."""
    return format_html('<span class="opt{}">{}{}</span>', " off" if off else "", icon("check"), label)


@register.simple_tag
def push(label: str) -> SafeString:
    """The button of a sketch to press."""
    return format_html('<span class="push set">{}</span>', label)
