"""The words of imports for templates, beside those of all jobs."""

from django import template
from django.utils.safestring import SafeString

from exportsite.jobs.templatetags import job_words
from imports.admin import presentation
from imports.models import ImportJob

register = template.Library()
register.filters.update(job_words.register.filters)
register.tags.update(job_words.register.tags)

for words in (
    presentation.address,
    presentation.importer_label,
    presentation.is_moving,
    presentation.page_of,
    presentation.title_of,
):
    register.filter(words.__name__, words)


@register.simple_tag
def badge(job: ImportJob) -> SafeString:
    """The status as icon and word."""
    return job_words.show_badge(presentation.badge_of(job))


@register.filter
def truncate_start(text: str, most: int = 60) -> str:
    """The end of a long text: what stands before a difference."""
    return text if len(text) <= most else f"…{text[1 - most :]}"
