"""Steps that count themselves. Every template has these tags: they are built-ins (portal.settings)."""

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()


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
    values = {"step": numbered, "content": content, "from_test": context.get("from_test")}
    return render_to_string("guides/parts/step.html", values)
