"""What pages and mails say about where and when somebody signed in."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.browsers import describe

register = template.Library()


@register.filter
def browser(agent: str) -> str:
    """The browser that says this of itself, in words."""
    return describe(agent)


@register.simple_tag
def clock() -> str:
    """By which clock times are shown, such as "Stockholm time": the one that TIME_ZONE names."""
    zone = timezone.get_current_timezone_name()
    if "/" in zone:
        return _("%(place)s time") % {"place": zone.rpartition("/")[2].replace("_", " ")}
    return f"UTC{zone}" if zone.startswith(("+", "-")) else zone


@register.filter
def moment(at: datetime) -> str:
    """The day and the hour, and by which clock: "26 November 2026, 13:05, Stockholm time"."""
    return f"{date_format(timezone.localtime(at), 'DATETIME_FORMAT')}, {clock()}"
