"""The words of jobs for templates, icons and badges."""

import datetime as dt

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from exportsite.jobs import words

register = template.Library()

for _word in (
    words.ago,
    words.clock,
    words.columns,
    words.day,
    words.duration,
    words.number,
    words.percent,
    words.rows,
    words.size,
):
    register.filter(_word.__name__, _word)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A symbol of icons.svg; words beside it say the same."""
    return format_html(
        '<svg class="ex-icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("site/icons.svg"),
        name,
    )


@register.simple_tag
def show_badge(look: words.Badge) -> SafeString:
    """A status as icon and word."""
    return format_html(
        '<span class="ex-badge ex-{}">{}{}</span>', look.tone, icon(look.icon), look.word
    )


@register.simple_tag
def moment(value: dt.datetime | None, style: str = "ago") -> SafeString:
    """A time as people say it, with the exact one on hover and for screen readers."""
    if value is None:
        return format_html("{}", words.NONE)
    shown = {"ago": words.ago, "clock": words.clock, "day": words.day}[style]
    exact = words.exact(value)
    return format_html(
        '<time datetime="{}" title="{}">{}<span class="visually-hidden">, {}</span></time>',
        value.isoformat(timespec="seconds"),
        exact,
        shown(value),
        exact,
    )


@register.filter
def person(user: object) -> str:
    """A name for people; an account that is gone has none."""
    if user is None:
        return _("somebody who is gone")
    full = getattr(user, "get_full_name", str)()
    return str(full or user)


@register.filter
def whole(value: float) -> str:
    """A number for an attribute, the same in every language."""
    return f"{value:.1f}"
