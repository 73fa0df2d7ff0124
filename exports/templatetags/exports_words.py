"""The words of `presentation` for templates, and the icons."""

import datetime as dt

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from exports.admin import presentation
from exports.models import Export

register = template.Library()

for words in (
    presentation.ago,
    presentation.clock,
    presentation.day,
    presentation.duration,
    presentation.format_label,
    presentation.number,
    presentation.percent,
    presentation.resource_label,
    presentation.rows,
    presentation.columns,
    presentation.size,
):
    register.filter(words.__name__, words)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A symbol of icons.svg; words beside it say the same."""
    return format_html(
        '<svg class="ex-icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("exports/icons.svg"),
        name,
    )


@register.simple_tag
def badge(export: Export) -> SafeString:
    """The status as icon and word."""
    is_stopping = export.status == "processing" and export.cancel_requested_at is not None
    look = presentation.badge_of(export.status, is_stopping=is_stopping)
    return format_html(
        '<span class="ex-badge ex-{}">{}{}</span>', look.tone, icon(look.icon), look.word
    )


@register.simple_tag
def moment(value: dt.datetime | None, style: str = "ago") -> SafeString:
    """A time as people say it, with the exact one on hover and for screen readers."""
    if value is None:
        return format_html("{}", presentation.NONE)
    shown = {"ago": presentation.ago, "clock": presentation.clock, "day": presentation.day}[style]
    exact = presentation.exact(value)
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
