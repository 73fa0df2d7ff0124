"""Templates and schedules in words for pages, and their part of the home panel."""

from typing import Any

from django import template
from django.db.models import F
from django.template import Context
from django.utils.safestring import SafeString

from exports import saving
from exports.admin import saved_words
from exports.permissions import may_export_anything
from exports.saved import ExportSchedule
from exportsite.jobs.templatetags.job_words import show_badge

register = template.Library()

SHOWN = 6

for words in (saved_words.facts, saved_words.when, saved_words.moment_words):
    register.filter(words.__name__, words)


@register.simple_tag
def schedule_badge(schedule: ExportSchedule) -> SafeString:
    return show_badge(saved_words.badge_of(schedule))


@register.inclusion_tag("exports/saved/home.html", takes_context=True)
def saved_home(context: Context) -> dict[str, Any]:
    """The templates that this person ran last, own and shared."""
    request = context["request"]
    if not may_export_anything(request.user):
        return {"templates": []}
    recent = saving.visible_templates(request.user).select_related("owner")
    order = (F("last_run_at").desc(nulls_last=True), "name", "pk")
    return {"templates": recent.order_by(*order)[:SHOWN], "user": request.user, "request": request}
