"""The drawings of components/sprite.html, of which a page has some dozens."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str, *, kind: str = "icon", flip: bool = False) -> SafeString:
    """The drawing called `name`, which says nothing to those who can't see it.

    `kind` is "pic" for a picture that is wider; `flip` turns an arrow round where people read from the right.
    """
    turned = SafeString(" data-flip") if flip else ""
    return format_html('<svg class="{}" aria-hidden="true"{}><use href="#i-{}"/></svg>', kind, turned, name)
