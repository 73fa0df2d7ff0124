"""The words of exports for templates, beside those of all jobs."""

from django import template
from django.utils.safestring import SafeString

from exports.admin import presentation
from exports.models import Export
from exportsite.jobs.templatetags import job_words

register = template.Library()
register.filters.update(job_words.register.filters)
register.tags.update(job_words.register.tags)

for words in (presentation.format_label, presentation.resource_label):
    register.filter(words.__name__, words)


@register.simple_tag
def badge(export: Export) -> SafeString:
    """The status as icon and word."""
    is_stopping = export.status == "processing" and export.cancel_requested_at is not None
    return job_words.show_badge(presentation.badge_of(export.status, is_stopping=is_stopping))
